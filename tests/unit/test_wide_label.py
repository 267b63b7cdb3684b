"""Who left, by a wide table's label: headings, words, declared values, and what is ambiguous."""

import pyarrow as pa
import pytest

from models.domain.errors import BadSource
from models.domain.settings import settings_from
from pipelines.sources.wide_label import find_label
from pipelines.sources.wide_settings import LabelSettings

NOTHING_SAID = LabelSettings()


def column(*texts):
    return pa.array(texts, pa.string())


def churned(heading, *texts, label=NOTHING_SAID):
    return find_label({heading: column(*texts)}, label).churned.to_pylist()


@pytest.mark.parametrize(
    ("heading", "left", "stayed"),
    [
        ("Churn", "Yes", "No"),
        ("churn_flag", "1", "0"),
        ("Churn Value", "1.0", "0.0"),
        ("Exited", "true", "false"),
        ("isChurned", "TRUE", "FALSE"),
        ("Customer Status", "Churned", "Stayed"),
        ("Attrition_Flag", "Attrited Customer", "Existing Customer"),
        ("Status", "cancelled", "active"),
        ("ریزش", "بله", "خیر"),
        ("وضعیت", "رفته", "مانده"),
        ("تسرب", "نعم", "لا"),
    ],
)
def test_a_label_is_found_by_its_heading_and_its_values(heading, left, stayed):
    assert churned(heading, left, stayed, left) == [True, False, True]


def test_an_empty_cell_is_an_outcome_that_nobody_knows():
    assert churned("Churn", "Yes", None, "No") == [True, None, False]


def test_a_label_with_one_value_alone_is_understood():
    assert churned("Churn", "No", "No") == [False, False]


def test_yes_under_a_heading_that_asks_something_else_means_nothing():
    with pytest.raises(BadSource, match="no column says who left"):
        churned("Partner", "Yes", "No")


@pytest.mark.parametrize("heading", ["visit", "Retained", "subscribed"])
def test_an_outcome_that_means_staying_must_be_declared(heading):
    with pytest.raises(BadSource, match="do not say who left"):
        churned(heading, "1", "0", label=LabelSettings(column=heading))


def test_a_declared_value_means_leaving_and_every_other_staying():
    assert churned("visit", "1", "0", label=LabelSettings(column="visit", churned=(0,))) == [False, True]


def test_a_declared_value_for_staying_leaves_the_others_to_leaving():
    label = LabelSettings(column="visit", stayed=("came",))
    assert churned("visit", "came", "never", label=label) == [False, True]


def test_declared_values_are_compared_as_they_are_meant():
    label = LabelSettings(column="x", churned=("LEFT ",), stayed=(1,))
    assert churned("x", "left", "1.0", label=label) == [True, False]


def test_a_value_that_is_neither_stops_the_run_with_the_values_found():
    label = LabelSettings(column="x", churned=("gone",), stayed=("here",))
    with pytest.raises(BadSource, match="gone, here, joined"):
        churned("x", "gone", "here", "joined", label=label)


def test_a_declared_value_that_nobody_has_stops_the_run():
    with pytest.raises(BadSource, match="do not say who left"):
        churned("x", "1", "0", label=LabelSettings(column="x", churned=("Yes",)))


def test_three_statuses_are_ambiguous():
    with pytest.raises(BadSource, match=r"no column says who left.*Set source\.table\.label"):
        churned("Customer Status", "Churned", "Stayed", "Joined")


def test_two_labels_are_ambiguous():
    columns = {"Churn Label": column("Yes", "No"), "Churn Value": column("1", "0")}
    with pytest.raises(BadSource, match=r"several columns could say who left.*Churn Label, Churn Value"):
        find_label(columns, NOTHING_SAID)


def test_a_reason_beside_the_label_is_no_second_label():
    columns = {"Churn": column("Yes", "No"), "Churn Reason": column("price", None)}
    assert find_label(columns, NOTHING_SAID).column == "Churn"


def test_the_label_is_told_in_numbers():
    label = find_label({"Churn": column("Yes", "No", "No", None)}, NOTHING_SAID)
    assert label.sentence == "Churn: 1 left, 2 stayed, 1 without a label are scored only"


def test_a_word_that_yaml_takes_for_a_truth_value_is_refused_with_the_remedy():
    with pytest.raises(BadSource.__mro__[1], match="in quotes"):
        settings_from(LabelSettings, {"column": "Churn", "churned": [True]}, where="source.table.label")
