"""Exports of help desks that Holdfast knows, recognised by their headings."""

from collections.abc import Mapping

from models.contract.columns import Table
from models.contract.tables import COMPLAINTS
from models.domain.settings import plain
from pipelines.mapping_proposal.dating import dated
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.planned import Planned, TablePlan
from pipelines.sources.headings import find
from pipelines.sources.mapping import ColumnSource, Preset
from pipelines.sources.presets.export import HelpDeskExport
from pipelines.sources.presets.known import PRESETS

# Share of the columns of a preset that an export has at least; some desks leave out what they do not use.
ENOUGH = 0.7


def help_desk(looked: Looked, answers: Mapping[str, str]) -> TablePlan | None:
    """The file as the export of a help desk that it is, None where it is none."""
    for preset, export in PRESETS.items():
        columns = _shipped(looked, export)
        needed = set(COMPLAINTS.required_names)
        if needed <= set(columns) and len(columns) >= ENOUGH * len(export.columns):
            return _plan(looked, COMPLAINTS, preset, columns, answers)
    return None


def _shipped(looked: Looked, export: HelpDeskExport) -> dict[str, Planned]:
    """The columns of the preset that the file has."""
    found = {}
    for name, source in export.columns.items():
        heading = find(source.column or "", looked.headings)
        if heading is not None:
            found[name] = Planned(_written(source, heading), (heading,), shipped=True)
    return found


def _written(source: ColumnSource, heading: str) -> dict[str, object]:
    """What the preset says of a column, as a parameter file would."""
    said = {name: value for name, value in plain(source).items() if value not in (None, [], {})}
    return {**said, "column": heading}


def _plan(
    looked: Looked,
    declared: Table,
    preset: Preset,
    columns: Mapping[str, Planned],
    answers: Mapping[str, str],
) -> TablePlan:
    dating = dated(looked, declared, columns, answers)
    calendar = {} if dating.calendar is None else {"calendar": dating.calendar.value}
    return TablePlan(
        declared=declared,
        looked=looked,
        columns=dating.columns,
        settings={"preset": preset.value, **calendar},
        findings=(f"{looked.name} is an export of {preset.value}: {PRESETS[preset].note}", *dating.findings),
        questions=dating.questions,
    )
