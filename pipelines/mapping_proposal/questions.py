"""What only a person knows: each question has a name, under which the answer is given to `make map`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.domain.errors import InvalidSetting, one_of
from models.domain.text import normalise

NAMES = (
    "NAME", "YES", "CURRENCY", "UNIT", "TIMEZONE", "CALENDAR", "DATE_ORDER", "DECIMAL_MARK", "MARGIN",
    "CONSENT", "PHONE_COUNTRY", "AS_OF", "LABEL", "DROP", "KEEP",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """Something that the files do not say. name: of the answer. allowed: what an answer can be."""

    name: str
    asks: str
    allowed: tuple[str, ...] = ()
    example: str = ""

    @property
    def sentence(self) -> str:
        """The question with what can be answered and how."""
        choices = f" ({one_of(self.allowed)})" if self.allowed else ""
        return f"{self.asks}{choices}: {self.name}={self.example or self.allowed[0]}"


def answers_of(given: Mapping[str, str]) -> dict[str, str]:
    """The answers that hold something. Raises `InvalidSetting` for a name that is no question's."""
    for name in given:
        if name not in NAMES:
            raise InvalidSetting(
                "`make map` asks no such question", allowed=one_of(NAMES), given=name, remedy="Leave it out."
            )
    return {name: text.strip() for name, text in given.items() if text.strip()}


def chosen(name: str, answers: Mapping[str, str], allowed: Sequence[str]) -> str | None:
    """The answer, None where there is none. Raises `InvalidSetting` for one that is not allowed."""
    answer = answers.get(name)
    if answer is not None and answer not in allowed:
        raise InvalidSetting(
            f"{name} is not a known answer", allowed=one_of(allowed), given=answer, remedy=f"Correct {name}=…"
        )
    return answer


def share_of(name: str, text: str) -> float:
    """An answer such as 0.3, ۰٫۳ or 30 % as a share above 0 and up to 1. Raises `InvalidSetting`."""
    written = normalise(text).replace("٪", "%").replace("٫", ".")
    number = written.removesuffix("%").strip()
    try:
        share = float(number) / (100 if written.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise InvalidSetting(
            f"{name} is no share", allowed="above 0 and up to 1, such as 0.3 or 30%", given=text,
            remedy=f"Correct {name}=…",
        )  # fmt: skip
    return share


def asked(questions: Sequence[Question], ask: Callable[[str], str]) -> dict[str, str]:
    """The answers of a person, who may leave a question open."""
    replies = {question.name: ask(f"{question.sentence}\n> ").strip() for question in questions}
    return {name: reply.removeprefix(f"{name}=").strip() for name, reply in replies.items() if reply}


def unanswered(questions: Sequence[Question]) -> InvalidSetting:
    """The error that names every question left open and how to answer it."""
    return InvalidSetting(
        "the files do not say everything: " + "; ".join(question.asks for question in questions),
        remedy="Add "
        + " ".join(f"{one.name}={one.example or one.allowed[0]}" for one in questions)
        + " (with your own answers) to make map.",
    )
