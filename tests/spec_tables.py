"""The tables of `tests/spec`: each row is an example worked by hand, a test, and a line of docs/policy.md."""

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from models.domain.settings import settings_from
from models.domain.vocabulary import LifecycleStage, OfferKind, Payment
from models.policy.consent import NO, UNKNOWN, YES
from models.policy.settings import PolicySettings, Tier
from tests.policy_examples import APOLOGISE, COUPON, POLICY

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "tests" / "spec"
CONSENT = {"yes": YES, "no": NO, "unknown": UNKNOWN}

# What answers money with the curve of the examples, and what answers an open complaint.
CURVED = replace(COUPON, owner="save_team")
RECOVERY = replace(APOLOGISE, owner="save_team")
# Whole numbers to reckon with: at even odds a contact adds a tenth at its low end, and money adds nothing.
PLAIN = replace(
    COUPON,
    payment=Payment.IMMEDIATE,
    stages=(LifecycleStage.SILENT,),
    touch=0.5,
    touch_low=0.1,
    owner="save_team",
)
UNMOVED = replace(POLICY.response, gamma=0.0, gamma_low=0.0, considering_gamma=0.0, considering_gamma_low=0.0)
TIERS = (
    Tier(0, 0),
    Tier(2000, 300, (OfferKind.COUPON, OfferKind.POINTS)),
    Tier(5000, 500),
    Tier(15_000, 1200),
)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table, by heading."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def differs(text: str) -> dict[str, Any]:
    """'recency_days = 61; email = no' as what `tests.policy_examples.customer` takes."""
    found: dict[str, Any] = {}
    for part in filter(None, (each.strip() for each in text.split(";"))):
        name, value = (side.strip() for side in part.split("="))
        if name == "email":
            found["consents"] = {"email": CONSENT[value], "phone": NO}
        else:
            found[name] = _plain(value)
    return found


def _plain(value: str) -> float | str | bool:
    if value in ("yes", "no"):
        return value == "yes"
    if value == "unknown":
        return float(np.nan)
    return float(value) if value.replace(".", "", 1).isdecimal() else value


@cache
def shipped() -> PolicySettings:
    """The policy of `params.yaml`."""
    policy = yaml.safe_load((ROOT / "params.yaml").read_text())["policy"]
    return settings_from(PolicySettings, policy, where="policy")


def plain_policy(row: dict[str, str]) -> PolicySettings:
    """The policy of a row of `cap`: its one action and its limits. To the plain one money adds nothing."""
    share, limit = int(row["share of stage %"]) / 100, int(row["absolute limit"])
    return replace(
        POLICY,
        actions=({"plain": PLAIN, "coupon": CURVED, "recovery": RECOVERY}[row["action"]],),
        phi={**POLICY.phi, LifecycleStage.SILENT: share},
        response=UNMOVED if row["action"] == "plain" else POLICY.response,
        required_roi=int(row["required return %"]) / 100,
        absolute_limit_minor=limit,
        recovery_authority_minor=min(limit, POLICY.recovery_authority_minor),
        authority_minor={"save_team": int(row["authority"])} if row["authority"] else {},
    )
