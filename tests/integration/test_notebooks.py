"""Notebooks import and plot: no logic of their own, and each runs on the files that a run leaves."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
LOGIC = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda

CALIBRATION = """\
predicted,observed,customers
0.1,0.12,40
0.5,0.45,40
0.9,0.91,40
"""
CHURN = """\
{"final_cut": {"model": {"ece": 0.03, "ece_noise_mean": 0.02, "ece_noise_q95": 0.04}}}
"""

every_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture
def project(tmp_path):
    files = {"data/plots/calibration.csv": CALIBRATION, "data/metrics/churn.json": CHURN}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@every_notebook
def test_a_notebook_holds_no_logic(notebook):
    nodes = ast.walk(ast.parse(notebook.read_text()))
    assert [ast.unparse(node) for node in nodes if isinstance(node, LOGIC)] == []


@every_notebook
def test_a_notebook_runs_on_what_a_run_leaves(notebook, project):
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, str(notebook)],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
