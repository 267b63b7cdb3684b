"""Every row has one fate."""

from pathlib import Path

import numpy as np
import pytest

from models.contract import fates
from models.contract.refusals import check_share
from models.contract.storage import RowCounts
from models.domain.errors import TooManyRejected
from models.domain.vocabulary import Reject

ROWS = np.array([True, True, False])


def test_the_first_rule_settles_a_row():
    settled = fates.settle(fates.all_accepted(3), ROWS, fates.OUT_OF_SCOPE)
    assert fates.refuse(settled, ROWS, Reject.MISSING_KEY).tolist() == settled.tolist()


def test_counts_name_the_reasons_that_occurred():
    settled = fates.refuse(fates.all_accepted(3), ROWS, Reject.NOT_A_TIME)
    assert fates.count(settled) == RowCounts(read=3, accepted=1, rejected=2, reasons={"not_a_time": 2})


@pytest.mark.parametrize("reason", list(Reject))
def test_a_reason_is_written_as_its_word(reason):
    settled = fates.refuse(fates.all_accepted(3), ROWS, reason)
    assert fates.reasons(settled).to_pylist() == [reason.value] * 2


def orders(rejected, reasons):
    return {"orders": RowCounts(read=100, accepted=100 - rejected, rejected=rejected, reasons=reasons)}


def test_a_share_at_the_limit_is_allowed():
    check_share(orders(5, {"not_a_time": 5}), 0.05, Path("data/rejected"))


def test_too_many_refusals_name_the_commonest_reason_first():
    counts = orders(6, {"missing_key": 2, "not_a_time": 4})
    with pytest.raises(TooManyRejected, match="not_a_time 4, missing_key 2"):
        check_share(counts, 0.05, Path("data/rejected"))


def test_too_many_refusals_name_the_file_to_look_at():
    with pytest.raises(TooManyRejected, match=r"data/rejected/orders\.parquet"):
        check_share(orders(6, {"missing_key": 6}), 0.05, Path("data/rejected"))
