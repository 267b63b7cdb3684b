import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.policy.rules import first_that_holds, is_one_of

WORDS = st.lists(st.sampled_from(["silent", "new", "lost", ""]), min_size=1, max_size=6)


@given(WORDS, st.lists(st.sampled_from(["silent", "gone", ""]), max_size=3))
def test_membership_is_that_of_numpy(words, names):
    assert is_one_of(np.array(words), names).tolist() == np.isin(words, names).tolist()


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=4))
def test_the_first_condition_that_holds_names_the_word(conditions):
    flags, names = (
        [np.array(each) for each in conditions],
        [f"rule {number}" for number in range(len(conditions))],
    )
    expected = np.select(flags, names, default="none of them")
    assert first_that_holds(flags, names, "none of them").tolist() == expected.tolist()
