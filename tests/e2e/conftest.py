"""A small world that went through the whole pipeline, by DVC, as a user would run it."""

import csv
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from pipelines.workspace import DVC_CONFIG, deep_merge, environment, prepare

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STAGES = tuple(yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])
SMALL = {
    "simulator": {"customers": 2_500, "years": 3},
}
READY_SECONDS = 60
STORES = ("KEYS", "STORE", "LEDGER")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files that need no finished project second: else a second worker would wait for the first one's.

    Files run in the order of their tests, two workers side by side, and the finished project takes the first
    of them as long as some of those files take the second.
    """
    files = {item.path: False for item in items if item.path.parent == HERE}
    for item in items:
        if item.path in files and "finished" in getattr(item, "fixturenames", ()):
            files[item.path] = True
    first = next((path for path, waits in files.items() if waits), None)

    def place(item: pytest.Item) -> int:
        return -1 if item.path == first else int(files.get(item.path, True))

    mine = [item for item in items if item.path in files]
    others = [item for item in items if item.path not in files]
    at = next((number for number, item in enumerate(items) if item.path in files), 0)
    items[:] = others[:at] + sorted(mine, key=place) + others[at:]


@dataclass(frozen=True)
class Project:
    """A folder in which the pipeline runs."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def shipped_params(self) -> Path:
        """The settings shipped for known sources."""
        return ROOT / "params"

    @property
    def lock(self) -> dict[str, Any]:
        """What DVC recorded of the last run: the hash of everything that went in and came out."""
        return yaml.load((self.folder / "dvc.lock").read_text(), Loader=yaml.CSafeLoader)

    def dvc(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a DVC command here and fail with what it printed."""
        found = subprocess.run(
            [sys.executable, "-m", "dvc", *arguments],
            cwd=self.folder,
            env={**environment(os.environ), **more},
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, f"dvc {' '.join(arguments)}\n{found.stdout}\n{found.stderr}"
        return found

    def run_stages(self, *names: str) -> str:
        """Run stages one after another in one process and give what they printed.

        Their imports are paid for once; what DVC does between them other tests show.
        """
        each = "\n".join(f"from pipelines import {name}; {name}.main()" for name in names)
        found = subprocess.run(
            [sys.executable, "-c", each],
            cwd=self.folder,
            env=environment(os.environ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, found.stderr
        return found.stdout

    def copy_to(self, folder: Path) -> "Project":
        """The same state somewhere else, to be spoilt without regret."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Project(folder)


def stages_in(printed: str) -> list[str]:
    """The stages that DVC says it ran, in order."""
    command = "> python -m pipelines."
    return [line.removeprefix(command) for line in printed.splitlines() if line.startswith(command)]


def lay_out(folder: Path, settings: dict[str, Any]) -> Project:
    """Code, pipeline and settings in an empty folder; the compiled kernel travels along."""
    for package in ("models", "pipelines"):
        shutil.copytree(ROOT / package, folder / package)
    for name in ("dvc.yaml", ".dvcignore"):
        shutil.copy2(ROOT / name, folder / name)
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    (folder / "params.yaml").write_text(yaml.safe_dump(deep_merge(params, settings), sort_keys=False))
    (folder / ".dvc").mkdir()
    (folder / ".dvc" / "config").write_text(DVC_CONFIG)
    return Project(folder)


@pytest.fixture(scope="session")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Project]:
    """A project on a small world that has not run yet; a new folder each time."""
    return lambda: lay_out(tmp_path_factory.mktemp("project") / "shop", SMALL)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose pipeline ran once; tests must leave it as it is.

    Parallel workers have a folder each in a common one: the first to come runs the pipeline there, and every
    one gets a copy of what nobody touched since.
    """
    own = tmp_path_factory.getbasetemp()
    common = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "finished"
    common.mkdir(exist_ok=True)
    kept = common / "kept"
    with one_at_a_time(common / "lock"):
        if not kept.exists():
            run_and_keep(common / "ran", kept)
    return Project(kept).copy_to(tmp_path_factory.mktemp("project") / "shop")


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Wait until no other process is between here and the end of the block."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def run_and_keep(folder: Path, kept: Path) -> None:
    """Run the pipeline in `folder` and leave a copy at `kept`, whole or not at all.

    The copy is taken at once: MLflow keeps absolute paths, so what copies log later goes to `folder`.
    """
    shutil.rmtree(folder, ignore_errors=True)
    project = lay_out(folder, SMALL)
    project.dvc("repro")
    project.copy_to(kept.with_suffix(".unfinished")).folder.rename(kept)


def started(folder: Path, stores: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A server on `folder` with stores of its own, once it answers; and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "HOLDFAST_SERVING_DIR": str(folder),
        "HOLDFAST_PORT": str(port),
        "HOLDFAST_AUDIT_DIR": str(stores / "audit"),
        "HOLDFAST_LOG_REQUESTS": "false",
        **{
            f"HOLDFAST_{name.upper()}_URL": f"sqlite:///{stores / name}.db"
            for name in ("keys", "store", "ledger")
        },
    }
    server = subprocess.Popen([sys.executable, "-m", "serving"], cwd=ROOT, env={**os.environ, **settings})
    wait_until_ready(port, server)
    return server, port


@contextmanager
def serving(folder: Path) -> Iterator[Callable[[str], Any]]:
    """A real server on `folder`; yields a function that gets a path and returns its JSON."""
    stores = TemporaryDirectory(prefix="holdfast-stores-")
    server, port = started(folder, Path(stores.name))

    def get(path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return json.load(answer)

    try:
        yield get
    finally:
        server.terminate()
        server.wait(timeout=30)
        stores.cleanup()


def wait_until_ready(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_SECONDS
    while True:
        assert server.poll() is None, "the server ended before it was ready"
        assert time.monotonic() < until, "the server was not ready in time"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


@pytest.fixture(scope="session")
def serve() -> Callable[..., Any]:
    """A context manager that runs a server on a folder of its own."""
    return serving


@pytest.fixture(scope="session")
def start_server() -> Callable[[Path, Path], tuple[subprocess.Popen[bytes], int]]:
    """Start a server on a folder with stores in another; gives the process and its port."""
    return started


@pytest.fixture(scope="session")
def answering(finished: Project) -> Iterator[Callable[[str], Any]]:
    """A server that answers from the finished project."""
    with serving(finished.data / "serving") as get:
        yield get


@pytest.fixture(scope="session")
def run_source() -> Callable[[Path, str, Path], tuple[Path, str]]:
    """Run a source's log in a workspace of a project; gives the workspace and what the run printed.

    In one process: what DVC does between stages shows where it is asked for.
    """

    def run(project: Path, source: str, log: Path, *, by_dvc: bool = False) -> tuple[Path, str]:
        ready = Project(prepare(project, source, log.resolve()))
        return ready.folder, ready.dvc("repro").stdout if by_dvc else ready.run_stages(*STAGES)

    return run


# What a run in a workspace left, for every module that has a fixture `ran` (workspace and printed text).


@pytest.fixture(scope="module")
def data(ran):
    return ran[0] / "data"


@pytest.fixture(scope="module")
def printed(ran):
    return ran[1].splitlines()


@pytest.fixture(scope="module")
def summary(data):
    return json.loads((data / "tables" / "source.json").read_text())


@pytest.fixture(scope="module")
def churn(data):
    return json.loads((data / "metrics" / "churn.json").read_text())


@pytest.fixture(scope="module")
def listed(data):
    with (data / "lists" / "at_risk.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
