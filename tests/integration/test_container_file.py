"""The container file without a container: its steps done by hand, as far as that goes."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving_lock import LOCK, SERVING_LOCK, blocks, needed, written

ROOT = Path(__file__).resolve().parents[2]
LINES = re.sub(r"\\\n", " ", (ROOT / "Containerfile").read_text()).splitlines()
STEPS = [line for line in LINES if line and not line.startswith("#")]


def steps(name):
    return [step.removeprefix(name).strip() for step in STEPS if step.startswith(f"{name} ")]


def test_the_server_s_lock_is_a_part_of_the_whole_one():
    assert SERVING_LOCK.read_text() == written()


def test_the_server_s_lock_holds_nothing_that_trains():
    trains = {"scikit-learn", "mlflow", "shap", "numba", "pandas", "scipy", "dvc", "duckdb"}
    assert trains & blocks(SERVING_LOCK.read_text()).keys() == set()


def test_every_package_that_the_server_needs_is_locked():
    assert needed() - blocks(LOCK.read_text()).keys() == set()


def test_no_registry_is_named_but_by_whoever_builds():
    text = " ".join(STEPS).replace("python:3.11-slim", "")
    assert steps("FROM") == ["${BASE} AS packages", "${BASE}"]
    assert not re.search(r"\w+\.\w+/|https?://(?!127\.0\.0\.1)", text)


def test_everything_that_is_copied_is_there_and_let_in():
    ignored = (ROOT / ".containerignore").read_text().split()
    copied = [step.split()[0] for step in steps("COPY") if not step.startswith("--from")]
    assert [name for name in copied if not (ROOT / name).exists() or f"!{name}" not in ignored] == []


def test_it_does_not_run_as_root():
    assert steps("USER") == ["holdfast"]


def test_it_asks_for_a_key_from_the_first_request_on():
    assert "HOLDFAST_WITHOUT_KEY=never" in " ".join(steps("ENV"))


IMPORT_WITH = """
import sys
from importlib.metadata import packages_distributions
allowed = set({allowed!r})
known = packages_distributions()
class Nothing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        owners = {{owner.lower().replace("_", "-").replace(".", "-") for owner in known.get(top, ())}}
        if owners and not owners & allowed:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Nothing())
{code}
"""


@pytest.mark.parametrize(
    "code",
    [
        "from serving import app, settings; app.create_app(settings.Settings()).openapi()",
        "from serving.access import commands; commands.run('sqlite:///var/keys.db', ['create'], 1)",
        "from serving.ledger import opening; opening.open_ledger('sqlite:///var/ledger.db', 'EUR').close()",
    ],
    ids=["the application", "keys", "a ledger"],
)
def test_what_is_copied_runs_with_what_is_installed(tmp_path, code):
    for package in ("models", "serving"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "var").mkdir()
    text = IMPORT_WITH.format(allowed=sorted(needed()), code=code)
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
