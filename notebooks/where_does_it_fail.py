# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Where does it fail?
#
# Run `make` first, then open this file with Jupyter and jupytext, or in an editor that runs its cells.
# Each bar is a segment at the final cut: by how much more its share of leavers was overestimated than
# everybody's. A coloured one is beyond what chance does to one segment in a hundred.
#
# Jupyter starts in the folder of this file, and the paths below begin in the project's.

# %%
# %cd -q ..

# %%
import matplotlib.pyplot as plt
import pandas as pd

from models.contract.storage import read_json
from models.evaluation.segments import failing
from pipelines import paths

# %%
segments = read_json(paths.METRICS / "segments.json")
rows = pd.DataFrame(
    [
        {"segment": f"{kind}: {name}", **figures}
        for kind, found in segments.items()
        for name, figures in found.items()
        if name != "too_few"
    ]
)

# %%
figure, axes = plt.subplots(figsize=(7, 0.35 * len(rows) + 1))
colours = rows["beyond_chance"].map({True: "firebrick", False: "lightgrey"})
axes.barh(rows["segment"], rows["apart"], color=colours)
axes.axvline(0, color="grey", linewidth=1)
axes.set(
    xlabel="share of leavers predicted minus found, beside everybody's (red: beyond chance)",
    title="Where it fails",
)
axes.invert_yaxis()
figure.tight_layout()

# %% [markdown]
# The same in words, worst first, and how well each segment is ranked:

# %%
failing(segments)

# %%
rows[["segment", "customers", "churn_rate", "predicted", "auc", "log_loss"]]
