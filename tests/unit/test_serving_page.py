from datetime import UTC, date, datetime

import pytest

from models.domain.instants import from_micros, local_midnight
from models.domain.languages import Language
from models.domain.vocabulary import DoNotContactReason, LifecycleStage
from models.domain.words import ENGLISH, words_in
from serving.filters import AtRiskQuery
from serving.page import languages, link, stage_chips, tiles, views
from serving.page_words import Told
from serving.totals import Totals

TOLD = Told(ENGLISH, "EUR", "Europe/Berlin")
IN_PERSIAN = Told(words_in(Language.PERSIAN), "IRR", "Asia/Tehran")
MORNING = datetime(2011, 9, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(("share", "shown"), [(None, "–"), (0.0, "0 %"), (0.374, "37 %"), (1.0, "100 %")])
def test_a_share_is_shown_as_a_percentage(share, shown):
    assert TOLD.percent(share) == shown


def test_a_persian_share_has_persian_digits_and_sign():
    assert IN_PERSIAN.percent(0.374) == "۳۷٪"


def test_an_action_is_shown_in_words():
    assert TOLD.action("win_back_call") == "win back call"


@pytest.mark.parametrize("reason", DoNotContactReason)
def test_every_reason_to_leave_somebody_alone_has_words(reason):
    assert TOLD.why_alone(reason)


def test_a_day_is_shown_as_people_write_it():
    assert TOLD.day(MORNING) == "1 September 2011"


def test_a_day_that_was_given_as_a_date_alone_is_that_day():
    end = from_micros(local_midnight(date(2011, 9, 2), TOLD.zone))
    assert TOLD.day(end) == "1 September 2011"


def test_a_persian_day_is_a_jalali_one():
    assert IN_PERSIAN.day(MORNING) == "۱۰ شهریور ۱۳۹۰"


def test_what_nobody_knows_is_a_dash():
    assert (TOLD.day(None), TOLD.money(None), TOLD.percent(None)) == ("–", "–", "–")


def test_a_link_keeps_the_filters():
    query = AtRiskQuery.model_validate({"lifecycle_stage": ["new", "lost"], "contactable": True})
    kept = "lifecycle_stage=new&lifecycle_stage=lost&contactable=true"
    assert link(query, cursor="abc") == f"/v1/at-risk?{kept}&format=html&cursor=abc"


def asking(**asked):
    return AtRiskQuery.model_validate(asked)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (
            {"contactable": True},
            {"To contact now": "1,200", "Value at risk": "77 EUR", "Expected gain": "5 EUR"},
        ),
        ({"contactable": False}, {"To leave alone": "300", "Value at risk": "77 EUR"}),
        (
            {},
            {
                "Customers listed": "1,500",
                "To contact now": "1,200",
                "Value at risk": "77 EUR",
                "Expected gain": "5 EUR",
            },
        ),
    ],
)
def test_the_tiles_speak_of_what_is_shown(asked, shown):
    totals = Totals(customers=1500, to_contact=1200, value_at_risk_minor=7_654, expected_gain_minor=500)
    assert dict(tiles(totals, asking(**asked), "EUR", ENGLISH)) == shown


@pytest.mark.parametrize(
    ("asked", "shown"),
    [({"contactable": True}, "Contact now"), ({"contactable": False}, "Leave alone"), ({}, "Everyone")],
)
def test_the_view_that_is_shown_is_marked(asked, shown):
    assert [view.text for view in views(asking(**asked), ENGLISH) if view.on] == [shown]


def test_another_view_keeps_the_stages_and_begins_again():
    addresses = [view.address for view in views(asking(lifecycle_stage=["new"], cursor="abc"), ENGLISH)]
    assert addresses == [
        "/v1/at-risk?lifecycle_stage=new&format=html&contactable=true",
        "/v1/at-risk?lifecycle_stage=new&format=html&contactable=false",
        "/v1/at-risk?lifecycle_stage=new&format=html",
    ]


def test_a_chip_asks_for_its_stage_too():
    (chip,) = stage_chips({LifecycleStage.LOST: 7}, asking(lifecycle_stage=["new"]), ENGLISH)
    assert chip.address == "/v1/at-risk?lifecycle_stage=new&lifecycle_stage=lost&format=html"


def test_a_chip_that_is_on_lets_its_stage_go():
    (chip,) = stage_chips({LifecycleStage.NEW: 7}, asking(lifecycle_stage=["new"]), ENGLISH)
    assert (chip.on, chip.address) == (True, "/v1/at-risk?format=html")


def test_a_chip_tells_its_stage_and_how_many_it_holds():
    (chip,) = stage_chips({LifecycleStage.UNHAPPY: 984}, asking(), ENGLISH)
    assert (chip.text, chip.count) == ("unhappy", "984")


def test_the_page_is_offered_in_every_language_with_the_same_filters():
    offered = languages(asking(contactable=True), Language.PERSIAN)
    assert [each.text for each in offered if each.on] == ["فارسی"]
    assert [each.text for each in offered] == ["English", "فارسی", "العربية"]
    assert offered[2].address == "/v1/at-risk?contactable=true&format=html&language=ar"
