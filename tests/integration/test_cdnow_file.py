"""Reading a small CDNOW file, plain or packed."""

import gzip

import pytest

from models.domain.errors import BadSource
from models.domain.vocabulary import AmountUnit
from pipelines.sources import cdnow
from pipelines.sources.source import SourceKind, SourceSettings

TEXT = b" 00001 19970101  1   11.77\r\n 00002 19970112  5   77.00\r\n\r\n"


def read(path):
    settings = SourceSettings(SourceKind.CDNOW, str(path), "USD", AmountUnit.MAJOR, "America/New_York")
    return cdnow.read(settings).tables["orders"].rows


def test_a_plain_file_is_read_to_its_last_row(tmp_path):
    (tmp_path / "log.txt").write_bytes(TEXT)
    assert read(tmp_path / "log.txt")["amount_minor"].to_pylist() == [1177, 7700]


def test_a_packed_file_holds_the_same_rows(tmp_path):
    (tmp_path / "log.txt").write_bytes(TEXT)
    (tmp_path / "log.txt.gz").write_bytes(gzip.compress(TEXT))
    assert read(tmp_path / "log.txt.gz").equals(read(tmp_path / "log.txt"))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadSource, match="is not a file"):
        read(tmp_path / "missing.txt")


def test_a_packed_file_that_was_cut_short_is_refused(tmp_path):
    (tmp_path / "log.txt.gz").write_bytes(gzip.compress(TEXT * 1000)[:-20])
    with pytest.raises(BadSource, match="cannot be read as text"):
        read(tmp_path / "log.txt.gz")


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "log.txt").write_bytes(b"")
    with pytest.raises(BadSource, match="cannot be read as text"):
        read(tmp_path / "log.txt")
