"""Which encoding a file is in, from some of its bytes."""

from pathlib import Path

import pytest

from models.domain.errors import BadSource
from pipelines.mapping_proposal.encodings import arabic_share, encoding_of
from pipelines.sources.mapping import Encoding

FILE = Path("export.csv")
PERSIAN = "شماره سفارش;مبلغ کل\n10001;25,000\n".replace("ی", "ي")
GERMAN = "Kunde;Straße\nMüller;Größenweg 3\n"
FRENCH = "Prénom;Été\nHélène;à côté\n"


@pytest.mark.parametrize(
    ("sample", "encoding"),
    [
        (b"order,amount\n1,2\n", Encoding.UTF_8),
        (PERSIAN.encode(), Encoding.UTF_8),
        (PERSIAN.encode("utf-8-sig"), Encoding.UTF_8),
        (PERSIAN.encode("utf-16"), Encoding.UTF_16),
        (PERSIAN.encode("cp1256"), Encoding.CP1256),
        ("رقم الطلب,المبلغ\n1,2\n".encode("cp1256"), Encoding.CP1256),
        (GERMAN.encode("cp1252"), Encoding.CP1252),
        (FRENCH.encode("cp1252"), Encoding.CP1252),
    ],
)
def test_the_bytes_tell_the_encoding(sample, encoding):
    assert encoding_of(sample, FILE) is encoding


def test_a_character_cut_off_at_the_end_is_still_utf_8():
    assert encoding_of(PERSIAN.encode()[:-9], FILE) is Encoding.UTF_8


def test_a_byte_order_mark_settles_it():
    assert encoding_of(PERSIAN.encode("utf-8-sig") + b"\xff\n", FILE) is Encoding.UTF_8


def test_a_western_accent_beside_latin_letters_is_no_arabic():
    assert arabic_share("groß".encode("cp1252")) == 0.0


def test_arabic_text_stands_among_itself():
    assert arabic_share("طلب".encode("cp1256")) == 1.0


def test_another_script_is_refused_with_the_remedy():
    text = "Номер заказа;Покупатель;Сумма\n1;Иванов Иван Иванович;сто рублей\n" * 5
    with pytest.raises(BadSource, match="Save it as UTF-8"):
        encoding_of(text.encode("cp1251"), FILE)


def test_utf_16_without_its_mark_is_refused():
    with pytest.raises(BadSource, match="without a byte order mark"):
        encoding_of("order,amount\n".encode("utf-16-le"), FILE)
