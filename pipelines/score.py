"""Stage: score every customer at the newest known fact with the release that is live.

Everything comes from the live release: its models, also those of rhythm, its bound, its policy, its levels of
attributes. Only articles are counted anew, with the features of the run, and a release that was trained on
articles counted otherwise is refused. Customers who have not bought yet have no features; they get the
cold-start rate, no value and no cap.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.storage import write_json, write_table
from models.domain.instants import iso
from models.features.attributes import attributes_at, unseen
from models.learned.attribute_words import attribute_sentences
from models.policy.budget_settings import BY_STAGE
from models.policy.caps_table import caps_table, run_name, write_caps
from models.policy.choices_table import choices_table
from models.policy.main_reason import untold_words
from models.policy.offered import Offered
from models.policy.offered_table import offered_table
from models.retention.judging.columns import score_columns
from models.retention.judging.judge import Judged
from models.retention.judging.scored import Scored
from models.retention.judging.scored_reasons import drivers
from models.retention.judging.speakers import Speaker
from pipelines import paths
from pipelines.customer_facts import reasons_told, tried
from pipelines.judged import judged
from pipelines.report_settings import words_to_report_in
from pipelines.scored import scores_table
from pipelines.stage import run


def main() -> None:
    """Write data/scores: scores, the policy's choices, caps and offers, and what drives leaving."""
    words, run_found = words_to_report_in(), judged()
    found, customers = run_found.judged, run_found.customers
    judge, scored = found.judge, found.scored
    decided = found.assessed()
    attributes = attributes_at(customers, found.frame.customer_id, found.frame.snapshot)
    columns = score_columns(found, decided, attribute_sentences(attributes, words), words)
    write_table(scores_table(columns), paths.SCORES / "scores.parquet")
    write_table(choices_table(scored.customer_id, decided), paths.SCORES / "choices.parquet")
    segment = segments(
        judge.policy.budgets.segment_by, decided.lifecycle_stage, scored.customer_id, customers
    )
    offers = found.as_if_not_held_out().offered
    write_table(all_offered(scored.customer_id, segment, offers), paths.SCORES / "offers.parquet")
    write_caps(caps_of(found), paths.SCORES / "caps.arrow")
    write_json(drivers(found.models, judge.family_of), paths.SCORES / "drivers.json")
    told_of = reasons_told(paths.TABLES, judge.policy.playbook)
    for sentence in untold_words(judge.policy.enabled_actions, found.frame.names, told_of):
        print(sentence)
    print_found(scored, found.models, unseen(attributes, judge.encodings), found.as_of)


def caps_of(found: Judged) -> pa.Table:
    """What may be promised each customer as of the run."""
    run = run_name(found.judge.release.release_id, found.as_of)
    ids, policy = found.scored.customer_id, found.judge.policy
    return caps_table(run, ids, found.inputs, policy, found.mean_order_amount_minor)


def all_offered(ids: NDArray[np.object_], segment: NDArray[np.str_], offers: Offered) -> pa.Table:
    """The table of it, with who was in an experiment of an earlier plan."""
    return offered_table(ids, segment, tried(paths.TABLES, ids), offers)


def segments(
    by: str, stage: NDArray[np.str_], ids: NDArray[np.object_], customers: pa.Table
) -> NDArray[np.str_]:
    """The segment of each customer [n] for budgets: their stage, or a column of `customers` ('': unknown)."""
    if by == BY_STAGE:
        return stage
    found = np.full(len(ids), "", dtype=object)
    if by in customers.column_names:
        at = np.searchsorted(ids, customers["customer_id"].to_numpy().astype(object))
        found[at] = [word or "" for word in customers[by].to_pylist()]
    return found.astype(np.str_)


def print_found(scored: Scored, models: Sequence[Speaker], strange: Mapping[str, int], as_of: int) -> None:
    """Say who was scored, by models that saw whom, and what the models had never seen."""
    cold = int((~scored.known).sum())
    unbought = f"{cold:,} without a purchase yet" if len(models) == 1 else "the labelled ones out of fold"
    print(f"{len(scored.p):,} customers scored as of {iso(as_of)}; {unbought}")
    for name, customers in strange.items():
        print(f"{name}: {customers:,} customers have a word that was rare or absent when the model learned")


if __name__ == "__main__":
    run(main)
