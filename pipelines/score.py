"""Stage: score every customer at the newest known fact with the release that is live.

Everything comes from the live release: its models, also those of rhythm, its bound, its policy, its levels of
attributes. Only articles are counted anew, with the features of the run, and a release that was trained on
articles counted otherwise is refused. Customers who have not bought yet have no features; they get the
cold-start rate, no value and no cap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.storage import write_json, write_table
from models.domain.instants import iso
from models.features.attributes import attributes_at, unseen
from models.learned.attribute_words import attribute_sentences
from models.policy.assess import assess
from models.policy.budget_settings import BY_STAGE
from models.policy.choices_table import choices_table
from models.policy.customers import CustomerInputs
from models.policy.main_reason import untold_words
from models.policy.offered import Offered
from models.policy.offered_table import offered_table
from models.policy.settings import PolicySettings
from models.policy.stage_words import stage_reasons
from pipelines import paths
from pipelines.customer_facts import reasons_told, tried
from pipelines.judged import judged
from pipelines.live_models import Speaker
from pipelines.report_settings import words_to_report_in
from pipelines.scored import Scored, scores_table, spread
from pipelines.scored_reasons import drivers, reason_columns
from pipelines.stage import run


def main() -> None:
    """Write data/scores: scores, the policy's choices, all it would allow, and what drives leaving."""
    words, found = words_to_report_in(), judged()
    policy, scored = found.policy, found.scored
    assessment = assess(found.inputs, policy, found.mean_order_amount_minor)
    stage = assessment.lifecycle_stage
    attributes = attributes_at(found.customers, found.frame.customer_id, found.frame.snapshot)
    told = reason_columns(
        found.models,
        found.parts,
        found.family_of,
        stage[scored.known],
        said=attribute_sentences(attributes, words),
        currency=found.manifest.currency,
        level=found.level,
        words=words,
    )
    reasons = (spread(scored.known, column, None) for column in told)
    table = scores_table(
        scored,
        assessment,
        found.frame,
        found.manifest,
        (stage_reasons(found.inputs, assessment.stage_rule, stage, words), *reasons),
        tables=paths.TABLES,
        as_of=found.summary.as_of,
    )
    write_table(table, paths.SCORES / "scores.parquet")
    write_table(choices_table(scored.customer_id, assessment), paths.SCORES / "choices.parquet")
    segment = segments(policy.budgets.segment_by, stage, scored.customer_id, found.customers)
    offers = all_offers(found.inputs, policy, found.mean_order_amount_minor)
    write_table(all_offered(scored.customer_id, segment, offers), paths.SCORES / "offers.parquet")
    write_json(drivers(found.models, found.family_of), paths.SCORES / "drivers.json")
    told_of = reasons_told(paths.TABLES, policy.playbook)
    for sentence in untold_words(policy.enabled_actions, found.frame.names, told_of):
        print(sentence)
    print_found(scored, found.models, unseen(attributes, found.encodings), found.summary.as_of)


def all_offers(inputs: CustomerInputs, policy: PolicySettings, mean_order_amount_minor: float) -> Offered:
    """What may be done for everybody as if nobody were held out: the plan compares those who are."""
    return assess(replace(inputs, in_holdout=None), policy, mean_order_amount_minor).offered


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
