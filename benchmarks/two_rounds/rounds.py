"""One round of the loop: the stages of the pipeline in this process, and what its plan earns in truth."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml
from numpy.typing import NDArray

from benchmarks.two_rounds import shop
from models.contract.storage import read_json, read_table
from models.domain.vocabulary import Payment
from models.evaluation.realised_profit import CouponLaw
from models.policy.allocation.problem import FORBIDDEN
from models.release import digests, read_manifest, write_manifest
from pipelines import (
    build_features,
    build_labels,
    evaluate,
    ingest,
    paths,
    plan,
    publish,
    score,
    train_churn,
    train_lifetime_value,
    train_uplift,
)
from pipelines.oracle_profit import coupon_law, coupons_on_offer
from pipelines.oracle_report import margins_of
from pipelines.past_campaigns import past_campaigns
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import World

Floats = NDArray[np.float64]

LEARNING: Sequence[Callable[[], None]] = (
    ingest.main, build_features.main, build_labels.main, train_churn.main, train_lifetime_value.main,
    train_uplift.main, evaluate.main, publish.main,
)  # fmt: skip
PLANNING: Sequence[Callable[[], None]] = (score.main, plan.main)
SHOP = Path("shop")
HORIZON_AND_A_BIT = 100  # days from one round to the next: the horizon, and time for what is known late


@dataclass(frozen=True)
class Round:
    """What a plan is, and earns; money in minor units.

    state: how the effect of offers was known. treated: who gets a coupon. earned: their true profit, expected
    over all futures. most: what who knew all would earn by any coupon that may be given. usable: past offers
    with a known chance. assigned: the plan as rows of `offers`. campaigns: what past ones earned, as told.
    """

    state: str
    treated: int
    earned: float
    most: float
    usable: int
    assigned: pa.Table
    campaigns: Sequence[Mapping[str, Any]]


def two_rounds(
    folder: Path, settings: SimulatorSettings, params: Mapping[str, Any]
) -> tuple[Round, Round, Round]:
    """The plan of a shop, the one that follows it, and that one had nothing of the first come back.

    folder: empty, for the runs. params: the sections of params.yaml.
    """
    coupons = coupon_actions(params)
    first = shop.until(settings, HORIZON_AND_A_BIT)
    before = live(folder, first, params, coupons)
    shutil.copytree(folder / paths.LIVE / "response", folder / "response")
    second = shop.later(settings, first, before.assigned, coupons)
    after = live(folder, second, params, coupons)
    return before, after, without_lesson(folder, second, coupons)


def live(folder: Path, world: World, params: Mapping[str, Any], coupons: Sequence[str]) -> Round:
    """Everything from the books to the plan."""
    shutil.rmtree(folder / SHOP, ignore_errors=True)
    shop.write(world, folder / SHOP)
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=world.extracted_at)
    source = {
        **params["source"],
        "kind": "files", "path": str(SHOP), "timezone": shop.ZONE, "extracted_at": instant.isoformat(),
    }  # fmt: skip
    (folder / paths.PARAMS).write_text(yaml.safe_dump({**params, "source": source}))
    with quietly_in(folder):
        for stage in LEARNING:
            stage()
        shutil.rmtree(paths.LIVE, ignore_errors=True)
        shutil.copytree(paths.RELEASE, paths.LIVE)  # nothing to compare with, so nothing to decide
        return planned(world, coupons)


def without_lesson(folder: Path, world: World, coupons: Sequence[str]) -> Round:
    """The last plan again, with what was known of offers before."""
    with quietly_in(folder):
        manifest = read_manifest(paths.LIVE)
        shutil.rmtree(paths.LIVE / "response")
        shutil.copytree("response", paths.LIVE / "response")
        state = read_json(paths.LIVE / "response" / "response.json")["state"]
        write_manifest(paths.LIVE, replace(manifest, response_state=state, files=digests(paths.LIVE)))
        return planned(world, coupons)


def planned(world: World, coupons: Sequence[str]) -> Round:
    """Score, plan, and look up what the plan earns in truth."""
    for stage in PLANNING:
        stage()
    scores = read_table(paths.SCORES / "scores.parquet").sort_by("customer_id")
    law = law_of(world, scores)
    assigned = read_table(paths.PLAN / "assignments.parquet").drop_columns("amount_unit")
    given = assigned.filter(pc.is_in(assigned["arm"], pa.array(coupons)))
    told = read_json(paths.LIVE / "response" / "response.json")
    return Round(
        state=told["state"],
        treated=given.num_rows,
        earned=earned(given, shop.places(given["customer_id"], scores["customer_id"]), law),
        most=most(scores, law),
        usable=told["offers"]["usable"],
        assigned=assigned,
        campaigns=past_campaigns().get("campaigns", []),
    )


def law_of(world: World, scores: pa.Table) -> CouponLaw:
    """What coupons do to the customers of `scores` in truth."""
    ids = scores["customer_id"].to_numpy().astype(object)
    rate = yaml.safe_load(paths.PARAMS.read_text())["value"]["annual_discount_rate"]
    margin = margins_of(world.oracle["worth"], ids, int(scores["value_window_days"][0].as_py()), rate)
    rows = shop.places(scores["customer_id"], world.oracle["coupons"]["customer_id"])
    return coupon_law(world.oracle["coupons"].take(rows), margin)


def earned(given: pa.Table, place: NDArray[np.int64], law: CouponLaw) -> float:
    """The true profit of the coupons of `given`; place: whose each is, among those of the law."""
    faces, costs = given["face_value_minor"].to_numpy(), given["contact_cost_minor"].to_numpy()
    total = 0.0
    for face, cost in sorted(set(zip(faces.tolist(), costs.tolist(), strict=True))):
        total += float(law.profit(face, cost)[place[(faces == face) & (costs == cost)]].sum())
    return total


def most(scores: pa.Table, law: CouponLaw) -> float:
    """What the best coupons within the caps would earn in truth, whatever they promise together."""
    options, faces, costs = coupons_on_offer(scores["customer_id"])
    profit = [law.profit(face, cost) for face, cost in zip(faces, costs, strict=True)]
    may = options.gain > FORBIDDEN
    return float(np.where(may, np.maximum(profit, 0.0), 0.0).max(axis=0).sum())


def coupon_actions(params: Mapping[str, Any]) -> list[str]:
    """The actions that are money on the next purchase: what else is done, no law of the world speaks of."""
    actions = params["policy"]["actions"]
    return [each["id"] for each in actions if each["payment"] == Payment.ON_PURCHASE.value]


@contextmanager
def quietly_in(folder: Path) -> Iterator[None]:
    """Work in a folder, without the lines that stages print."""
    with chdir(folder), redirect_stdout(StringIO()):
        yield
