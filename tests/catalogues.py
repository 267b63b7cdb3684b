"""What the catalogues of `models/domain/locale` must hold; `make words` runs this and writes it.

Sentences are found in the code by Babel. Names (coded words, headings, currencies, months) come from where
they are declared, each with its kind as context, so that a new one is asked for at once.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from models.contract.tables import CHANNELS
from models.domain.languages import Language
from models.domain.money import CURRENCY_EXPONENTS
from models.domain.vocabulary import (
    DoNotContactReason,
    LifecycleStage,
    MainReason,
    ModelUsed,
    ResponseState,
)
from models.domain.words import DOMAIN, LOCALE, MONTHS
from models.policy.action_settings import LEAVE_ALONE
from pipelines.lists import ABOUT_HEADING, HEADINGS

ROOT = Path(__file__).resolve().parents[1]
SENTENCES_IN = ("models", "pipelines", "serving")
READ_AS = [("**.py", "python"), ("**.html", "jinja2")]
MARKED_BY = {"gettext": None, "ngettext": (1, 2)}
CODES = {
    "lifecycle_stage": LifecycleStage,
    "main_reason": MainReason,
    "channel": CHANNELS,
    "response_state": ResponseState,
    "do_not_contact_reason": DoNotContactReason,
    "model_used": ModelUsed,
}
WIDTH = 110


def translated() -> tuple[Language, ...]:
    """Every language that has a catalogue."""
    return tuple(language for language in Language if language is not Language.ENGLISH)


def path_of(language: str, kind: str) -> Path:
    """Where a language's catalogue lies: 'po', what people write, or 'mo', what is read at run time."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.{kind}"


def template() -> Catalog:
    """Every message of the code, untranslated."""
    wanted = Catalog(fuzzy=False)
    for folder in SENTENCES_IN:
        for file, _, message, comments, _ in extract_from_dir(ROOT / folder, READ_AS, keywords=MARKED_BY):
            wanted.add(message, locations=[(f"{folder}/{file}", 1)], auto_comments=comments)
    for kind, name in names():
        wanted.add(name, context=kind)
    return wanted


def names() -> Iterator[tuple[str, str]]:
    """Kind and English name of everything that is called by a name."""
    for column, codes in CODES.items():
        yield from ((column, code.replace("_", " ")) for code in codes)
    actions = yaml.safe_load((ROOT / "params.yaml").read_text())["policy"]["actions"]
    for action in (LEAVE_ALONE, *(action["id"] for action in actions)):
        yield "recommended_action", action.replace("_", " ")
    for owner in sorted({action["owner"] for action in actions if action.get("owner")}):
        yield "owner", owner.replace("_", " ")
    yield from (("heading", heading) for heading in (*HEADINGS.values(), ABOUT_HEADING))
    yield from (("currency", currency) for currency in CURRENCY_EXPONENTS)
    yield from (("month", month) for month in MONTHS)


def written(language: str) -> Catalog:
    """The catalogue as people wrote it; an empty one for a language that has none yet."""
    file = path_of(language, "po")
    if not file.exists():
        about = (
            f"# Words of Holdfast in {language}; licensed as the rest of it. After an edit: make words.\n#"
        )
        return Catalog(
            locale=language,
            project="Holdfast",
            version="words",
            header_comment=about,
            msgid_bugs_address="the project's issues",
            last_translator="Holdfast",
            language_team=language,
            fuzzy=False,
        )
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def forms(message: Message) -> tuple[str, ...]:
    """The translation in each plural form; one without plurals has one form."""
    return message.string if isinstance(message.string, tuple | list) else (message.string,)


def main() -> None:
    """Bring every catalogue up to date with the code, compile it, and say what is left to translate."""
    for language in translated():
        catalogue = written(language)
        catalogue.update(template(), no_fuzzy_matching=True, update_creation_date=False)
        path_of(language, "po").parent.mkdir(parents=True, exist_ok=True)
        with path_of(language, "po").open("wb") as stream:
            write_po(stream, catalogue, width=WIDTH, ignore_obsolete=True, include_lineno=False)
        with path_of(language, "mo").open("wb") as stream:
            write_mo(stream, catalogue)
        left = sum(not all(forms(message)) for message in catalogue if message.id)
        sys.stdout.write(f"{language}: {len(catalogue)} messages, {left} to translate\n")


if __name__ == "__main__":
    main()
