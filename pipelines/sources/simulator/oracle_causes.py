"""For the oracle report: why customers left, what they would say, and what happened without a word."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipelines.sources.simulator.arrow_columns import NEVER, arrow_table, instants, words
from pipelines.sources.simulator.history import History, Wishes
from pipelines.sources.simulator.reasons import QUESTIONNAIRES, TRUE_CAUSES, stated_reasons


def cause_tables(wishes: Wishes, history: History, causes: NDArray[np.int64]) -> dict[str, pa.Table]:
    """Truth by subject.

    departures: who has left by the end, over which true cause, and what they would say to each questionnaire.
    silent_problems: each one met, its odds and its outcome. handling: each complaint made, in the rows of the
    oracle's `complaints`: whether it is truly solved, the promise, the mood, the gesture and its odds.
    onboarding: every newcomer, and whether chance had somebody call. letters: what chance sent to whom.
    """
    return {
        "departures": _departures(wishes, history, causes),
        "silent_problems": _silent_problems(wishes, history),
        "handling": _handling(wishes, history),
        "onboarding": _onboarding(wishes),
        "letters": arrow_table(
            {
                "customer_id": wishes.customers.ids,
                "letters_per_year": wishes.customers.letters_per_year,
                "thrift": wishes.customers.thrift,
            }
        ),
    }


def _departures(wishes: Wishes, history: History, causes: NDArray[np.int64]) -> pa.Table:
    left = np.flatnonzero(history.lives.leaves_at <= wishes.time.end)
    seed = wishes.settings.seed
    return arrow_table(
        {
            "customer_id": wishes.customers.id_of(left),
            "left_at": instants(history.lives.leaves_at[left]),
            "cause": words(TRUE_CAUSES, causes[left]),
            **{
                asked.name: words(asked.answers, stated_reasons(seed, causes, asked)[left])
                for asked in QUESTIONNAIRES
            },
        }
    )


def _silent_problems(wishes: Wishes, history: History) -> pa.Table:
    silent = wishes.silent
    met = np.flatnonzero(history.suffered & (silent.at <= wishes.time.end))
    return arrow_table(
        {
            "customer_id": wishes.customers.id_of(silent.customer[met]),
            "at": instants(silent.at[met]),
            "traced": silent.traced[met],
            "leaves_without_problem": silent.base[met],
            "leaves_probability": silent.probability[met],
            "lost": silent.lost[met],
        }
    )


def _handling(wishes: Wishes, history: History) -> pa.Table:
    complaints, end = wishes.complaints, wishes.time.end
    made = np.flatnonzero(history.made & (complaints.opened_at <= end))
    gestures = complaints.gestures
    return arrow_table(
        {
            "customer_id": wishes.customers.id_of(complaints.customer[made]),
            "opened_at": instants(complaints.opened_at[made]),
            "solved_known_at": instants(complaints.resolved_known_at[made]),
            "promised": complaints.promised_at[made] != NEVER,
            "mood": complaints.mood[made],
            "gesture_eligible": gestures.eligible[made],
            "gesture_given": gestures.given[made],
            "leaves_probability": wishes.verdicts.probability[made],
            "leaves_without_gesture": wishes.verdicts.without_gesture[made],
        }
    )


def _onboarding(wishes: Wishes) -> pa.Table:
    newcomers = np.flatnonzero(~wishes.customers.founder)
    onboarding = wishes.onboarding
    return arrow_table(
        {
            "customer_id": wishes.customers.id_of(newcomers),
            "called_at": instants(onboarding.called_at[newcomers]),
            "lost_early_at": instants(onboarding.lost_at[newcomers]),
            "lost_early_probability": onboarding.chance[newcomers],
        }
    )
