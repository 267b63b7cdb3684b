"""Every notebook answers its question from what a run of the small world left."""

import os
import subprocess
import sys

import pytest

from tests.e2e.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

# All in one process: their imports are paid for once. Each draws one figure, which must hold something.
RUN = """
import runpy, sys
import matplotlib.pyplot as plt
for notebook in sys.argv[1:]:
    left = runpy.run_path(notebook)
    print(sum(len(axes.get_children()) > 10 and axes.has_data() for axes in left["figure"].axes) > 0)
    plt.close("all")
"""


def test_every_notebook_draws_what_a_run_left(finished):
    notebooks = sorted(str(path) for path in (ROOT / "notebooks").glob("*.py"))
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN, *notebooks],
        cwd=finished.folder,
        env={**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout.split()) == (0, ["True"] * len(notebooks)), ran.stderr
