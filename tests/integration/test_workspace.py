"""A workspace of its own for a source of your own, on a toy project with one stage."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from models.domain.errors import BadSource
from pipelines import workspace
from pipelines.workspace import deep_merge, environment, main, prepare, repro_command

STAGE = """\
import sys
from pathlib import Path
import yaml
source = yaml.safe_load(Path("params.yaml").read_text())["source"]
Path("data").mkdir(exist_ok=True)
Path("data/copy.txt").write_text(source["kind"] + Path(source["path"]).read_text())
Path("runs.txt").open("a").write("x")
"""

DVC_YAML = """\
stages:
  ingest:
    cmd: python -m pipelines.ingest
    deps: [ '${source.path}', pipelines/ingest.py ]
    params: [ source ]
    outs: [ data/copy.txt ]
"""

PARAMS = """\
source: {kind: simulator, path: none, currency: EUR}
churn: {horizon_days: 90}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "project/models/__init__.py": "",
        "project/pipelines/__init__.py": "",
        "project/pipelines/ingest.py": STAGE,
        "project/dvc.yaml": DVC_YAML,
        "project/.dvcignore": "",
        "project/params.yaml": PARAMS,
        "project/params/shop.yaml": "source: {kind: shop}\n",
        "first.csv": " first",
        "second.csv": " second",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path / "project"


def repro(folder: Path) -> None:
    subprocess.run(repro_command(), cwd=folder, env=environment(os.environ), check=True, capture_output=True)


def test_the_sources_settings_lie_over_the_shipped_ones(project):
    folder = prepare(project, "shop", project.parent / "first.csv")
    assert yaml.safe_load((folder / "params.yaml").read_text()) == {
        "source": {"kind": "shop", "path": str(project.parent / "first.csv"), "currency": "EUR"},
        "churn": {"horizon_days": 90},
    }


def test_a_workspace_lies_in_var(project):
    assert prepare(project, "shop", project.parent / "first.csv") == project / "var/workspaces/shop"


def test_the_projects_own_files_stay_as_they_are(project):
    before = {path: path.read_text() for path in project.rglob("*") if path.is_file()}
    prepare(project, "shop", project.parent / "first.csv")
    assert {path: path.read_text() for path in before} == before


def test_code_that_was_removed_is_removed_from_the_workspace(project):
    (project / "models/old.py").write_text("")
    prepare(project, "shop", project.parent / "first.csv")
    (project / "models/old.py").unlink()
    folder = prepare(project, "shop", project.parent / "first.csv")
    assert not (folder / "models/old.py").exists()


def test_an_unknown_source_is_refused_with_those_there_are(project):
    with pytest.raises(BadSource, match="no parameter file for this source; allowed: shop; given: 'shpo'"):
        prepare(project, "shpo", project.parent / "first.csv")


def test_a_missing_file_is_refused(project):
    with pytest.raises(BadSource, match="no such file or folder"):
        prepare(project, "shop", project.parent / "third.csv")


def test_a_source_cannot_name_another_folder(project):
    with pytest.raises(BadSource, match="no parameter file"):
        prepare(project, "../shop", project.parent / "first.csv")


@pytest.mark.parametrize("given", [[], ["shop"], ["", ""], ["shop", ""], ["a", "b", "c"]])
def test_source_and_file_are_both_needed(monkeypatch, given):
    monkeypatch.setattr(sys, "argv", ["workspace", *given])
    with pytest.raises(BadSource, match="make real SOURCE=online_retail FILE="):
        main()


def test_sections_merge_and_lists_are_replaced():
    base = {"a": {"x": 1, "y": [1, 2]}, "b": 1}
    assert deep_merge(base, {"a": {"y": [3]}, "c": None}) == {"a": {"x": 1, "y": [3]}, "b": 1, "c": None}


@pytest.mark.slow
def test_a_changed_file_reruns_and_an_unchanged_one_does_not(project):
    for name in ("first.csv", "first.csv", "second.csv"):
        folder = prepare(project, "shop", project.parent / name)
        repro(folder)
    found = ((folder / "data/copy.txt").read_text(), (folder / "runs.txt").read_text())
    assert found == ("shop second", "xx")


@pytest.mark.slow
def test_a_pipeline_that_fails_ends_the_command_with_its_exit_code(project, monkeypatch):
    (project / "pipelines/ingest.py").write_text("raise SystemExit(2)\n")
    monkeypatch.chdir(project)
    monkeypatch.setattr(sys, "argv", ["workspace", "shop", "../first.csv"])
    with pytest.raises(SystemExit):
        workspace.main()
