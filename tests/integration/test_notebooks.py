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
SEGMENTS = """\
{"stage": {"new": {"customers": 90, "churn_rate": 0.5, "predicted": 0.7, "apart": 0.2, "beyond_chance": true,
 "auc": 0.8, "log_loss": 0.5}, "too_few": 3}}
"""
CONTRIBUTIONS = """\
feature,place,contribution
recency_days,0.0,-0.5
recency_days,,0.7
"""
DECILES = """\
decile,predicted_minor,actual_minor
1,100,120
2,900,800
"""
VALUE = """\
{"cuts": {"2024-01-01T00:00:00Z": {"bias": 1.1}, "2024-04-01T00:00:00Z": {"bias": 0.9}},
 "bound": {"k_lo": 0.5, "reason": "2 closed backtests", "deviation": 0.25, "decile_factor": 1.0}}
"""

every_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture
def project(tmp_path):
    files = {
        "data/plots/calibration.csv": CALIBRATION,
        "data/plots/value_deciles.csv": DECILES,
        "data/metrics/churn.json": CHURN,
        "data/metrics/segments.json": SEGMENTS,
        "data/metrics/lifetime_value.json": VALUE,
        "data/fitted/churn/contributions.csv": CONTRIBUTIONS,
        "data/scores/drivers.json": '{"recency": 0.5, "rhythm": 0.25}',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
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
