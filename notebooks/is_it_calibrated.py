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
# # Can the probabilities be believed?
#
# Run `make` first, then open this file with Jupyter and jupytext, or in an editor that runs its cells.
# Each dot is a group of customers: its predicted probability of leaving against the share that left.
#
# Jupyter starts in the folder of this file, and the paths below begin in the project's.

# %%
# %cd -q ..

# %%
import matplotlib.pyplot as plt
import pandas as pd

from models.contract.storage import read_json
from pipelines import paths

# %%
calibration = pd.read_csv(paths.PLOTS / "calibration.csv")
churn = read_json(paths.METRICS / "churn.json")

# %%
figure, axes = plt.subplots(figsize=(5, 5))
axes.plot([0, 1], [0, 1], linestyle="--", color="grey", label="perfect")
axes.plot(calibration["predicted"], calibration["observed"], marker="o", label="Holdfast")
axes.set(xlabel="predicted probability of leaving", ylabel="share that left", title="Calibration")
axes.legend()
figure.tight_layout()

# %% [markdown]
# The expected calibration error beside what a perfectly calibrated model of as many customers would score,
# on average and on a bad day (one time in twenty it scores more):

# %%
{name: churn["final_cut"]["model"][name] for name in ("ece", "ece_noise_mean", "ece_noise_q95")}
