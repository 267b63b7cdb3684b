"""Settings become frozen dataclasses or a sentence that says why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.errors import InvalidSetting
from models.domain.settings import in_range, plain, settings_from, short_form, written_as
from models.domain.vocabulary import Purpose


@dataclass(frozen=True)
class Step:
    days: int
    share: float = 0.5


@dataclass(frozen=True)
class Everything:
    whole: int
    real: float
    yes: bool
    word: str
    purpose: Purpose
    step: Step
    maybe: int | None
    steps: tuple[Step, ...]
    by_name: Mapping[str, float]
    by_purpose: dict[Purpose, int]
    anything: Any = None
    old_style: Optional[str] = None  # noqa: UP045  # both spellings occur
    listed: tuple[int, ...] = field(default_factory=tuple)


VALUES: dict[str, Any] = {
    "whole": 3,
    "real": 2,
    "yes": True,
    "word": "x",
    "purpose": "recovery",
    "step": {"days": 7},
    "maybe": None,
    "steps": [{"days": 1}, {"days": 2, "share": 1}],
    "by_name": {"a": 1, "b": 0.5},
    "by_purpose": {"retention": 4},
}


def build(**changed: Any) -> Everything:
    return settings_from(Everything, {**VALUES, **changed}, where="part")


def test_a_section_becomes_a_dataclass():
    assert build() == Everything(
        whole=3,
        real=2.0,
        yes=True,
        word="x",
        purpose=Purpose.RECOVERY,
        step=Step(7),
        maybe=None,
        steps=(Step(1), Step(2, 1.0)),
        by_name={"a": 1.0, "b": 0.5},
        by_purpose={Purpose.RETENTION: 4},
    )


def test_a_whole_number_does_for_a_real_one():
    assert isinstance(build(real=2).real, float)


def test_an_optional_setting_may_have_a_value():
    assert build(maybe=4).maybe == 4


def test_a_setting_of_any_type_is_kept_as_it_is():
    assert build(anything={"x": [1]}).anything == {"x": [1]}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"whole": "3"}, r"`part\.whole` has the wrong type; allowed: int; given: '3'"),
        ({"whole": 3.0}, r"`part\.whole` has the wrong type"),
        ({"whole": True}, r"`part\.whole` has the wrong type"),
        ({"whole": None}, r"`part\.whole` has the wrong type; allowed: int"),
        ({"real": True}, r"`part\.real` has the wrong type; allowed: float"),
        ({"real": "2"}, r"`part\.real` has the wrong type"),
        ({"yes": 1}, r"`part\.yes` has the wrong type; allowed: bool"),
        ({"word": 1}, r"`part\.word` has the wrong type; allowed: str"),
        ({"maybe": "x"}, r"`part\.maybe` has the wrong type; allowed: int"),
        ({"step": 7}, r"`part\.step` must be a section"),
        (
            {"step": {"days": 1, "dyas": 2}},
            r"`part\.step` has no setting of this name; allowed: days or share",
        ),
        ({"steps": "abc"}, r"`part\.steps` must be a list"),
        ({"steps": [{"days": 1}, {"days": "x"}]}, r"`part\.steps\[1\]\.days` has the wrong type"),
        ({"by_name": [1]}, r"`part\.by_name` must be a section"),
        ({"by_name": {"a": "x"}}, r"`part\.by_name\.a` has the wrong type"),
        ({"by_name": {1: 1.0}}, r"`part\.by_name` has the wrong type; allowed: str; given: 1"),
        (
            {"purpose": "gift"},
            r"`part\.purpose` is not a known word; allowed: retention, recovery, win_back or owed",
        ),
        ({"by_purpose": {"gift": 1}}, r"`part\.by_purpose` is not a known word"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_place(changed, message):
    with pytest.raises(InvalidSetting, match=message):
        build(**changed)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused(value):
    with pytest.raises(InvalidSetting, match=r"`part\.real` must be a finite number"):
        build(real=value)


def test_a_missing_setting_is_named():
    with pytest.raises(InvalidSetting, match=r"`part\.days` is missing\. Correct part\.days in params\.yaml"):
        settings_from(Step, {}, where="part")


def test_an_unknown_setting_is_named_with_those_there_are():
    with pytest.raises(InvalidSetting, match="allowed: days or share; given: 'day'"):
        settings_from(Step, {"day": 1}, where="part")


@pytest.mark.parametrize("values", [None, 3, "x", [1]])
def test_what_is_not_a_section_is_refused(values):
    with pytest.raises(InvalidSetting, match="must be a section with named settings"):
        settings_from(Step, values, where="part")


@pytest.mark.parametrize("value", [1, 1.0, 2, 3])
def test_the_ends_of_a_range_are_inside_it(value):
    in_range("x", value, 1, 3)


@pytest.mark.parametrize("value", [0, 3.0001, float("nan"), float("inf")])
def test_what_is_outside_a_range_is_refused(value):
    with pytest.raises(InvalidSetting, match=r"`x` is out of range; allowed: 1 to 3"):
        in_range("x", value, 1, 3)


steps = st.builds(Step, days=st.integers(), share=st.floats(allow_nan=False, allow_infinity=False))


@given(
    st.builds(
        Everything,
        whole=st.integers(),
        real=st.floats(allow_nan=False, allow_infinity=False),
        yes=st.booleans(),
        word=st.text(),
        purpose=st.sampled_from(Purpose),
        step=steps,
        maybe=st.none() | st.integers(),
        steps=st.lists(steps, max_size=3).map(tuple),
        by_name=st.dictionaries(st.text(), st.floats(allow_nan=False, allow_infinity=False), max_size=3),
        by_purpose=st.dictionaries(st.sampled_from(Purpose), st.integers(), max_size=3),
    )
)
def test_plain_values_build_the_same_settings_again(settings):
    assert settings_from(Everything, plain(settings), where="part") == settings


def test_plain_values_hold_no_enum():
    assert type(plain({Purpose.OWED: (Purpose.OWED,)})["owed"][0]) is str


@dataclass(frozen=True)
class Named:
    """A section with a short form and a key that Python keeps for itself."""

    column: str | None = short_form(None)
    among: tuple[str, ...] = written_as("in", ())

    def __post_init__(self) -> None:
        if self.column == "forbidden":
            raise InvalidSetting("that column is taken", given=self.column)


@dataclass(frozen=True)
class Outer:
    named: Mapping[str, Named]


def test_a_plain_text_is_short_for_a_section():
    assert settings_from(Outer, {"named": {"x": "tea"}}, where="o") == Outer({"x": Named("tea")})


def test_a_key_may_be_a_word_that_python_keeps_for_itself():
    assert settings_from(Named, {"in": ["a"]}, where="n").among == ("a",)


def test_such_a_key_is_written_again_as_it_was_read():
    assert plain(Named("tea", ("a",))) == {"column": "tea", "in": ["a"]}


def test_the_name_that_python_uses_for_it_is_no_key():
    with pytest.raises(InvalidSetting, match="in"):
        settings_from(Named, {"among": ["a"]}, where="n")


def test_an_error_of_the_section_itself_learns_where_it_stands():
    with pytest.raises(InvalidSetting, match=r"Correct o\.named\.x in params\.yaml"):
        settings_from(Outer, {"named": {"x": "forbidden"}}, where="o")
