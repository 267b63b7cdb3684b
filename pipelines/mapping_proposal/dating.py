"""How the dates of a file are written: calendar, order of day and month, and a time in a column beside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from models.contract.columns import Kind, Table
from models.domain.errors import BadSource
from models.domain.vocabulary import Calendar, DateOrder
from pipelines.mapping_proposal.assignment import USED
from pipelines.mapping_proposal.contents import Contents
from pipelines.mapping_proposal.fitting import NEARLY_ALL
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.planned import Planned
from pipelines.mapping_proposal.questions import Question, chosen
from pipelines.mapping_proposal.similarity import similarity
from pipelines.mapping_proposal.synonyms.orders import TIME

ORDER_NAMES = tuple(order.value for order in DateOrder)
CALENDAR_NAMES = tuple(calendar.value for calendar in Calendar)


@dataclass(frozen=True)
class Dating:
    """The columns with their dates understood; the file's calendar, and what was found or stays open."""

    columns: Mapping[str, Planned]
    calendar: Calendar | None
    findings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = field(default=())


def dated(
    looked: Looked, declared: Table, columns: Mapping[str, Planned], answers: Mapping[str, str]
) -> Dating:
    """Add calendar, order and time of day to the columns that hold instants."""
    instants = {
        name: looked.column(planned.headings[0])
        for name, planned in columns.items()
        if planned.headings and declared.column(name).kind is Kind.INSTANT and not _is_duration(planned)
    }
    calendar = _calendar(instants.values(), answers)
    found = Dating(columns, calendar, _found_calendar(looked, instants, calendar))
    if instants and calendar is None:
        years = f"{looked.title} holds dates of several calendars, or of none that is known"
        question = Question("CALENDAR", f"{years}: which is it?", CALENDAR_NAMES)
        found = replace(found, questions=(question,))
    for name, contents in instants.items():
        found = _ordered(found, name, contents, proved(instants.values()), answers)
        found = _with_own_calendar(found, name, contents)
    return _with_time(found, looked, declared)


def refuse_lunar(looked: Looked, declared: Table, columns: Mapping[str, Planned]) -> None:
    """Raise `BadSource` where dates look like the lunar Hijri calendar's, which is not read."""
    for name, planned in columns.items():
        if not planned.headings or declared.column(name).kind is not Kind.INSTANT:
            continue
        contents = looked.column(planned.headings[0])
        if contents.days.lunar and contents.days.years is not None:
            low, high = contents.days.years
            raise BadSource(
                f"{looked.title}: the years {low} to {high} of {contents.heading} look like the lunar Hijri "
                "calendar, which is not read",
                allowed="Gregorian or Jalali dates",
                given=contents.examples[0],
                remedy="Convert the dates. If they really are Jalali: CALENDAR=jalali.",
            )


def proved(columns: Iterable[Contents]) -> DateOrder | None:
    """The one order that some column of the file proves, which the others then share."""
    orders = {contents.days.order for contents in columns if contents.days.order is not None}
    return orders.pop() if len(orders) == 1 else None


def _calendar(columns: Iterable[Contents], answers: Mapping[str, str]) -> Calendar | None:
    """The calendar that a person says, else that of the first column whose years tell."""
    said = chosen("CALENDAR", answers, CALENDAR_NAMES)
    if said is not None:
        return Calendar(said)
    return next((one.days.calendar for one in columns if one.days.calendar is not None), None)


def _found_calendar(
    looked: Looked, instants: Mapping[str, Contents], calendar: Calendar | None
) -> tuple[str, ...]:
    years = [contents.days.years for contents in instants.values() if contents.days.calendar is calendar]
    spans = [span for span in years if span is not None]
    if calendar is None or not spans:
        return ()
    low, high = min(low for low, _ in spans), max(high for _, high in spans)
    return (f"{looked.title}: the years {low} to {high} are {calendar.value}",)


def _ordered(
    found: Dating, name: str, contents: Contents, proof: DateOrder | None, answers: Mapping[str, str]
) -> Dating:
    days = contents.days
    order = days.order or (proof if proof in days.orders else None)
    said = chosen("DATE_ORDER", answers, ORDER_NAMES)
    if order is None and said is not None and DateOrder(said) in days.orders:
        order = DateOrder(said)
    if order is None:
        example = contents.examples[0]
        asks = f"{contents.heading} holds dates such as {example}: does the day or the month come first?"
        question = Question("DATE_ORDER", asks, ORDER_NAMES[1:])
        return replace(found, questions=(*found.questions, question))
    if order is DateOrder.YEAR_FIRST:
        return found
    planned = found.columns[name].with_setting(order=order.value)
    return replace(found, columns={**found.columns, name: planned})


def _with_own_calendar(found: Dating, name: str, contents: Contents) -> Dating:
    """A column in another calendar than the rest of its file says so itself."""
    own = contents.days.calendar
    if own is None or own is found.calendar:
        return found
    sentence = f"{contents.heading} is {own.value}, unlike the other dates of its file"
    planned = found.columns[name].with_setting(calendar=own.value)
    return replace(found, columns={**found.columns, name: planned}, findings=(*found.findings, sentence))


def _with_time(found: Dating, looked: Looked, declared: Table) -> Dating:
    """A time of day in a column of its own belongs to the table's event, where that has a date alone."""
    event = found.columns.get(declared.event)
    if event is None or not event.headings or looked.column(event.headings[0]).days.with_time:
        return found
    taken = {heading for planned in found.columns.values() for heading in planned.headings}
    times = [one for one in looked.columns if one.heading not in taken and _is_time(one)]
    if len(times) != 1:
        return found
    both = (event.headings[0], times[0].heading)
    planned = replace(event.with_setting(time=times[0].heading), headings=both)
    return replace(found, columns={**found.columns, declared.event: planned})


def _is_time(contents: Contents) -> bool:
    return contents.times >= NEARLY_ALL and similarity(contents.heading, TIME) >= USED


def _is_duration(planned: Planned) -> bool:
    return isinstance(planned.setting, dict) and "after" in planned.setting
