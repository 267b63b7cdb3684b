"""Whom a past campaign kept: what effects are learned from, and what the report tells."""

from models.contract.storage import read_summary, read_table
from models.evaluation.labels import OrderLines
from models.evaluation.trial_outcomes import bought_within, let_end_within
from models.evaluation.trials import Assigned
from models.learned.trial import Floats
from pipelines import paths
from pipelines.order_lines import read_contracts


def stayed(lines: OrderLines, of: Assigned) -> Floats:
    """1 for who bought within the horizon of their assignment and kept their contract, else 0 [n]."""
    found = bought_within(lines, of)
    if read_summary(paths.TABLES).has("contracts", "ended_at"):
        contracts = read_contracts(read_table(paths.TABLES / "contracts.parquet"), lines.customer_ids)
        found[let_end_within(contracts, lines.customer_ids, of)] = 0.0
    return found
