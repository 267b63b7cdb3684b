"""Reading `params.yaml` of the folder that a stage runs in."""

from dataclasses import dataclass

import pytest

from models.domain.errors import InvalidSetting
from pipelines.params import raw_section, section


@dataclass(frozen=True)
class Churn:
    horizon_days: int


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_section_becomes_its_dataclass(folder):
    (folder / "params.yaml").write_text("churn:\n  horizon_days: 90\n")
    assert section(Churn, "churn") == Churn(90)


def test_a_section_can_be_read_as_plain_values(folder):
    (folder / "params.yaml").write_text("churn:\n  horizon_days: 90\n")
    assert raw_section("churn") == {"horizon_days": 90}


def test_a_missing_file_says_where_to_run():
    with pytest.raises(InvalidSetting, match=r"no params\.yaml here\. Run from the project's folder"):
        section(Churn, "churn")


@pytest.mark.parametrize("text", ["", "- churn\n", "value: {}\n"])
def test_a_missing_section_is_named(folder, text):
    (folder / "params.yaml").write_text(text)
    with pytest.raises(InvalidSetting, match="has no section `churn`"):
        section(Churn, "churn")


def test_a_file_that_is_no_yaml_says_where(folder):
    (folder / "params.yaml").write_text("churn:\n  horizon_days: [90\n")
    with pytest.raises(InvalidSetting, match=r"params\.yaml is not valid YAML.*line \d"):
        section(Churn, "churn")


def test_a_wrong_value_is_refused_with_its_place(folder):
    (folder / "params.yaml").write_text("churn:\n  horizon_days: ninety\n")
    with pytest.raises(InvalidSetting, match=r"`churn\.horizon_days` has the wrong type"):
        section(Churn, "churn")
