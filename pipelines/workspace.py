"""A run of its own for a source of your own: `make real SOURCE=online_retail FILE=/path/to/file`.

A workspace is a folder in `var/workspaces` with a copy of the code and of `dvc.yaml`, and the shipped
`params.yaml` overlaid by `params/<source>.yaml`. What it computes, promotes and serves stays in it, so the
default data and champion are left alone. The same source again is the same workspace: DVC reruns what the
new file, code or settings touch.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from models.domain.errors import BadSource, one_of
from pipelines import summary
from pipelines.stage import run

WORKSPACES = Path("var") / "workspaces"
SHIPPED_PARAMS = Path("params.yaml")
SOURCE_PARAMS = Path("params")
CODE = ("models", "pipelines")
PIPELINE = ("dvc.yaml", ".dvcignore")

# A workspace has no git history, sends nothing, and asks nobody for a newer DVC.
DVC_CONFIG = "[core]\n    no_scm = true\n    analytics = false\n    check_update = false\n"


def main() -> None:
    """Prepare the workspace of a source, run the pipeline in it, and say what it found."""
    source, file = _arguments(sys.argv[1:])
    workspace = prepare(Path.cwd(), source, file)
    finished = subprocess.run(repro_command(), cwd=workspace, env=environment(os.environ), check=False)  # noqa: S603  # our own interpreter
    if finished.returncode:
        sys.exit(finished.returncode)
    shown = workspace.relative_to(Path.cwd())
    print("\n".join(summary.lines(shown, f"make serve WORKSPACE={shown}")))


def prepare(project: Path, source: str, file: Path) -> Path:
    """Create or refresh the workspace of `source`, to read `file` (a file or a folder); returns its folder.

    Raises `BadSource` when the source has no parameter file or the file is not there.
    """
    overlay = _overlay(project, source)
    if not file.exists():
        raise BadSource(
            "there is no such file or folder",
            given=str(file),
            remedy=f"Name the source's own: make real SOURCE={source} FILE=/path/to/file",
        )
    workspace = project / WORKSPACES / source
    workspace.mkdir(parents=True, exist_ok=True)
    for package in CODE:
        _replace_folder(project / package, workspace / package)
    for name in PIPELINE:
        shutil.copy2(project / name, workspace / name)
    settings = deep_merge(_read(project / SHIPPED_PARAMS), overlay)
    settings = deep_merge(settings, {"source": {"path": str(file)}})
    (workspace / "params.yaml").write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True))
    (workspace / ".dvc").mkdir(exist_ok=True)
    (workspace / ".dvc" / "config").write_text(DVC_CONFIG)
    return workspace


def deep_merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the values of `over` in its place; sections merge, everything else is replaced whole."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        merged[key] = deep_merge(below, value) if both else value  # type: ignore[arg-type]  # `both` says so
    return merged


def repro_command() -> list[str]:
    """The command that brings a workspace up to date, by the interpreter that runs this."""
    return [sys.executable, "-m", "dvc", "repro"]


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """`given`, with `python` meaning the interpreter that runs this and nothing sent anywhere."""
    quiet = {"DVC_NO_ANALYTICS": "1", "DO_NOT_TRACK": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
    path = os.pathsep.join([str(Path(sys.executable).parent), given.get("PATH", os.defpath)])
    return {**given, **quiet, "PATH": path}


def _arguments(given: list[str]) -> tuple[str, Path]:
    if len(given) != 2 or not all(given):
        raise BadSource(
            "a workspace needs a source and its file",
            given=" ".join(given) or "nothing",
            remedy="For example: make real SOURCE=online_retail FILE=/path/to/online_retail.csv.gz",
        )
    return given[0], Path(given[1]).expanduser().resolve()


def _overlay(project: Path, source: str) -> dict[str, Any]:
    known = sorted(path.stem for path in (project / SOURCE_PARAMS).glob("*.yaml"))
    if source not in known:
        raise BadSource(
            "there is no parameter file for this source",
            allowed=one_of(known) if known else "",
            given=source,
            remedy=f"Choose one of them, or write {SOURCE_PARAMS / source}.yaml.",
        )
    return _read(project / SOURCE_PARAMS / f"{source}.yaml")


def _read(path: Path) -> dict[str, Any]:
    values = yaml.safe_load(path.read_text())
    if not isinstance(values, dict):
        raise BadSource(f"{path} must hold sections with named settings", given=values)
    return values


def _replace_folder(source: Path, target: Path) -> None:
    """Copy a package as it is, compiled kernel included: with its times kept the cache stays good."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


if __name__ == "__main__":
    run(main)
