"""Answers that `make map` takes, and the parameter file that it writes."""

import re
from pathlib import Path

import pytest
import yaml

from models.domain.errors import InvalidSetting
from pipelines.map_files import arguments, slug
from pipelines.mapping_proposal.parameter_file import dumped
from pipelines.mapping_proposal.questions import NAMES, Question, answers_of, asked, share_of, unanswered
from pipelines.mapping_proposal.shown import hidden

UNIT = Question("UNIT", "In which unit are the amounts?", ("rial", "toman"))


def test_the_makefile_passes_every_answer_on():
    text = (Path(__file__).parents[2] / "Makefile").read_text().replace("\\\n", "")
    assert tuple(re.search(r"^ANSWERS := (.*)$", text, re.MULTILINE)[1].split()) == NAMES


def test_files_and_answers_are_told_apart():
    files, answers = arguments(["a.csv", "MARGIN=.3", "my folder/b=c.csv"])
    assert (files, answers) == ([Path("a.csv"), Path("my folder/b=c.csv")], {"MARGIN": ".3"})


def test_an_answer_to_no_question_is_refused():
    with pytest.raises(InvalidSetting, match="asks no such question"):
        answers_of({"COLOUR": "blue"})


@pytest.mark.parametrize(
    ("text", "share"), [("0.3", 0.3), (".3", 0.3), ("30%", 0.3), ("۰٫۳", 0.3), ("۳۰٪", 0.3), ("1", 1.0)]
)
def test_a_share_may_be_written_in_many_ways(text, share):
    assert share_of("MARGIN", text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["0", "30", "-0.1", "much", "nan"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(InvalidSetting, match="MARGIN is no share"):
        share_of("MARGIN", text)


def test_a_question_says_what_can_be_answered_and_how():
    assert UNIT.sentence == "In which unit are the amounts? (rial or toman): UNIT=rial"


def test_a_person_may_repeat_the_name_of_the_answer():
    assert asked([UNIT], lambda _: " UNIT=toman ") == {"UNIT": "toman"}


def test_a_question_may_stay_open():
    assert asked([UNIT], lambda _: "") == {}


def test_open_questions_say_what_to_pass():
    assert "Add UNIT=rial" in unanswered([UNIT]).message


@pytest.mark.parametrize(
    ("folder", "name"), [("My Shop 2", "my_shop_2"), ("فروشگاه", "فروشگاه"), ("...", "shop")]
)
def test_a_folders_name_names_the_settings(folder, name):
    assert slug(folder) == name


@pytest.mark.parametrize(
    "value", ["Yes", "no", "null", "1402-01-05", ";", "\t", "مبلغ: کل", {"a": ["x", None]}, 0.3]
)
def test_a_value_is_read_back_as_it_was_written(value):
    assert yaml.safe_load(f"x: {dumped(value)}") == {"x": value}


def test_a_key_is_shown_without_its_middle():
    assert hidden("09123456789") == "0912…89"
