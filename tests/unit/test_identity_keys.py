"""Keys of other systems: equal where they mean the same, and unreadable once they are hidden."""

import hashlib
import hmac

import pytest

from models.domain.errors import InvalidSetting
from models.domain.identity import Concealment, concealed, email_key, fingerprint, normalised_key
from models.domain.vocabulary import IdentityKind

HOW = Concealment(b"a secret of the business", country_code="98")
OTHER = Concealment(b"another secret of theirs", country_code="98")
PHONE, EMAIL, TEXT = IdentityKind.PHONE, IdentityKind.EMAIL, IdentityKind.TEXT


@pytest.mark.parametrize(
    "written", ["ann@example.org", " Ann@Example.ORG ", "ANN@EXAMPLE.ORG\N{RIGHT-TO-LEFT MARK}"]
)
def test_letters_and_blanks_around_an_address_do_not_matter(written):
    assert email_key(written) == "ann@example.org"


@pytest.mark.parametrize("written", ["a.nn@example.org", "ann+shop@example.org"])
def test_dots_and_tags_of_an_address_stay(written):
    assert email_key(written) == written


@pytest.mark.parametrize(
    "written", ["", "ann", "@example.org", "ann@", "ann@b@example.org", "ann smith@example.org"]
)
def test_what_is_no_address_has_no_key(written):
    assert email_key(written) is None


def test_a_text_is_compared_without_its_spelling():
    assert normalised_key(TEXT, "كاربر ۱۲ ", None) == normalised_key(TEXT, "کاربر 12", None)


def test_small_and_capital_letters_of_a_text_are_equal():
    assert normalised_key(TEXT, "CRM-7", None) == normalised_key(TEXT, "crm-7", None)


def test_a_text_of_blanks_has_no_key():
    assert normalised_key(TEXT, " \N{ZERO WIDTH NON-JOINER}", None) is None


def test_a_hidden_key_is_the_first_half_of_a_keyed_hash_that_names_its_kind():
    message = b"holdfast identity key\0email\0ann@example.org"
    expected = hmac.new(HOW.secret, message, hashlib.sha256).hexdigest()[:32]
    assert concealed(EMAIL, "Ann@example.org", HOW) == expected


def test_two_ways_of_writing_a_key_are_hidden_alike():
    assert concealed(PHONE, "0912 345 6789", HOW) == concealed(PHONE, "+989123456789", HOW)


def test_the_same_letters_of_another_kind_are_hidden_differently():
    assert concealed(EMAIL, "ann@example.org", HOW) != concealed(TEXT, "ann@example.org", HOW)


def test_another_secret_hides_differently():
    assert concealed(EMAIL, "ann@example.org", HOW) != concealed(EMAIL, "ann@example.org", OTHER)


def test_what_is_no_key_is_not_hidden_but_absent():
    assert concealed(PHONE, "12", HOW) is None


def test_phones_need_a_country():
    with pytest.raises(InvalidSetting, match="phone_country_code"):
        concealed(PHONE, "09123456789", Concealment(HOW.secret))


def test_a_fingerprint_tells_secrets_apart():
    assert fingerprint(HOW.secret) != fingerprint(OTHER.secret)


def test_a_fingerprint_is_short():
    assert len(fingerprint(HOW.secret)) == 8


def test_the_secret_is_not_shown():
    assert "secret of the business" not in repr(HOW)
