"""Endings that an export dates by their beginning: found by name; quick answers are left in peace."""

import pyarrow as pa
import pytest

from models.contract.fates import all_accepted
from models.contract.leaks import Finding, find_leaks, known_too_early, stop_for_leaks
from models.contract.tables import COMPLAINTS, CONTRACTS, OFFERS, SURVEYS, TABLES
from models.domain.errors import Leakage
from models.domain.instants import DAY, HOUR, SECOND

OPENED = [number * 7 * HOUR + number for number in range(200)]
LATER = [moment + 5 * HOUR for moment in OPENED]
DAYS = [number * DAY for number in range(200)]
WHO = [f"c{number}" for number in range(200)]


def of(declared, **columns):
    return pa.table(columns, schema=declared.schema(tuple(columns)))


def complaints(opened=OPENED, resolved=LATER, **more):
    return of(
        COMPLAINTS, complaint_id=WHO, customer_id=WHO, opened_at=opened, resolved_at=resolved, **more
    )  # fmt: skip


def columns(**tables):
    return [finding.column for finding in find_leaks(tables)]


def rated(resolved, opened=OPENED):
    return of(
        COMPLAINTS,
        complaint_id=WHO,
        customer_id=WHO,
        opened_at=opened,
        resolved_at=resolved,
        satisfaction=[3] * len(WHO),
    )


def test_a_final_satisfaction_dated_at_opening_is_found():
    assert "complaints.satisfaction" in columns(complaints=rated(resolved=OPENED))


def test_a_satisfaction_dated_at_resolution_is_left_in_peace():
    assert not columns(complaints=rated(resolved=LATER))


def test_half_of_the_ratings_at_opening_are_enough():
    assert columns(complaints=rated(resolved=OPENED[:100] + LATER[100:]))


def test_a_few_ratings_at_opening_are_left_in_peace():
    assert not columns(complaints=rated(resolved=OPENED[:40] + LATER[40:]))


def test_ratings_of_the_same_day_are_left_in_peace_where_there_are_only_dates():
    next_day = [day + DAY for day in DAYS]
    assert not columns(complaints=rated(opened=DAYS, resolved=DAYS[:180] + next_day[180:]))


def test_all_resolutions_on_the_day_of_opening_are_found_where_there_are_only_dates():
    assert "complaints.resolved_at" in columns(complaints=rated(opened=DAYS, resolved=DAYS))


def test_complaints_never_resolved_are_left_in_peace():
    assert not columns(complaints=rated(resolved=[None] * 200))


def test_thirty_rows_are_needed():
    assert not columns(complaints=rated(resolved=OPENED).slice(0, 29))


def test_an_offer_redeemed_when_it_was_made_is_found():
    rows = of(OFFERS, customer_id=WHO, assigned_at=OPENED, redeemed_at=OPENED)
    assert columns(offers=rows) == ["offers.redeemed_at"]


def test_a_contract_whose_end_is_known_at_its_start_is_found():
    rows = of(CONTRACTS, started_at=OPENED, ended_at=LATER, ended_known_at=OPENED)
    assert columns(contracts=rows) == ["contracts.ended_at"]


def test_survey_answers_at_the_opening_of_a_complaint_are_found():
    answers = of(SURVEYS, customer_id=WHO, answered_at=OPENED)
    assert columns(complaints=complaints(), surveys=answers) == ["surveys.answered_at"]


def test_survey_answers_after_a_complaint_are_left_in_peace():
    answers = of(SURVEYS, customer_id=WHO, answered_at=LATER)
    assert not columns(complaints=complaints(), surveys=answers)


def test_no_tables_hold_no_leaks():
    assert not columns()


@pytest.mark.parametrize("declared", TABLES, ids=lambda declared: declared.name)
def test_empty_tables_hold_no_leaks(declared):
    assert not columns(**{declared.name: declared.schema().empty_table()})


def test_a_known_at_before_its_fact_is_found_by_name():
    rows = complaints(resolved_known_at=OPENED)
    (finding,) = known_too_early(rows, COMPLAINTS, all_accepted(200))
    assert finding.column == "complaints.resolved_known_at"


def test_a_known_at_after_its_fact_is_left_in_peace():
    assert not known_too_early(complaints(resolved_known_at=LATER), COMPLAINTS, all_accepted(200))


FINDING = Finding("complaints.satisfaction", "is known at opened_at already in 200 of 200 rows", "Map it")


def test_a_finding_stops_the_run_by_name_and_number():
    with pytest.raises(
        Leakage, match=r"complaints\.satisfaction is known at opened_at already in 200 of 200"
    ):
        stop_for_leaks((FINDING,), (), "ingest.accept_suspects")


def test_an_accepted_finding_is_a_note():
    (note,) = stop_for_leaks((FINDING,), ("complaints.satisfaction",), "ingest.accept_suspects")
    assert note.startswith("accepted in ingest.accept_suspects: complaints.satisfaction")


@pytest.mark.parametrize(("seconds", "found"), [(60, True), (61, False)])
def test_an_ending_within_a_minute_is_dated_by_its_beginning(seconds, found):
    soon = [moment + seconds * SECOND for moment in OPENED]
    assert ("complaints.resolved_at" in columns(complaints=rated(resolved=soon))) is found
