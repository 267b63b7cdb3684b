"""In which language a run tells people what it found."""

from dataclasses import dataclass

from models.domain.languages import Language
from models.domain.words import Words, words_in
from pipelines.params import section


@dataclass(frozen=True)
class ReportSettings:
    """The section `report` of params.yaml."""

    language: Language


def words_to_report_in() -> Words:
    """The words of `report.language`. Raises `InvalidSetting`."""
    return words_in(section(ReportSettings, "report").language)
