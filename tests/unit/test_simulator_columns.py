import numpy as np
import pytest

from models.contract.tables import CONTACTS
from pipelines.sources.simulator.arrow_columns import (
    NEVER,
    column,
    consents,
    contract_table,
    identifiers,
    instants,
    numbered_by_time,
    words,
)
from pipelines.sources.simulator.streams import choose, stream


def test_identifiers_have_equal_length_and_nobody_is_null():
    assert identifiers("C", np.array([7, 123456, -1]), 6).to_pylist() == ["C000007", "C123456", None]


def test_identifiers_widen_rather_than_repeat():
    assert identifiers("C", np.array([7, 1234]), 2).to_pylist() == ["C0007", "C1234"]


def test_an_instant_that_never_came_is_null():
    assert instants(np.array([0, NEVER])).is_null().to_pylist() == [False, True]


def test_words_stand_for_codes():
    assert words(("a", "", "été"), np.array([2, 0, 1, -1])).to_pylist() == ["été", "a", "", None]


def test_an_unasked_consent_is_null():
    assert consents(np.array([1, 0, -1], np.int8)).to_pylist() == [True, False, None]


@pytest.mark.parametrize("values", [np.arange(9), np.arange(9) / 2, np.arange(9) % 2 == 0])
def test_a_column_holds_what_the_array_held(values):
    assert column(values).to_pylist() == values.tolist()


def test_a_column_is_null_where_it_is_not_shown():
    assert column(np.array([1, 2]), np.array([False, True])).to_pylist() == [None, 2]


def test_papers_are_numbered_in_order_of_time():
    assert numbered_by_time(np.array([30, 10, 20])).tolist() == [2, 0, 1]


def test_a_column_outside_the_contract_is_refused():
    with pytest.raises(KeyError):
        contract_table(CONTACTS, {"mood": np.arange(1)})


def test_subjects_draw_from_streams_of_their_own():
    assert stream(1, "orders").random() != stream(1, "baskets").random()


def test_a_subject_draws_the_same_every_time():
    assert stream(1, "orders").random() == stream(1, "orders").random()


def test_choices_follow_their_shares():
    share = np.bincount(choose(stream(1, "test"), (0.2, 0.5, 0.3), 20_000), minlength=3) / 20_000
    np.testing.assert_allclose(share, [0.2, 0.5, 0.3], atol=0.01)
