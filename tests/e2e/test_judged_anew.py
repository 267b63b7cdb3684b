"""A server that judges customers anew says what the pipeline says: of everybody, and after more was told."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from models.contract.histories import open_histories
from models.contract.merged_rows import merged
from models.contract.prices import in_constant_money, read_prices
from models.contract.storage import read_summary, read_table, write_table
from models.contract.tables import table as contract_table
from models.contract.told_events import Shop, told
from models.contract.told_rows import rows_of
from models.contract.validation import in_order
from models.domain.instants import DAY, HOUR, iso, to_micros
from models.domain.vocabulary import Purpose
from models.domain.words import ENGLISH
from models.features.batch import compute_batch
from models.features.population import read_population, side_by_side
from models.release import read_manifest
from models.retention.judging.columns import score_columns
from models.retention.judging.judge import judged, load_judge, looked_up
from models.retention.judging.told import NEVER
from pipelines import paths
from pipelines.customer_facts import customers_at
from pipelines.judged import known_of
from serving.answering import judge_anew, rows_known
from serving.as_of import AsOf
from serving.erasing import without_customers
from serving.incentives.known_caps import KnownCaps
from serving.incentives.terms import terms_of
from serving.intervals import INTERVAL
from serving.layout import RUN_WIDE, SCORES
from serving.loading import load_snapshot
from serving.rows import row_of
from serving.telling import NothingTold

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

TOLD_CUSTOMERS = 120
KINDS = ("order", "return", "contact", "complaint", "consent", "survey", "visit")


@pytest.fixture(scope="module")
def snapshot(finished):
    return load_snapshot(finished.data / "serving")


def of_judged(answer, more=()):
    return {name: answer[name] for name in (*SCORES, *more) if name not in RUN_WIDE}


def test_everybody_judged_anew_gets_the_scores_of_the_run_to_the_bit(snapshot):
    at, nothing = to_micros(snapshot.as_of), NothingTold()
    ids = list(snapshot.score_rows)
    rows = {one: rows_known(snapshot.judging, nothing, one) for one in ids}
    found = judge_anew(snapshot, snapshot.judging, rows, at)
    stored = {one: row_of(snapshot.read_scores, snapshot.score_rows[one]) for one in ids}
    assert {one: of_judged(answer, INTERVAL) for one, answer in found.items()} == stored


def spoken_for(snapshot):
    at = to_micros(snapshot.as_of)
    return AsOf(at, untold=at, anew=False, hypothetical=False, stale=False)


def test_the_run_s_caps_are_those_that_are_worked_out_anew(snapshot):
    by_run, by_judging = (
        terms_of(some, NothingTold(), spoken_for(some), KnownCaps())
        for some in (snapshot, replace(snapshot, caps=None))
    )
    asked = [(each.id, each.purpose) for each in by_run.policy.enabled_actions] + [("", Purpose.RECOVERY)]
    most = np.argsort(-snapshot.scores["incentive_cap_minor"], kind="stable")[:12]
    at_risk = np.flatnonzero(snapshot.scores["lifecycle_stage"] == "unhappy")[:6]
    some = snapshot.scores["customer_id"][
        np.concatenate([most, at_risk, np.arange(0, len(snapshot.scores), 500)])
    ]
    found = {(one, *each): by_run.cap(one, *each) for one in some for each in asked}
    assert found == {question: by_judging.cap(*question) for question in found}
    assert sum(each.cap_minor > 0 for each in found.values()) > 12


def test_the_erasure_of_one_customer_gives_nobody_else_s_caps_to_another(snapshot):
    most = np.argsort(-snapshot.scores["incentive_cap_minor"], kind="stable")[:9]
    some = snapshot.scores["customer_id"][most]
    left = without_customers(snapshot, frozenset([snapshot.scores["customer_id"][0], some[4]]))
    before, after = (
        terms_of(each, NothingTold(), spoken_for(each), KnownCaps()) for each in (snapshot, left)
    )
    asked = [(one, action.id, action.purpose) for one in some for action in before.policy.enabled_actions]
    gone = [after.cap(*each).cap_minor for each in asked if each[0] == some[4]]
    kept = [each for each in asked if each[0] != some[4]]
    assert ([after.cap(*each) for each in kept], {*gone}) == ([before.cap(*each) for each in kept], {0})


def test_who_is_judged_alone_is_judged_as_among_all(snapshot):
    at, nothing = to_micros(snapshot.as_of), NothingTold()
    some = list(snapshot.score_rows)[::25]
    alone = {}
    for one in some:
        alone |= judge_anew(snapshot, snapshot.judging, {one: rows_known(snapshot.judging, nothing, one)}, at)
    stored = {one: row_of(snapshot.read_scores, snapshot.score_rows[one]) for one in some}
    assert {one: of_judged(answer, INTERVAL) for one, answer in alone.items()} == stored


class Since:
    """What was told since the batch, by customer."""

    def __init__(self, rows):
        self.rows = rows

    def told_rows(self, customer_id):
        return self.rows.get(customer_id, {})

    def feed_end(self):
        return 0


@pytest.fixture(scope="module")
def since(snapshot):
    """What random events tell of some customers, and of one whom nobody knew."""
    chance = np.random.default_rng(7)
    end, shop = to_micros(snapshot.as_of), Shop(snapshot.timezone)
    names = [*chance.choice(list(snapshot.score_rows), TOLD_CUSTOMERS, replace=False).tolist(), "newcomer"]
    events = [event for one in names for event in random_events(chance, one, end)]
    checked = [told(event, shop, end + 3 * DAY) for event in events]
    return Since({one: rows_of(each for each in checked if each.customer_id == one) for one in names})


def random_events(chance, customer, end):
    """A few events of one customer in the three days after the batch, and some facts that come late."""
    made = []
    for number in range(int(chance.integers(1, 6))):
        at = end + int(chance.integers(-20 * DAY, 3 * DAY - HOUR))
        name = f"{customer}-told-{number}"
        common = {"event_id": name, "customer_id": customer, "known_at": iso(max(at, end + HOUR))}
        made.append(
            {**common, **event_of(str(chance.choice(KINDS)), name, iso(at), int(chance.integers(1, 9)))}
        )
    return [*made, {**common, **event_of("order", f"{name}-last", iso(at), 5)} | {"event_id": f"{name}-last"}]


def event_of(kind, name, at, many):
    match kind:
        case "order":
            lines = [{"line_id": "1", "item_id": f"I{many}", "units": many, "amount_minor": 700 * many}]
            return {"type": "order", "order_id": name, "ordered_at": at, "lines": lines}
        case "return":
            lines = [{"line_id": "1", "item_id": f"I{many}", "units": -1, "amount_minor": -300 * many}]
            return {"type": "return", "order_id": name, "ordered_at": at, "lines": lines}
        case "contact":
            return {"type": "contact", "contact_id": name, "contacted_at": at, "direction": "outbound"}
        case "complaint":
            return {
                "type": "complaint.opened",
                "complaint_id": name,
                "opened_at": at,
                "reason": "late_delivery",
            }
        case "consent":
            return {"type": "consent.changed", "may_contact_email": many > 4}
        case "survey":
            return {
                "type": "survey.answered",
                "survey_id": name,
                "answered_at": at,
                "kind": "nps",
                "score": many,
            }
        case _:
            return {"type": "activity", "at": at, "kind": "visit"}


def test_after_more_was_told_customers_get_what_a_fresh_run_of_all_rows_says(
    snapshot, since, finished, tmp_path, monkeypatch
):
    as_of = to_micros(snapshot.as_of) + 3 * DAY
    monkeypatch.chdir(tmp_path)
    write_merged(finished.data, since.rows)
    fresh = judged_afresh(finished.data, as_of)
    rows = {one: rows_known(snapshot.judging, since, one) for one in since.rows}
    found = judge_anew(snapshot, snapshot.judging, rows, as_of)
    assert {one: of_judged(answer) for one, answer in found.items()} == {one: fresh[one] for one in found}


def test_what_was_told_makes_a_newcomer_known(snapshot, since):
    as_of = to_micros(snapshot.as_of) + 3 * DAY
    rows = {"newcomer": rows_known(snapshot.judging, since, "newcomer")}
    assert judge_anew(snapshot, snapshot.judging, rows, as_of)["newcomer"]["known"]


def write_merged(data, told_of):
    """The tables of the run with what was told of some customers, as ingest would write them."""
    histories = open_histories(data / "serving" / "history")
    whole = {one: merged(histories.rows_of(one) or {}, rows) for one, rows in told_of.items()}
    for path in sorted((data / "tables").glob("*.parquet")):
        declared, table = contract_table(path.stem), read_table(path)
        others = table.filter(pa.array([one not in told_of for one in table["customer_id"].to_pylist()]))
        rows = [row for of_tables in whole.values() for row in of_tables.get(declared.name, ())]
        said = {name for row in rows for name in row} | {*table.column_names}
        schema = declared.schema([name for name in declared.names if name in said])
        added = pa.Table.from_pylist(rows, schema=schema)
        both = pa.concat_tables([others, added], promote_options="default").select(schema.names).cast(schema)
        write_table(in_order(both, declared), paths.TABLES / path.name)


def judged_afresh(data, as_of):
    """What the pipeline says of everybody from the merged tables, with the release and articles."""
    summary, folder = read_summary(data / "tables"), data / "serving" / "release"
    prices = read_prices(data / "tables")
    judge = load_judge(folder, read_manifest(folder), prices)
    tables = {
        path.stem: in_constant_money(read_table(path), contract_table(path.stem), prices)
        for path in paths.TABLES.glob("*.parquet")
    }
    populations = side_by_side([read_population(data / "serving" / "population")])
    built = compute_batch(tables, summary.columns, [as_of], summary.timezone, populations=populations)
    customers = customers_at(paths.TABLES, as_of)
    found = judged(judge, known_of(customers, looked_up(judge, built), as_of))
    columns = score_columns(found, found.assessed(), {}, ENGLISH)
    return {row["customer_id"]: row for row in plain_rows(columns)}


def plain_rows(columns):
    """Rows as a server answers them."""
    named = {name: plain(name, columns[name]) for name in SCORES if name not in RUN_WIDE}
    return (dict(zip(named, row, strict=True)) for row in zip(*named.values(), strict=True))


def plain(name, values):
    if name in ("last_order_at", "next_order_expected_by"):
        return [None if value == NEVER else iso(value) for value in values.tolist()]
    return [None if value in ("", None) or is_nan(value) else value for value in values.tolist()]


def is_nan(value):
    return isinstance(value, float) and np.isnan(value)


def test_what_was_told_changes_what_is_said_of_most_customers(snapshot, since):
    as_of, nothing = to_micros(snapshot.as_of) + 3 * DAY, NothingTold()
    before, after = (
        judge_anew(
            snapshot,
            snapshot.judging,
            {one: rows_known(snapshot.judging, told, one) for one in since.rows},
            as_of,
        )
        for told in (nothing, since)
    )
    changed = [one for one in before if before[one]["churn_probability"] != after[one]["churn_probability"]]
    assert len(changed) > len(before) / 2
