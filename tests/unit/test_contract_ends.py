"""Contracts that end within the horizon: leaving, whatever was billed before."""

from datetime import date

import numpy as np
import pytest

from models.domain.instants import DAY, local_midnight
from models.evaluation.contract_ends import NEVER, Contracts, with_contract_ends
from models.evaluation.labels import UNKNOWN, Labels
from models.evaluation.schedule import Schedule

ZONE, HORIZON = "Europe/Amsterdam", 90
AT = local_midnight(date(2025, 1, 1), ZONE)
SCHEDULE = Schedule(
    as_of=AT + 200 * DAY, scoring=AT + 200 * DAY, horizon_days=HORIZON, spacing_days=30, window_days=90,
    validated=True, window_reason="", churn_training={AT: ()}, value_training={}, churn_at_value_cuts={},
    final_churn_training=(), final_value_training=(),
)  # fmt: skip


def churned(*contracts, before=0, told_after=0):
    """The label of one customer, who bought within the horizon (before: 0), with these contracts.

    A contract: first day, day of its end (None: none told), day on which that became known; days from AT.
    told_after: days after its beginning on which a contract became known.
    """
    labels = Labels(
        customer=np.array([0]),
        snapshot=np.array([AT]),
        churned=np.array([before], np.int8),
        margin_minor=np.array([0]),
        value_closed=np.array([True]),
    )
    days = [[NEVER if day is None else AT + day * DAY for day in contract] for contract in contracts]
    columns = np.array(days, np.int64).reshape(-1, 3).T
    nobody = np.zeros(len(contracts), np.int64)
    found = Contracts(nobody, columns[0], columns[0] + told_after * DAY, columns[1], columns[2])
    return int(with_contract_ends(labels, found, SCHEDULE, ZONE).churned[0])


def test_a_contract_that_ends_within_the_horizon_is_leaving():
    assert churned((-100, 60, 30)) == 1


def test_a_contract_that_ends_after_the_horizon_is_none():
    assert churned((-100, 120, 30)) == 0


def test_a_contract_without_an_end_is_none():
    assert churned((-100, None, None)) == 0


def test_a_contract_followed_by_another_is_none():
    assert churned((-100, 60, 30), (60, None, None)) == 0


def test_a_contract_beside_another_is_none():
    assert churned((-100, 60, 30), (-50, None, None)) == 0


def test_whoever_had_no_contract_any_more_is_judged_by_purchases():
    assert churned((-100, -10, -40)) == 0


def test_an_end_that_was_told_of_later_does_not_count():
    assert churned((-100, 60, 95)) == 0


def test_a_contract_that_nobody_had_heard_of_does_not_count():
    assert churned((-100, 60, 30), told_after=195) == 0


@pytest.mark.parametrize("before", [1, UNKNOWN])
def test_whoever_bought_nothing_or_may_yet_buy_stays_as_labelled(before):
    assert churned((-100, None, None), before=before) == before
