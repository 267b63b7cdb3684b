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
# # What drives leaving?
#
# Run `make` first, then open this file with Jupyter and jupytext, or in an editor that runs its cells.
# Each dot is a customer: what one feature added to their log-odds of leaving, by how large the feature is
# (grey: it has nothing to say of them).
# It is what the model makes of them, not what would happen if it were changed.
#
# Jupyter starts in the folder of this file, and the paths below begin in the project's.

# %%
# %cd -q ..

# %%
import matplotlib.pyplot as plt
import pandas as pd

from models.contract.storage import read_json
from pipelines import paths
from pipelines.plot_data import CONTRIBUTIONS

# %%
points = pd.read_csv(paths.FITTED_CHURN / CONTRIBUTIONS)
order = list(dict.fromkeys(points["feature"]))
height = points["feature"].map({name: place for place, name in enumerate(order)})
stray = points.groupby("feature").cumcount() % 9 * 0.05 - 0.2

# %%
figure, axes = plt.subplots(figsize=(8, 0.4 * len(order) + 1))
coloured = plt.get_cmap("coolwarm").with_extremes(bad="darkgrey")
drawn = axes.scatter(
    points["contribution"], height + stray, c=points["place"], cmap=coloured, plotnonfinite=True, s=6
)
axes.axvline(0, color="grey", linewidth=1)
axes.set_yticks(range(len(order)), order)
axes.set(xlabel="added to the log-odds of leaving", title="What drives leaving")
axes.invert_yaxis()
figure.colorbar(drawn, label="value").set_ticks([0, 1], labels=["low", "high"])
figure.tight_layout()

# %% [markdown]
# By family of features, all customers of the newest score together (mean absolute effect):

# %%
pd.Series(read_json(paths.SCORES / "drivers.json")).sort_values(ascending=False)
