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
# # How far can the value be trusted?
#
# Run `make` first, then open this file with Jupyter and jupytext, or in an editor that runs its cells.
# Left: each decile of predicted value beside what it brought. Right: predicted ÷ actual total at each
# backtest; the lower bound follows from how far these have moved.
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
deciles = pd.read_csv(paths.PLOTS / "value_deciles.csv")
value = read_json(paths.METRICS / "lifetime_value.json")
biases = pd.Series({cut[:10]: figures["bias"] for cut, figures in value["cuts"].items()})

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
left.plot(deciles["decile"], deciles["predicted_minor"] / 100, marker="o", label="predicted")
left.plot(deciles["decile"], deciles["actual_minor"] / 100, marker="o", label="came")
left.set(xlabel="decile of predicted value", ylabel="mean, in hundreds of minor units", title="By decile")
left.set_xticks(deciles["decile"])
left.set_ylim(bottom=0)
left.legend()
right.axhline(1, color="grey", linestyle="--", label="as it came")
right.plot(biases.index, biases.to_numpy(), marker="o")
right.tick_params(axis="x", rotation=45)
right.set(xlabel="cut", ylabel="predicted ÷ actual", title="Level, backtest by backtest")
right.legend()
figure.tight_layout()

# %% [markdown]
# Which share of a stake may be counted on, why, and how often such a bound has held so far:

# %%
{key: value["bound"].get(key) for key in ("k_lo", "reason", "deviation", "decile_factor", "backtests")}
