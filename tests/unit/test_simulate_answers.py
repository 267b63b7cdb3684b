"""What `make simulate` is told."""

import pytest

from models.domain.errors import InvalidSetting
from pipelines.simulate import FileFormat, answers_of, file_format


def test_answers_left_empty_were_not_given():
    assert answers_of(["OUT=books", "CUSTOMERS=", "FORMAT=persian"]) == {"OUT": "books", "FORMAT": "persian"}


def test_where_to_write_must_be_said():
    with pytest.raises(InvalidSetting, match="OUT does not say where to write"):
        answers_of(["CUSTOMERS=200"])


def test_what_is_not_asked_for_is_refused_by_name():
    with pytest.raises(InvalidSetting, match="YEARS is not asked for"):
        answers_of(["OUT=books", "YEARS=3"])


def test_parquet_is_written_unless_another_format_is_asked_for():
    assert file_format({"OUT": "books"}) is FileFormat.PARQUET


def test_a_format_that_cannot_be_written_is_refused():
    with pytest.raises(InvalidSetting, match="FORMAT"):
        file_format({"FORMAT": "xml"})
