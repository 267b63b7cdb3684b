"""The stages of a shop with 40 % inflation and an index, beside the same shop with stable prices."""

import json
import shutil

import pyarrow.compute as pc
import pytest
import yaml

from models.contract.storage import read_json, read_table
from pipelines import (
    build_features,
    build_labels,
    evaluate,
    ingest,
    paths,
    publish,
    score,
    train_churn,
    train_lifetime_value,
    train_uplift,
)

INFLATION, YEARS = 0.4, 3
RISE = (1 + INFLATION) ** YEARS
LEARNING = (
    ingest, build_features, build_labels, train_churn, train_lifetime_value, train_uplift, evaluate, publish,
)  # fmt: skip


@pytest.fixture(scope="module")
def shops(request, tmp_path_factory):
    """Folders of two shops after scoring, by inflation."""
    shipped = yaml.safe_load((request.config.rootpath / "params.yaml").read_text())
    return {rate: scored(shipped, rate, tmp_path_factory.mktemp("shop")) for rate in (0.0, INFLATION)}


def scored(shipped, inflation, folder):
    world = {"customers": 500, "years": YEARS, "seed": 5, "inflation_per_year": inflation}
    churn = {**shipped["churn"], "seeds": 1}
    changed = {**shipped, "simulator": {**shipped["simulator"], **world}, "churn": churn}
    (folder / "params.yaml").write_text(json.dumps(changed))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for stage in LEARNING:
            stage.main()
        shutil.copytree(paths.RELEASE, paths.LIVE)
        score.main()
    return folder


def total(folder, path, column):
    return pc.sum(read_table(folder / path)[column]).as_py()


def test_the_features_name_their_money(shops):
    named = [read_json(folder / paths.FEATURES / "features.json").get("money") for folder in shops.values()]
    assert named == [None, "prices of 2022-03-01"]


def test_features_of_other_money_are_others_to_a_release(shops):
    stable, inflated = (
        read_json(folder / paths.FEATURES / "features.json")["fingerprint"] for folder in shops.values()
    )
    assert stable != inflated


def test_the_release_says_in_which_money_its_values_are(shops):
    recipe = read_json(shops[INFLATION] / paths.RELEASE / "lifetime_value" / "recipe.json")
    assert recipe["money"] == "prices of 2022-03-01"


def test_the_metrics_say_in_which_money_they_are(shops):
    assert (
        read_json(shops[INFLATION] / paths.METRICS / "lifetime_value.json")["money"] == "prices of 2022-03-01"
    )


def test_learned_margins_are_those_of_stable_prices_but_for_the_money(shops):
    stable, inflated = (
        total(folder, paths.LABELS / "labels.parquet", "margin_minor") for folder in shops.values()
    )
    # The first month of the index lies three months before the first order, and a level is two months old.
    base = (1 + INFLATION) ** (-3 / 12) * (1 + INFLATION) ** (2 / 12)
    assert inflated / stable == pytest.approx(base, rel=0.03)


def test_what_a_customer_is_worth_is_told_in_todays_money(shops):
    stable, inflated = (
        total(folder, paths.SCORES / "scores.parquet", "lifetime_value_minor") for folder in shops.values()
    )
    assert inflated / stable == pytest.approx(RISE, rel=0.1)


def test_what_is_spendable_is_the_bound_of_what_is_told(shops):
    scores = read_table(shops[INFLATION] / paths.SCORES / "scores.parquet")
    k_lo = read_json(shops[INFLATION] / paths.LIVE / "lifetime_value" / "bounds.json")["k_lo"]
    stake, low = (scores[f"value_at_stake{end}_minor"].to_numpy() for end in ("", "_low"))
    assert low == pytest.approx(k_lo * stake.clip(min=0), abs=1)
