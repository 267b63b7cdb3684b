"""Declarations: refused when they make no sense, the same hash for the same meaning."""

import math
from dataclasses import replace

import numpy as np
import pytest

from models.contract.tables import TABLES
from models.domain.instants import local_date, to_micros
from models.features.availability import usable
from models.features.catalogue import CATALOGUE
from models.features.conditions import EVERY, Above, Equals, Filter, Kept, Known, Late, NotNull
from models.features.declaration import Deviation, Difference, Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared import articles, offers
from models.features.fingerprint import fingerprint, fingerprints
from models.features.formula import build_formulas, evaluate
from models.features.local_days import local_days
from models.features.measures import Age, Elapsed, Key, LocalDay, Looked, One, Since, Value
from models.features.plan import build_plan

EVERYTHING = {table.name: table.names for table in TABLES}
A, B, C = (Fold("orders", Operator.SUM, One(), EVERY, days) for days in (1, 2, 3))


def without(table, column=None):
    if column is None:
        return {name: columns for name, columns in EVERYTHING.items() if name != table}
    kept = tuple(name for name in EVERYTHING[table] if name != column)
    return {**EVERYTHING, table: kept}


def worked(expression, **values):
    """What an expression is, given the folds A, B and C."""
    feature = Feature("it", Family.RETURNS, Unit.RATIO, "it", expression)
    formulas = build_formulas([feature], {A: 0, B: 1, C: 2})
    row = [[float(values.get(name, 0))] for name in "abc"] + [[0.0] for _ in formulas.operation]
    evaluate(formulas, 1, row)
    return row[formulas.feature[0]][0]


def test_a_table_that_the_contract_lacks_is_refused():
    with pytest.raises(KeyError):
        Fold("parcels", Operator.SUM, One())


def test_a_column_that_the_contract_lacks_is_refused():
    with pytest.raises(KeyError):
        Fold("orders", Operator.SUM, Value("weight"))


@pytest.mark.parametrize(
    ("operator", "measure", "days"),
    [
        (Operator.SUM, Key("order_id"), None),
        (Operator.DISTINCT, One(), None),
        (Operator.SUM, LocalDay(), None),
        (Operator.GAP_DAYS, One(), None),
        (Operator.MAX_GAP, One(), None),
        (Operator.NEW_KEYS, Value("amount_minor"), None),
        (Operator.MIN, One(), None),
        (Operator.SUM, Value("category"), None),
        (Operator.DISTINCT, Key("amount_minor"), None),
        (Operator.MIN, Since("amount_minor"), None),
        (Operator.SUM, Age(), None),
        (Operator.SUM_AT_LAST, Since("ordered_at"), None),
        (Operator.SUM, One(), 0),
        (Operator.SUM, Looked("weight"), None),
        (Operator.SUM_AT_LAST, Looked("popularity"), None),
        (Operator.DISTINCT, Looked("popularity"), None),
    ],
)
def test_what_makes_no_sense_is_refused(operator, measure, days):
    with pytest.raises(ValueError, match="Fold"):
        Fold("orders", operator, measure, EVERY, days)


@pytest.mark.parametrize(
    ("measure", "where", "reason"),
    [
        (Value("severity"), EVERY, "Known"),
        (One(), Filter(all_of=(Equals("reason", "broken"),)), "Known"),
        (One(), Filter(none_of=(Above("severity", 3),)), "Known"),
        (One(), Filter(all_of=(NotNull("promised_at"),)), "Announced"),
        (Elapsed("severity"), EVERY, "at no date of its own"),
        (One(), Filter(all_of=(Late("opened_known_at", 5),)), "at no date of its own"),
    ],
)
def test_what_may_not_be_known_yet_is_refused(measure, where, reason):
    with pytest.raises(ValueError, match=reason):
        Fold("complaints", Operator.SUM, measure, where)


def test_what_is_known_with_the_resolution_may_be_read_after_it():
    known = Filter(all_of=(Known("resolved_at"), Equals("reason", "broken")))
    assert "reason" in Fold("complaints", Operator.MAX, Value("severity"), known).columns


def test_a_condition_cannot_hold_and_not_hold():
    bought = Above("amount_minor", 0)
    with pytest.raises(ValueError, match="hold"):
        Fold("orders", Operator.SUM, One(), Filter(all_of=(bought,), none_of=(bought,)))


def test_a_promise_kept_needs_both_of_its_columns():
    kept = Fold("complaints", Operator.SUM, One(), Filter(all_of=(Kept("resolved_at", "promised_at"),)))
    assert {"resolved_at", "promised_at"} <= set(kept.columns)


def test_every_feature_has_a_name_of_its_own():
    names = [feature.name for feature in CATALOGUE]
    assert sorted(names) == sorted(set(names))


def test_there_are_at_least_a_hundred_features():
    assert len(CATALOGUE) >= 100


def test_every_family_has_features():
    assert {feature.family for feature in CATALOGUE} == set(Family)


def test_a_full_source_switches_nothing_off():
    assert usable(CATALOGUE, EVERYTHING, uncounted="").switched_off == {}


def test_a_missing_table_switches_its_features_off_by_name():
    off = usable(CATALOGUE, without("offers"), uncounted="").switched_off
    names = [feature.name for feature in offers.FEATURES]
    assert off == dict.fromkeys(names, "the source has no table offers")


def test_a_missing_column_switches_its_features_off_by_name():
    off = usable(CATALOGUE, without("orders", "units"), uncounted="").switched_off
    names = ("units_per_order_365", "unit_price_365", "unit_price_trend_365")
    assert off == dict.fromkeys(names, "the source has no column orders.units")


def test_a_known_at_column_is_not_needed():
    assert usable(CATALOGUE, without("orders", "known_at"), uncounted="").switched_off == {}


def test_where_nothing_was_counted_what_looks_it_up_is_off_by_name_and_says_why():
    off = usable(CATALOGUE, EVERYTHING, "3 customers are too few").switched_off
    assert off == dict.fromkeys([feature.name for feature in articles.FEATURES], "3 customers are too few")


def test_a_missing_column_says_more_than_that_nothing_was_counted():
    off = usable(articles.FEATURES, without("orders", "item_id"), "too few").switched_off
    assert set(off.values()) == {"the source has no column orders.item_id"}


def test_what_formulas_share_is_worked_out_once():
    share = Ratio(A, B)
    features = [Feature(name, Family.RETURNS, Unit.RATIO, name, Difference(share, C)) for name in "xy"]
    assert len(build_formulas(features, {A: 0, B: 1, C: 2}).operation) == 2


def test_equal_values_deviate_by_nothing_though_their_moments_are_rounded():
    assert worked(Deviation(A, B, C), a=3, b=0.3, c=0.03) == 0


def test_the_plan_folds_a_shared_fold_once():
    plan = build_plan(CATALOGUE)
    assert len(plan.folds) == len({fold for feature in CATALOGUE for fold in feature.folds})


def test_other_words_leave_the_fingerprint_alone():
    first, *rest = CATALOGUE
    assert fingerprint([replace(first, label="other words"), *rest]) == fingerprint(CATALOGUE)


def test_another_window_changes_the_fingerprint_of_that_feature_alone():
    changed = [
        replace(f, value=replace(f.value, window_days=31)) if f.name == "orders_30" else f for f in CATALOGUE
    ]
    before, after = fingerprints(CATALOGUE), fingerprints(changed)
    assert [name for name in before if before[name] != after[name]] == ["orders_30"]


def test_another_statistic_of_articles_changes_the_fingerprint():
    one, other = (
        replace(articles.FEATURES[0], value=Fold("orders", Operator.SUM, Looked(statistic)))
        for statistic in ("popularity", "repeat_rate")
    )
    assert fingerprint([one]) != fingerprint([other])


def test_a_table_without_articles_cannot_look_them_up():
    with pytest.raises(KeyError):
        Fold("contacts", Operator.SUM, Looked("popularity"))


def test_what_is_looked_up_keeps_nothing_else_from_sharing():
    layouts = build_plan(CATALOGUE).layouts
    assert [int(layout.plan.shares) for layout in layouts if layout.table == "orders"] == [1, 0]


def test_the_order_of_features_is_part_of_the_fingerprint():
    assert fingerprint(CATALOGUE[::-1]) != fingerprint(CATALOGUE)


@pytest.mark.parametrize("bottom", [0, math.nan])
def test_a_ratio_to_nothing_says_nothing(bottom):
    assert math.isnan(worked(Ratio(A, B), a=1, b=bottom))


def test_a_ratio_of_a_difference():
    assert worked(Ratio(A, Difference(B, A)), a=2, b=6) == 0.5


def test_the_deviation_of_2_4_and_9_from_its_moments():
    assert worked(Deviation(A, B, C), a=3, b=15, c=101) == math.sqrt(13)


def test_one_gap_has_no_deviation():
    assert math.isnan(worked(Deviation(A, B, C), a=1, b=5, c=25))


@pytest.mark.parametrize("zone", ["Asia/Tehran", "America/St_Johns", "Africa/Monrovia", "Pacific/Apia"])
def test_local_days_are_those_of_the_calendar(zone):
    from datetime import UTC, date, datetime

    start = to_micros(datetime(1971, 6, 1, tzinfo=UTC))
    instants = start + np.arange(15_000, dtype=np.int64) * 97_000_000_123
    expected = [(local_date(int(at), zone) - date(1970, 1, 1)).days for at in instants]
    assert local_days(instants, zone).tolist() == expected
