"""Which ids of a wide table are somebody's address or phone number."""

import pytest

from models.domain.vocabulary import IdentityKind
from pipelines.sources.wide_customers import key_kind


@pytest.mark.parametrize(
    ("heading", "text", "kind"),
    [
        ("email", "ann@example.org", IdentityKind.EMAIL),
        ("customer", "ann@example.org", IdentityKind.EMAIL),
        ("id", "0912 000 0001", IdentityKind.PHONE),
        ("id", "+49 30 1234567", IdentityKind.PHONE),
        ("mobile", "9120000001", IdentityKind.PHONE),
        ("id", "9120000001", None),
        ("id", "0000001234", None),
        ("id", "0042", None),
        ("customerID", "7590-VHVEG", None),
    ],
)
def test_a_key_is_known_by_how_it_is_written(heading, text, kind):
    assert key_kind(heading, [text] * 5 + [None]) is kind


def test_addresses_among_other_ids_are_hidden_as_texts():
    assert key_kind("user", ["ann@example.org", "u17", "u18", "u19"]) is IdentityKind.TEXT


def test_an_empty_column_holds_no_key():
    assert key_kind("email", [None, ""]) is None
