"""`make map FILES="sales.csv tickets.xlsx folder/"`: look at files and propose how they are read.

Prints what it found and five rows of each table as they are understood, asks what the files do not say, and
writes `params/<NAME>.yaml`, which `make real SOURCE=<NAME> FILE=<folder>` runs. Given as arguments: files and
folders, and answers such as `NAME=shop`, `YES=1`, `CURRENCY=IRR`, `UNIT=toman`, `MARGIN=0.3`.
"""

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from models.domain.errors import BadSource, HoldfastError, InvalidSetting
from models.domain.vocabulary import UnknownConsent
from pipelines.mapping_proposal.choosing import proposed
from pipelines.mapping_proposal.customer_keys import wanted_keys
from pipelines.mapping_proposal.looking import Looked, files_among, look_at
from pipelines.mapping_proposal.money_words import shown
from pipelines.mapping_proposal.parameter_file import MARK, Beside, command, parameter_file
from pipelines.mapping_proposal.proposal import Proposal
from pipelines.mapping_proposal.questions import answers_of, asked, chosen, unanswered
from pipelines.mapping_proposal.rehearsal import Rehearsal, refuse_rejected, rehearse
from pipelines.mapping_proposal.samples import is_empty
from pipelines.mapping_proposal.scaled_policy import Size, scaled_policy, size_of_customers, size_of_orders
from pipelines.mapping_proposal.short_history import history_days, snapshots_for
from pipelines.mapping_proposal.shown import money_lines, proposal_lines, rehearsal_lines
from pipelines.mapping_proposal.wide_proposal import names_by_key
from pipelines.sources.concealing import VARIABLE
from pipelines.stage import run
from pipelines.workspace import SHIPPED_PARAMS, SOURCE_PARAMS

SECRET_NEEDED = f"""\
Before that, make a secret that hides phone numbers and addresses, and keep it:
  export {VARIABLE}=$(python3 -c 'import secrets; print(secrets.token_hex(32))')"""
CONSENTS = tuple(consent.value for consent in UnknownConsent)
_ANSWER = re.compile(r"^([A-Z_]+)=(.*)$", re.DOTALL)
_NO_NAME = re.compile(r"[^\w-]+")

Ask = Callable[[str], str]


def main() -> None:
    """Look, ask, show, and write where a person or YES=1 agrees."""
    given, answers = arguments(sys.argv[1:])
    ask = input if sys.stdin.isatty() and "YES" not in answers else None
    found = files_among(given)
    folder = Path(os.path.commonpath([file.parent for file in found]))
    target = parameter_path(answers.get("NAME") or slug(folder.resolve().name))
    with tempfile.TemporaryDirectory() as temporary, naming(folder, Path(temporary)):
        looked = [
            one
            for file in with_contents(found)
            for one in look_at(file, str(file.relative_to(folder)), Path(temporary))
        ]
        proposal = settled(looked, folder, answers, ask)
        with tempfile.TemporaryDirectory() as room:
            rehearsal = rehearse(proposal.source, Path(temporary, proposal.file), Path(room))
    print("\n".join(rehearsal_lines(proposal, rehearsal)))
    refuse_unusable(proposal, rehearsal)
    text = written(target.stem, proposal, rehearsal, answers)
    if not agreed(target, answers, ask):
        print(f"\nNothing was written. YES=1 writes {target}.")
        return
    target.write_text(text)
    print(f"\nWrote {target}. Read it, then: {command(target.stem, proposal)}")
    if (wanted_keys(proposal.plans) or names_by_key(proposal.source)) and VARIABLE not in os.environ:
        print(SECRET_NEEDED)


def arguments(given: Sequence[str]) -> tuple[list[Path], dict[str, str]]:
    """The files and folders, and the answers by name. Raises `InvalidSetting` for an unknown answer."""
    matches = {text: match for text in given if (match := _ANSWER.match(text))}
    files = [Path(text).expanduser() for text in given if text and text not in matches]
    return files, answers_of({match[1]: match[2] for match in matches.values()})


def with_contents(found: Sequence[Path]) -> list[Path]:
    """The files that hold something, and a printed sentence on each other; all where none does."""
    empty = [file for file in found if is_empty(file)]
    if len(empty) == len(found):
        return list(found)
    for file in empty:
        print(f"{file.name} is empty and was left out")
    return [file for file in found if file not in empty]


def refuse_unusable(proposal: Proposal, rehearsal: Rehearsal) -> None:
    """Raise `TooManyRejected` where the run that would follow stops: no settings are written for that."""
    limit = yaml.safe_load(SHIPPED_PARAMS.read_text())["ingest"]["max_rejected_share"]
    headings = {
        name: {column: " and ".join(planned.headings) for column, planned in plan.columns.items()}
        for name, plan in proposal.plans.items()
    }
    refuse_rejected(rehearsal, headings, limit)


@contextmanager
def naming(folder: Path, copies: Path) -> Iterator[None]:
    """Let errors name the files of a person's folder, not the copies that were tried."""
    try:
        yield
    except HoldfastError as error:
        said = {part: getattr(error, part) for part in ("allowed", "given", "remedy")}
        mended = {
            part: text.replace(str(copies), str(folder)) if isinstance(text, str) else text
            for part, text in said.items()
        }
        raise type(error)(error.problem.replace(str(copies), str(folder)), **mended) from error


def slug(name: str) -> str:
    """A name for a parameter file: small letters of any alphabet, digits, dashes and underscores."""
    return _NO_NAME.sub("_", name.lower()).strip("_") or "shop"


def parameter_path(name: str) -> Path:
    """Where the parameter file goes. Raises `BadSource` for a name of settings that Holdfast ships."""
    path = SOURCE_PARAMS / f"{slug(name)}.yaml"
    if path.exists() and MARK not in path.read_text():
        raise BadSource(
            f"{path} is there and was not written by make map", given=name, remedy="Choose another NAME=…"
        )
    return path


def settled(looked: Sequence[Looked], folder: Path, answers: dict[str, str], ask: Ask | None) -> Proposal:
    """The proposal with every question answered, printed. Raises `InvalidSetting` where one stays open."""
    proposal = proposed(looked, folder, answers)
    print("\n".join(proposal_lines(proposal)))
    while proposal.questions:
        replies = asked(proposal.questions, ask) if ask is not None else {}
        if not replies:
            raise unanswered(proposal.questions)
        answers |= replies
        proposal = proposed(looked, folder, answers)
    return proposal


def written(name: str, proposal: Proposal, rehearsal: Rehearsal, answers: Mapping[str, str]) -> str:
    """The text of the parameter file; the size of the shop that the policy suits is printed on the way."""
    shipped = yaml.safe_load(SHIPPED_PARAMS.read_text())["policy"]
    consent = {"unknown_consent": chosen("CONSENT", answers, CONSENTS) or shipped["unknown_consent"]}
    currency = proposal.source["currency"]
    size = size_of(proposal, rehearsal)
    if size is None:
        return parameter_file(name, proposal, Beside(consent))
    print("\n".join(money_lines(size.what, size.minor, currency)))
    policy = {**scaled_policy(shipped, size.factor), **consent}
    measure = f"{size.what} is {shown(size.minor, currency)}"
    short = {} if proposal.file else snapshots_for(history_days(rehearsal.tables["orders"].accepted))
    return parameter_file(name, proposal, Beside(policy, measure, short))


def size_of(proposal: Proposal, rehearsal: Rehearsal) -> Size | None:
    """The middling order, or what a middling customer of a wide table brings. Raises `BadSource` for none."""
    if proposal.file:
        return size_of_customers(rehearsal.tables["outcomes"].accepted, proposal.margin_share)
    size = size_of_orders(rehearsal.tables["orders"].accepted)
    if size is None:
        raise BadSource("no order was understood", remedy="Look at the rows above, and correct the answers.")
    return size


def agreed(target: Path, answers: Mapping[str, str], ask: Ask | None) -> bool:
    """Whether the file may be written: YES=1, or a person says so."""
    if answers.get("YES") not in (None, "1"):
        raise InvalidSetting("YES is not a known answer", allowed="1", given=answers["YES"], remedy="YES=1")
    if ask is None:
        return "YES" in answers
    there = " It is there already and would be replaced." if target.exists() else ""
    return ask(f"\nWrite {target}?{there} [y/N] ").strip().lower() in ("y", "yes")


if __name__ == "__main__":
    run(main)
