"""The same rows give the same bytes: in another process, with other threads, grown by more than one."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.learned.settings import BoosterSettings
from models.learned.training import boosting

ROOT = Path(__file__).parents[2]
SHAPE = BoosterSettings(
    trees=20, leaves=8, rate=0.06, ridge=20.0, column_share=0.5, row_share=0.7, min_rows_leaf=40
)
# Both models on rows of one's own making, saved to a folder.
FIT = """
import sys
from pathlib import Path
import numpy as np
from models.domain.settings import settings_from
from models.features.frame import FeatureFrame
from models.learned.rows import LabelledRows
from models.learned.settings import ChurnSettings, ValueSettings
from models.learned.training.churn import fit_churn
from models.learned.training.lifetime_value import fit_value
import yaml

chance = np.random.default_rng(3)
names = ("recency_days", "orders_all", "recency_over_gap", "spend_all", "gap_mean_days", "spend_365", "noise")
values = chance.exponential(40.0, (4_000, len(names))).astype(np.float32)
churned = (chance.random(len(values)) < 1 / (1 + np.exp(2 - values[:, 0] / 20))).astype(float)
margin = np.where(chance.random(len(values)) < 0.8, values[:, 5] * chance.lognormal(size=len(values)), 0.0)
nobody, never = np.full(len(values), "", object), np.zeros(len(values), np.int64)
rows = LabelledRows(FeatureFrame(names, values, nobody, never), churned, margin)
shipped = yaml.safe_load(Path("params.yaml").read_text())
of_churn = settings_from(ChurnSettings, shipped["churn"], where="churn")
of_value = settings_from(ValueSettings, shipped["value"], where="value")
fit_churn(rows, of_churn, seeds=2).save(Path(sys.argv[1]))
fit_value(rows, of_value).save(Path(sys.argv[1]))
"""


def digests(folder, threads):
    """SHA-256 of every file of both models, fitted where libraries may use so many threads."""
    several = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    environment = {**os.environ, **several, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", FIT, str(folder)], cwd=ROOT, env=environment, check=True)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_fits_with_one_thread_and_with_two_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = digests(tmp_path / "one", 1), digests(tmp_path / "two", 2)
    assert (len(one), one) == (6, two)


@pytest.mark.parametrize("objective", list(boosting.Objective))
def test_trees_grown_by_two_threads_are_those_of_one(objective, monkeypatch):
    chance = np.random.default_rng(4)
    values = chance.normal(size=(3_000, 12)).astype(np.float32)
    outcome = (values[:, 0] + chance.normal(size=len(values)) > 0).astype(float)
    names = tuple(f"x{number}" for number in range(values.shape[1]))

    def trees(threads):
        monkeypatch.setitem(boosting._SAME_EVERYWHERE, "num_threads", threads)
        dataset = boosting.bin_rows(values, names, outcome, bins=SHAPE.bins)
        grown = boosting.boost(dataset, objective, SHAPE, seed=1)
        return grown.text.split("\nend of trees")[0]  # what follows names the threads

    assert trees(1) == trees(2)
