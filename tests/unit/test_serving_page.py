from datetime import UTC, datetime

import pytest

from serving.filters import AtRiskQuery
from serving.page import day, link, offer_words, percent, words


@pytest.mark.parametrize(("share", "shown"), [(None, "–"), (0.0, "0 %"), (0.374, "37 %"), (1.0, "100 %")])
def test_a_share_is_shown_as_a_percentage(share, shown):
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [(None, ""), ("no_consent", "may not be contacted"), ("win_back_call", "win back call")],
)
def test_a_code_is_shown_in_words(code, shown):
    assert words(code) == shown


def test_a_day_is_shown_as_people_write_it():
    assert day(datetime(2011, 9, 1, tzinfo=UTC)) == "1 Sep 2011"


def test_a_link_keeps_the_filters():
    query = AtRiskQuery.model_validate({"lifecycle_stage": ["new", "lost"], "contactable": True})
    kept = "lifecycle_stage=new&lifecycle_stage=lost&contactable=True"
    assert link(query, cursor="abc") == f"/v1/at-risk?{kept}&format=html&cursor=abc"


@pytest.mark.parametrize(
    ("offer", "shown"),
    [
        ("coupon:500", "coupon of 5.00 EUR"),
        ("gift:1250", "gift of 12.50 EUR"),
        ("free_delivery", "free delivery"),
    ],
)
def test_an_offer_is_shown_in_words_and_currency_units(offer, shown):
    assert offer_words("EUR", offer) == shown
