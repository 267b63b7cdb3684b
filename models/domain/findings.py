"""What an examination finds: each thing is well, worth knowing, or wrong, and then says what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.domain.errors import HoldfastError


class Verdict(StrEnum):
    """How a thing that was looked at is."""

    WELL = "well"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, how it is in words, and what to do about it."""

    subject: str
    verdict: Verdict
    words: str
    remedy: str = ""


def well(subject: str, words: str) -> Finding:
    """A thing that is as it should be."""
    return Finding(subject, Verdict.WELL, words)


def note(subject: str, words: str, remedy: str) -> Finding:
    """A thing that works, and that somebody should look at."""
    return Finding(subject, Verdict.NOTE, words, remedy)


def wrong(subject: str, words: str, remedy: str) -> Finding:
    """A thing that does not work."""
    return Finding(subject, Verdict.WRONG, words, remedy)


def of_error(subject: str, error: HoldfastError) -> Finding:
    """A thing whose examination was refused."""
    return wrong(subject, error.message.removesuffix(f" {error.remedy}"), error.remedy)


def told(findings: Iterable[Finding]) -> list[str]:
    """A line for each finding; its remedy stands below it."""
    lines = []
    for one in findings:
        lines.append(f"{one.verdict:<5}  {one.subject}: {one.words}")
        if one.remedy and one.verdict is not Verdict.WELL:
            lines.append(f"       → {one.remedy}")
    return lines


def exit_code(findings: Iterable[Finding]) -> int:
    """1 where something is wrong, else 0."""
    return int(any(one.verdict is Verdict.WRONG for one in findings))
