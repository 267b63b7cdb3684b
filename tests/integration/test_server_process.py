import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.slow

READY_WITHIN_SECONDS = 60


def _environment(**values):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")}
    return {**kept, **values}


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def _wait_until_ready(url):
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            return _get(f"{url}/readyz")
        except urllib.error.URLError:
            time.sleep(0.1)
    pytest.fail(f"not ready within {READY_WITHIN_SECONDS} s")


def test_a_real_server_starts_answers_and_stops(make_serving_folder):
    port = _free_port()
    environment = _environment(HOLDFAST_SERVING_DIR=str(make_serving_folder()), HOLDFAST_PORT=str(port))
    command = [sys.executable, "-m", "serving"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}")
            answer = _get(f"http://127.0.0.1:{port}/v1/customers/C000002")
        finally:
            server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
    assert answer["value_at_stake_minor"] == 500_000


def test_a_server_for_the_world_is_refused(tmp_path):
    command = [sys.executable, "-m", "serving"]
    environment = _environment(HOLDFAST_HOST="0.0.0.0", HOLDFAST_KEYS_URL=f"sqlite:///{tmp_path}/keys.db")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "keys create" in done.stderr) == (2, True)


def test_the_server_loads_nothing_that_trains_models():
    heavy = {"pandas", "sklearn", "lightgbm", "mlflow", "scipy", "shap", "duckdb", "numba"}
    code = f"import sys, serving.app; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
