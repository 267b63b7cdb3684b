"""Schemathesis over the whole OpenAPI document, against a running server: all checks, all phases.

HOLDFAST_EXAMPLES=200 tries more of each call; HOLDFAST_CONTRACT_OF=data/serving a real folder.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
import uvicorn

from serving.access.commands import run
from serving.app import create_app, system_clock
from serving.settings import Settings
from tests.conftest import _serving_folder, stores_in
from tests.judging_worlds import SECRET, served

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
REAL = os.environ.get("HOLDFAST_CONTRACT_OF")
EXAMPLES = os.environ.get("HOLDFAST_EXAMPLES", "8")
OPERATIONS = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]


@contextmanager
def running(folder, stores):
    """The port of a server over a folder, in a thread of this process."""
    app = create_app(Settings(serving_dir=folder, id_key=SECRET, log_requests=False, **stores_in(stores)))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=5))
        thread = threading.Thread(target=partial(server.run, sockets=[listener]))
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.05)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(30)


def admin_key(url, printed):
    """A new key that may do everything."""
    with redirect_stdout(printed):
        run(url, ["create", "all", "admin", "rate=1000000"], system_clock())
    return printed.getvalue().split()[0]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What schemathesis says of the server, and with which exit code."""
    room = tmp_path_factory.mktemp("schemathesis")
    with pytest.MonkeyPatch.context() as patch:
        # The small folder's scores are no judgement of its customers.
        patch.setattr("serving.releases.check_golden", lambda _: None)
        folder = Path(REAL) if REAL else served(partial(_serving_folder, room / "serving"), room)
        key = admin_key(stores_in(room / "stores")["keys_url"], StringIO())
        with running(folder, room / "stores") as port:
            yield subprocess.run(
                [
                    *(sys.executable, "-m", "schemathesis.cli", "run"),
                    f"http://127.0.0.1:{port}/openapi.json",
                    *("--header", f"Authorization: Bearer {key}"),
                    *("--checks", "all", "--max-examples", EXAMPLES, "--seed", "7"),
                    *("--request-timeout", "120"),  # whole lists, beside other tests
                    *("--continue-on-failure", "--no-color", "--suppress-health-check", "all"),
                ],
                cwd=room,
                env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.openapi_rules", "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=False,
            )


def test_schemathesis_finds_nothing(report):
    assert report.returncode == 0, report.stdout + report.stderr


def test_schemathesis_tried_every_operation(report):
    number = sum(len(methods) for methods in OPERATIONS.values())
    assert f"Tested: {number}" in report.stdout
