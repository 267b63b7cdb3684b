"""A value with a known-at of its own: as of before it was told, it is not there."""

import pyarrow as pa

from models.contract.fates import all_accepted
from models.contract.tables import COMPLAINTS
from models.contract.validation import newest_known, validate
from models.domain.instants import DAY

NAMES = ("complaint_id", "customer_id", "opened_at", "resolved_at", "satisfaction", "satisfaction_known_at")


def complaints(told_at):
    values = [["K1"], ["C1"], [5 * DAY], [6 * DAY], [2], [told_at]]
    return pa.table([pa.array(each) for each in values], names=NAMES).cast(COMPLAINTS.schema(NAMES))


def satisfaction_as_of(as_of):
    checked = validate(complaints(9 * DAY), COMPLAINTS, all_accepted(1), as_of)
    return checked.rows["satisfaction"].to_pylist()[0], dict(checked.blanked)


def test_a_rating_told_after_as_of_is_left_blank_and_counted():
    assert satisfaction_as_of(8 * DAY) == (None, {"satisfaction": 1})


def test_a_rating_told_by_as_of_stays():
    assert satisfaction_as_of(9 * DAY) == (2, {})


def test_the_newest_fact_may_be_a_rating():
    assert newest_known(complaints(9 * DAY), COMPLAINTS) == 9 * DAY
