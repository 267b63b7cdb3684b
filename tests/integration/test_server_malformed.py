"""Ten thousand bodies that nobody means: each is refused as the caller's mistake, and none is kept."""

import asyncio
import gc
import json
import random
from pathlib import Path

import pytest

from serving.access.limits import LARGEST_BODY
from serving.app import create_app
from serving.settings import Settings
from tests.asgi_calls import call
from tests.conftest import _serving_folder

BODIES = 10_000
WARM = 2_000
MOST_GROWTH = 6 * 1024 * 1024  # bytes; a body kept each time would be twenty times as much

GOOD = {"customers": [{"customer_id": "C000002"}, {"customer_id": "C000003"}]}
ATOMS = (
    None, True, -1, 1e308, 10**400, "", "x" * 300, "\ud800", "\x00", [], {}, [[]], {"customer_id": None},
    {"customer_id": "x", "more": 1}, "C000002", "2024-06-30", "=cmd|' /C calc'!A0", "../../etc/passwd",
)  # fmt: skip


def shaken(random_, text):
    """Some bytes of a text changed, dropped or doubled."""
    body = bytearray(text)
    for _ in range(random_.randint(1, 4)):
        at = random_.randrange(len(body)) if body else 0
        match random_.randrange(3):
            case 0:
                body[at : at + 1] = bytes([random_.randrange(256)])
            case 1:
                del body[at : at + random_.randint(1, 9)]
            case 2:
                body[at:at] = body[at : at + 20] * random_.randint(1, 3)
    return bytes(body)


def nested(random_):
    depth = random_.randint(1, 3_000)
    mark = random_.choice(["[", '{"customers":', '{"customers":[{"customer_id":'])
    return (mark * depth).encode()


def misshapen(random_):
    """Valid JSON in which a part is something else."""
    wrong = random_.choice(ATOMS)
    body = random_.choice(
        [
            wrong,
            {"customers": wrong},
            {**GOOD, "as_of": random_.choice([1, "soon", [], "2024-13-45T00:00:00Z", "9" * 400])},
            {**GOOD, random_.choice(["customer", "", "\x00", "__proto__"]): wrong},
            {"customers": [*GOOD["customers"], wrong]},
            {"customers": [{"customer_id": wrong if wrong != "C000002" else 7}]},
        ]
    )
    return json.dumps(body).encode()


def malformed(seed):
    """A body and a content type, the same for the same seed."""
    random_ = random.Random(seed)
    kind = random_.choice(["application/json"] * 6 + ["text/plain", "application/x-www-form-urlencoded", ""])
    match random_.randrange(5):
        case 0:
            return kind, random_.randbytes(random_.randint(0, 300))
        case 1:
            return kind, nested(random_)
        case 2:
            return kind, json.dumps(GOOD).encode("utf-16" if random_.random() < 0.5 else "utf-8")[
                : -random_.randint(1, 30)
            ]
        case 3:
            return kind, misshapen(random_)
        case _:
            return kind, shaken(random_, json.dumps(GOOD).encode())


def resident_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


async def running(app, doing):
    async with app.router.lifespan_context(app):
        return await doing


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Statuses by kind of answer, and by how many bytes the process grew after it was warm."""
    root = tmp_path_factory.mktemp("malformed")
    settings = Settings(
        serving_dir=_serving_folder(root / "serving"),
        keys_url=f"sqlite:///{root / 'keys.db'}",
        store_url=f"sqlite:///{root / 'events.db'}",
        audit_dir=root / "audit",
        log_requests=False,
    )
    app = create_app(settings)
    found = {}

    async def every():
        before = 0
        for seed in range(BODIES):
            if seed == WARM:
                gc.collect()
                before = resident_bytes()
            kind, body = malformed(seed)
            told = await call(app, "POST", "/v1/scores", headers={"content-type": kind}, body=body)
            found.setdefault((told.status, told.kind), []).append(seed)
        gc.collect()
        return resident_bytes() - before

    grown = asyncio.run(running(app, every()))
    return found, grown


def test_a_malformed_body_is_never_the_server_s_mistake(answers):
    found, _ = answers
    assert {status for status, _ in found if status >= 500} == set()


def test_what_is_refused_is_a_problem(answers):
    found, _ = answers
    assert {kind for status, kind in found if status >= 400} == {"application/problem+json"}


def test_nearly_all_of_them_were_malformed_indeed(answers):
    """A byte changed inside an id leaves a good request."""
    found, _ = answers
    assert sum(len(seeds) for (status, _), seeds in found.items() if status < 400) < BODIES / 10


def test_every_way_of_being_wrong_occurred(answers):
    found, _ = answers
    assert {status for status, _ in found if status >= 400} >= {415, 422}


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_stays_flat(answers):
    _, grown = answers
    assert grown < MOST_GROWTH


def test_the_largest_body_that_may_come_is_refused_as_it_is_read(tmp_path):
    urls = {name: f"sqlite:///{tmp_path / name}" for name in ("keys_url", "store_url")}
    app = create_app(Settings(serving_dir=tmp_path, audit_dir=tmp_path / "audit", **urls))
    headers, body = {"content-type": "application/json"}, b"[" * LARGEST_BODY
    told = asyncio.run(running(app, call(app, "POST", "/v1/scores", headers=headers, body=body)))
    assert (told.status in (400, 422), told.kind) == (True, "application/problem+json")
