"""What is said when a release reads other features than those computed here."""

import pytest

from models.domain.errors import DamagedRelease
from models.features.attribute_catalogue import described
from models.features.attributes import from_json
from models.features.catalogue import CATALOGUE
from models.features.fingerprint import fingerprints
from models.release_features import check_code, check_same, differences

HASHES = dict(list(fingerprints(CATALOGUE).items())[:8])


def stated(hashes, fingerprint="one", **more):
    features = [{"name": name, "fingerprint": digest} for name, digest in hashes.items()]
    return {"fingerprint": fingerprint, "features": features, **more}


def test_what_this_code_declares_is_served():
    check_code(stated(HASHES))


def test_a_feature_that_is_computed_otherwise_is_named():
    changed = {**HASHES, "recency_days": "of another formula"}
    with pytest.raises(DamagedRelease, match="computed otherwise: recency_days"):
        check_code(stated(changed))


def test_a_feature_that_this_code_lacks_is_named():
    with pytest.raises(DamagedRelease, match="missing: moon_phase"):
        check_code(stated({**HASHES, "moon_phase": "f"}))


def test_attributes_are_whatever_the_source_calls_them():
    entry = {"name": "tier", "kind": "number", "levels": []}
    (feature,) = described(from_json([entry]))
    check_code(stated({**HASHES, feature["name"]: feature["fingerprint"]}, attributes=[entry]))


def test_an_attribute_without_its_levels_is_named():
    with pytest.raises(DamagedRelease, match="missing: attribute_tier"):
        check_code(stated({**HASHES, "attribute_tier": "f"}))


def test_a_run_with_the_features_of_the_release_passes():
    check_same(stated(HASHES), stated(HASHES))


def test_a_run_with_others_is_told_which():
    fewer = {name: digest for name, digest in HASHES.items() if name != "recency_days"}
    with pytest.raises(DamagedRelease, match=r"two \(missing: recency_days\)"):
        check_same(stated(HASHES), stated(fewer, "two"))


def test_features_that_the_release_does_not_read_are_named_too():
    fewer = {name: digest for name, digest in HASHES.items() if name != "recency_days"}
    assert differences(stated(fewer), stated(HASHES)) == "not in the release: recency_days"


def test_of_many_features_five_are_named():
    assert differences(stated(HASHES), stated({})).endswith("and 3 more")


def test_the_same_features_in_another_order_differ_in_order():
    assert (
        differences(stated(HASHES), stated(HASHES))
        == "in another order, in other money, or articles counted otherwise"
    )
