"""A small folder that a server can judge anew from: a release of plain models, histories of few customers."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from models.contract.storage import RowCounts, SourceSummary, write_json, write_summary, write_table
from models.contract.tables import IDENTITY, table
from models.contract.validation import in_order
from models.domain.identity import Concealment, concealed, fingerprint
from models.domain.instants import DAY, HOUR, to_micros
from models.domain.settings import plain
from models.domain.vocabulary import IdentityKind, ModelUsed, ResponseState
from models.features.availability import NOTHING_COUNTED, usable
from models.features.catalogue import CATALOGUE
from models.features.fingerprint import fingerprints
from models.learned.bounds import LowerBound
from models.learned.calibration import Calibration
from models.learned.churn import ChurnModel
from models.learned.lifetime_value import MarginModel, ValueModel
from models.learned.logistic import LogisticModel, Shape, Term
from models.learned.response import Response
from models.release import Manifest, digests, write_manifest
from pipelines.histories import write_histories
from serving.app import create_app
from serving.settings import Settings
from tests.conftest import stores_in
from tests.spec_tables import shipped

AS_OF = to_micros(datetime(2024, 6, 30, 22, tzinfo=UTC))
SECRET = "a secret of at least sixteen letters"
BUYERS = 6  # C000001 to C000006 have bought; C000007 has an account alone
COLUMNS = {
    "orders": ("order_id", "line_id", "customer_id", "ordered_at", "amount_minor"),
    "customers": ("customer_id", "signed_up_at", "may_contact_email", "known_at"),
    "complaints": (
        "complaint_id",
        "customer_id",
        "opened_at",
        "promised_at",
        "first_response_at",
        "resolved_at",
    ),
}


@contextmanager
def answering(folder: Path, stores: Path, id_key: str = SECRET) -> Iterator[TestClient]:
    """A client of a server over such a folder; its scores are taken as they are, and not compared."""
    settings = Settings(serving_dir=folder, id_key=id_key, **stores_in(stores))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("serving.releases.check_golden", lambda _: None)
        here = {"base_url": "http://127.0.0.1", "client": ("127.0.0.1", 50000)}
        with TestClient(create_app(settings), **here, raise_server_exceptions=False) as client:
            yield client


def served(make: Callable[..., Path], elsewhere: Path) -> Path:
    """A served folder of these customers, whose scores are no judgement of them, so that a test can tell.

    make: builds a served folder without; elsewhere: an empty folder to work in.
    """
    _write_release(elsewhere / "release")
    release_id = json.loads((elsewhere / "release" / "release.json").read_text())["release_id"]
    changed = {number: {"model_version": release_id} for number in range(1, BUYERS + 2)}
    folder = make(customers=BUYERS + 1, unplanned=0, changed=changed, release_id=release_id)
    shutil.rmtree(folder / "release")
    shutil.copytree(elsewhere / "release", folder / "release")
    _write_histories(folder, elsewhere / "tables")
    told = json.loads((folder / "serving.json").read_text())
    names = ["release/features.json", *(f"history/{path.name}" for path in (folder / "history").iterdir())]
    told["files"] |= {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    (folder / "serving.json").write_text(json.dumps(told))
    return folder


def rows() -> dict[str, list[dict]]:
    """What is known: customer n ordered 1 + n % 3 times, last n weeks ago; two complaints are open."""
    orders = [
        {
            "order_id": f"O{number}-{place}",
            "line_id": "1",
            "customer_id": f"C{number:06d}",
            "ordered_at": AS_OF - 7 * number * DAY - 40 * place * DAY,
            "amount_minor": 2_000 + 500 * number,
        }
        for number in range(1, BUYERS + 1)
        for place in range(1 + number % 3)
    ]
    customers = [
        {
            "customer_id": f"C{number:06d}",
            "signed_up_at": AS_OF - 500 * DAY,
            "may_contact_email": number != 2,
            "known_at": AS_OF - 500 * DAY,
        }
        for number in range(1, BUYERS + 2)
    ]
    complaints = [
        {"complaint_id": "P1", "customer_id": "C000003", "opened_at": AS_OF - 3 * DAY},
        {
            "complaint_id": "P2",
            "customer_id": "C000001",
            "opened_at": AS_OF - 10 * DAY,
            "promised_at": AS_OF - DAY,
        },
        {
            "complaint_id": "P3",
            "customer_id": "C000002",
            "opened_at": AS_OF - 20 * DAY,
            "first_response_at": AS_OF - 19 * DAY,
            "resolved_at": AS_OF - 18 * DAY,
        },
        {
            "complaint_id": "P4",
            "customer_id": "C000004",
            "opened_at": AS_OF - 5 * DAY,
            "first_response_at": AS_OF - 4 * DAY - HOUR,
        },
    ]
    return {"orders": orders, "customers": customers, "complaints": complaints}


def _write_histories(folder: Path, tables: Path) -> None:
    for name, of_table in rows().items():
        schema = table(name).schema(COLUMNS[name])
        write_table(
            in_order(pa.Table.from_pylist(of_table, schema=schema), table(name)), tables / f"{name}.parquet"
        )
    how = Concealment(SECRET.encode())
    hidden = concealed(IdentityKind.EMAIL, "one@shop.test", how)
    keys = [{"system": "email", "external_id": hidden, "customer_id": "C000001"}]
    write_histories(tables, folder / "history")
    write_table(pa.Table.from_pylist(keys, schema=IDENTITY.schema()), folder / "history" / "identity.parquet")
    summary = SourceSummary(
        kind="files",
        currency="EUR",
        timezone="Europe/Berlin",
        as_of=AS_OF,
        first_order_at=AS_OF - 200 * DAY,
        rows={name: RowCounts(len(of_table), len(of_table)) for name, of_table in rows().items()},
        columns=COLUMNS,
        identity_key=fingerprint(SECRET.encode()),
    )
    write_summary(summary, folder / "history")


def _write_release(folder: Path) -> None:
    features = usable(CATALOGUE, COLUMNS, NOTHING_COUNTED).features
    names, hashes = tuple(each.name for each in features), fingerprints(features)
    write_json(
        {
            "names": list(names),
            "fingerprint": "",
            "switched_off": {},
            "features": [
                {"name": each.name, "family": each.family, "fingerprint": hashes[each.name]}
                for each in features
            ],
        },
        folder / "features.json",
    )
    recency = LogisticModel((Term("recency_days", Shape.LOG),), (3.5,), (1.2,), 0.0)
    ChurnModel(names, (), recency, 0.0, Calibration(), 0.4, ModelUsed.LOGISTIC, "few customers").save(
        folder / "churn"
    )
    ValueModel(_worth(names, 60_000.0), _worth(names, 10_000.0)).save(folder / "lifetime_value")
    write_json(LowerBound(k_lo=0.7, reason="as told").to_json(), folder / "lifetime_value" / "bounds.json")
    Response(ResponseState.ASSUMED, "", {}).save(folder / "response")
    write_json(plain(shipped()), folder / "policy.json")
    manifest = Manifest(
        as_of=AS_OF,
        currency="EUR",
        timezone="Europe/Berlin",
        horizon_days=90,
        value_window_days=365,
        window_reason="",
        response_state="assumed",
        mean_order_amount_minor=4_000,
        feature_fingerprint="",
        files=digests(folder),
    )
    write_manifest(folder, manifest)


def _worth(names: tuple[str, ...], mean: float) -> MarginModel:
    """The mean alone, for everybody."""
    return MarginModel(names, 100, mean, 0.0, 0.5, None, None, 0.0, 0.0, 1.0, "the mean alone")
