"""One row a customer with a column that says who left: what a telephone company might export.

Invented, with the blemishes such files have: blanks in a column of numbers, a constant, customers whose
outcome is not known yet, and a column that was filled in after the fact and so gives the answer away.
"""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CUSTOMERS, UNDECIDED, SEED = 4_000, 300, 5

HEADINGS = (
    "customerID", "Contract", "InternetService", "TechSupport", "SupportCalls", "tenure", "MonthlyCharges",
    "TotalCharges", "Country", "RetentionOffer", "CustomerValue", "Churn",
)  # fmt: skip


def write_wide(path: Path) -> Path:
    """Write the table; the same bytes each time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(zip(*columns(np.random.default_rng(SEED)), strict=True))
    return path


def columns(draw: np.random.Generator) -> tuple[list[object], ...]:
    """The columns in the order of `HEADINGS`."""
    rows = CUSTOMERS
    tenure = np.minimum(72, draw.geometric(0.035, rows))
    contract = draw.choice(["Month-to-month", "One year", "Two year"], rows, p=[0.55, 0.22, 0.23])
    internet = draw.choice(["Fiber", "DSL", "None"], rows, p=[0.44, 0.34, 0.22])
    support = draw.choice(["Yes", "No"], rows, p=[0.4, 0.6])
    base = np.select([internet == "None", internet == "DSL"], [20.0, 50.0], 85.0)
    monthly = np.round(base + draw.normal(0, 7, rows), 2)
    calls = draw.poisson(np.where(support == "No", 1.4, 0.7))
    leans = (
        -1.1 - 0.035 * tenure + 1.1 * (contract == "Month-to-month") - 0.8 * (contract == "Two year")
        + 0.6 * (internet == "Fiber") + 0.28 * calls - 0.3 * (support == "Yes")
    )  # fmt: skip
    left = draw.random(rows) < 1 / (1 + np.exp(-leans))
    months = np.where(left, draw.uniform(0, 2, rows), draw.uniform(10, 13, rows))
    total = np.where(draw.random(rows) < 0.01, " ", np.round(monthly * tenure, 2).astype(str))
    known = np.arange(rows) < rows - UNDECIDED
    return (
        [f"{number:05}-{_letters(draw)}" for number in draw.permutation(rows)],
        *(each.tolist() for each in (contract, internet, support, calls, tenure, monthly, total)),
        ["DE"] * rows,
        np.where(left & known, "offered too late", "none").tolist(),
        _where_known(np.round(monthly * months, 2).astype(str), known),
        _where_known(np.where(left, "Yes", "No"), known),
    )


def _where_known(texts: NDArray[np.str_], known: NDArray[np.bool_]) -> list[object]:
    return [text if told else "" for text, told in zip(texts.tolist(), known.tolist(), strict=True)]


def _letters(draw: np.random.Generator) -> str:
    return "".join(draw.choice(list("ABCDEFGHJKLMNPQRSTUVWXYZ"), 5))
