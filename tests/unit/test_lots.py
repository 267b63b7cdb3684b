import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.policy.lots import held_out, lots

EVERYBODY = [f"c{number}" for number in range(20_000)]


def test_a_lot_never_changes():
    assert lots(["c1", "مریم"], "holdout").tolist() == [
        0.0047035669925700185,
        0.04495646116865315,
    ]  # sha256sum says so too


def test_lots_are_spread_evenly():
    counts = np.histogram(lots(EVERYBODY, "holdout"), bins=10, range=(0, 1))[0]
    assert np.all(np.abs(counts - 2000) < 5 * np.sqrt(2000))  # five standard deviations


def test_lots_drawn_for_two_things_have_nothing_to_do_with_each_other():
    together = np.corrcoef(lots(EVERYBODY, "holdout"), lots(EVERYBODY, "explore-2024-01-31"))
    assert abs(together[0, 1]) < 5 / np.sqrt(len(EVERYBODY))


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_larger_holdout_keeps_everybody_of_a_smaller_one(one, other):
    smaller, larger = (held_out(EVERYBODY[:200], share) for share in sorted([one, other]))
    assert np.all(larger[smaller])


def test_a_share_of_nothing_holds_nobody_out():
    assert not held_out(EVERYBODY, 0.0).any()
