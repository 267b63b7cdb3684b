from dataclasses import replace

import pytest

from models.domain.instants import DAY
from serving.access.api_keys import ApiKey, Secret, digest_of, key_of, new_id, new_secret, written
from serving.access.buckets import Buckets, take
from serving.access.scopes import NEEDS, Asks, Scope, need_of
from serving.refusals import TooManyRequests, Unauthenticated

NOW = 1_700_000_000_000_000
SECRET = "s" * 52
KEY = ApiKey("abc", "shop", frozenset({Scope.READ_SCORES}), NOW, NOW + DAY, (Secret(digest_of(SECRET), NOW),))


def found(text, key=KEY, now=NOW):
    return key_of(text, {key.key_id: key}, now)


def refusal(text, key=KEY, now=NOW):
    with pytest.raises(Unauthenticated) as refused:
        found(text, key, now)
    return refused.value.message


def test_a_key_is_known_by_its_secret():
    assert found(written("abc", SECRET)) is KEY


@pytest.mark.parametrize(
    "text", ["", "hf", "hf_abc", "hf_abc_", "hf_abd_" + SECRET, "xx_abc_" + SECRET, "é\x00"]
)
def test_what_is_not_the_key_is_refused(text):
    assert "no key of this server" in refusal(text)


def test_a_refusal_never_repeats_what_was_presented():
    assert "topsecret" not in refusal("hf_abc_topsecret")


def test_a_key_ends_at_the_instant_of_its_end():
    assert "expired since" in refusal(written("abc", SECRET), now=NOW + DAY)


def test_a_revoked_key_is_refused():
    assert "revoked since" in refusal(written("abc", SECRET), replace(KEY, revoked_at=NOW))


def test_a_wrong_secret_of_a_revoked_key_is_not_told_so():
    assert "no key of this server" in refusal("hf_abc_x", replace(KEY, revoked_at=NOW))


def test_two_secrets_count_while_one_takes_over_from_the_other():
    both = replace(KEY, secrets=(Secret(digest_of("old"), 0, NOW + 1), Secret(digest_of("new"), NOW)))
    assert [found(written("abc", secret), both) for secret in ("old", "new")] == [both, both]


def test_the_secret_before_ends_when_its_time_is_over():
    both = replace(KEY, secrets=(Secret(digest_of("old"), 0, NOW), Secret(digest_of("new"), NOW)))
    assert "no key of this server" in refusal(written("abc", "old"), both)


def test_a_key_shows_neither_its_secret_nor_another_s():
    assert SECRET not in repr(KEY)


def test_every_key_has_256_bits_of_its_own():
    assert len({new_secret() for _ in range(100)}) == 100
    assert {len(new_secret()) for _ in range(100)} == {52}


def test_an_id_holds_no_underscore():
    assert all("_" not in new_id() for _ in range(100))


def test_a_key_may_only_what_its_scopes_say():
    assert [KEY.may(Scope.READ_SCORES), KEY.may(Scope.READ_CUSTOMERS)] == [True, False]


def test_a_key_with_any_scope_may_what_asks_for_any_key():
    assert KEY.may(Asks.ANY_KEY)


def test_an_admin_may_everything():
    admin = replace(KEY, scopes=frozenset({Scope.ADMIN}))
    assert all(admin.may(need) for need in NEEDS.values())


def test_what_no_line_names_is_for_admins():
    assert need_of("GET", "/v1/something-new") is Scope.ADMIN


def test_a_parameter_goes_by_any_name():
    assert need_of("GET", "/v1/customers/{customer_id:path}") is Scope.READ_CUSTOMERS


def test_asking_for_the_head_alone_needs_what_asking_for_all_does():
    assert need_of("HEAD", "/openapi.json") is Asks.ANY_KEY


def test_a_key_may_send_two_seconds_worth_at_once():
    buckets = Buckets(5)
    for _ in range(10):
        take(buckets, "abc", None, now=0.0)
    with pytest.raises(TooManyRequests, match="5 a second"):
        take(buckets, "abc", None, now=0.0)


def test_a_bucket_fills_with_time():
    buckets = Buckets(1)
    take(buckets, "abc", None, now=0.0)
    take(buckets, "abc", None, now=0.0)
    take(buckets, "abc", None, now=1.0)
    with pytest.raises(TooManyRequests):
        take(buckets, "abc", None, now=1.5)


def test_one_key_s_requests_leave_another_s_alone():
    buckets = Buckets(1)
    for key in ("a", "a", "b", "b"):
        take(buckets, key, None, now=0.0)


def test_a_key_s_own_rate_wins():
    buckets = Buckets(1)
    for _ in range(20):
        take(buckets, "abc", 10, now=0.0)
