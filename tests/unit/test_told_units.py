"""Which unit a file says its amounts are in, when its rows come in several batches."""

from pathlib import Path

import pyarrow as pa
import pytest

from models.contract.tables import CONTACTS, OFFERS
from models.domain.errors import BadSource
from models.domain.vocabulary import AmountUnit
from pipelines.sources.told_units import unit_told


def told(*batches, heading="amount_unit", table=OFFERS):
    """The unit told, and the words of all batches as they come through."""
    rows = (pa.record_batch({heading: pa.array(words, pa.string())}) for words in batches)
    unit, through = unit_told(rows, table, Path("offers.csv"))
    return unit, [word for batch in through for word in batch[heading].to_pylist()]


@pytest.mark.parametrize("heading", ["amount_unit", "Amount_Unit", "AMOUNT_UNIT"])
def test_a_heading_is_found_however_it_is_written(heading):
    assert told(["minor"], heading=heading) == (AmountUnit.MINOR, ["minor"])


def test_rows_that_say_nothing_do_not_hide_the_unit_of_the_rows_beside_them():
    assert told([None, " Minor "], [None]) == (AmountUnit.MINOR, [None, " Minor ", None])


def test_batches_without_rows_are_passed_over():
    assert told([], ["minor"]) == (AmountUnit.MINOR, ["minor"])


def test_a_column_of_somebodys_own_tells_no_unit():
    assert told(["pieces"], ["boxes", None]) == (None, ["pieces", "boxes", None])


def test_a_table_without_amounts_may_name_units_as_it_likes():
    assert told(["pieces"], ["minor"], table=CONTACTS) == (None, ["pieces", "minor"])


@pytest.mark.parametrize("first", [[None], ["pieces"], [], ["pieces", "minor"]])
def test_a_unit_that_the_first_rows_do_not_name_is_refused(first):
    with pytest.raises(BadSource, match="not from its first row on") as stopped:
        told([None], first, ["minor"])
    assert stopped.value.given == "minor"
