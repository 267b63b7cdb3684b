"""What `make explain` prints of a customer is what the list says of them."""

import csv

import pytest

from models.domain.money import format_minor
from pipelines.explain import UnknownCustomer, explained

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


@pytest.fixture
def listed(finished, monkeypatch):
    monkeypatch.chdir(finished.folder)
    with (finished.data / "lists" / "at_risk.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_arithmetic_of_the_first_customer_ends_in_the_list(listed):
    row = listed[0]
    gain, cap = (
        format_minor(int(row[name]), row["currency"])
        for name in ("expected_gain_minor", "incentive_cap_minor")
    )
    *_, found, planned = explained(row["customer_id"])
    assert f"expected gain {gain}," in found
    assert f"cap {cap} " in found
    assert planned.startswith(f"The plan: rank 1, {row['recommended_action'].replace('_', ' ')}")


def test_who_is_left_alone_is_told_the_reason_of_the_list(listed):
    row = next(row for row in listed if row["do_not_contact_reason"])
    assert explained(row["customer_id"])[-2].strip() == row["do_not_contact_reason"].replace("_", " ")


def test_somebody_unknown_cannot_be_explained(listed):
    with pytest.raises(UnknownCustomer, match="no such customer"):
        explained("nobody")
