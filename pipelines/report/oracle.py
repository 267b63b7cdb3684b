"""The oracle report as a page of tables: what was told, what is true, and what lies between."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.domain.money import format_whole
from models.evaluation.churn_report import MODEL
from models.evaluation.oracle import TRUTH
from models.evaluation.realised_profit import BEST, PLAN
from models.evaluation.rounding import shown

NAMES = {
    TRUTH: "the truth itself",
    MODEL: "the model",
    "logistic_rfm": "logistic RFM",
    "pareto_nbd": "Pareto/NBD",
}
AMOUNTS = {
    "lifetime_value": "lifetime value: margin as things stand",
    "stake": "stake: what leaving costs",
    "stake_of_those_still_there": "… of those still there",
    "stake_against_silence": "… against M₁ − M₀, of those still there",
}
RULES = {
    PLAN: "the plan",
    "anybody": "whoever comes first",
    "by_risk": "by risk",
    "by_value": "by value",
    "by_risk_and_value": "by risk × value",
    "by_value_at_risk": "by value at risk",
    BEST: "who knew all",
}
FREE = {rule: words for rule, words in RULES.items() if rule not in (PLAN, BEST)}
PAGE = """\
# Estimates beside the truth

{customers:,} customers of whom a model spoke; {there} of them have not left.
What the truth is: docs/simulator-oracle.md.

## Who leaves
*Expected* is over all futures, log-loss and AUC are of the one that came. Regret is expected log-loss above
the truth's; nobody who sees what the shop sees could reach 0, since who has left does not say so.

| | mean | bias | regret | expected AUC | log-odds RMSE of deciles | log-loss | AUC |
|---|---|---|---|---|---|---|---|
{churn}

By tenths of the model's probability:

| tenth | told | true |
|---|---|---|
{deciles}

## What they are worth

| | told | true | told ÷ true | Spearman | decile MAPE |
|---|---|---|---|---|---|
{amounts}

## What may be spent
- The lower bound of the stake is {low} of what leaving costs, over all customers ({held}), and {there_low}
  over those still there. It holds in {deciles_held} of its tenths.
- {capped:,} customers have a cap above 0, together {cap_total}; their leaving would cost {cap_true}.
  Of them {beyond} may get more than their own leaving costs; all together {cap_held}.

## What the plan earns
Coupons alone: of nothing else does the world know what it does. {allowed} customers may get one. Each rule
goes down its own order, and gives each the offer that the policy likes best for them within their cap, until
the money is promised. Profit is true, over all futures: margin kept, less coupons used, less contacts.
Treating nobody earns 0. *Believed* is what the policy expects of its plan, by effects learned or assumed.

| promised at most | believed | {rules} |
|---|---|{bars}|
{profits}

The same rules with the plan's commonest coupon for anybody, whatever caps and stages say:

| promised at most | {free} |
|---|{free_bars}|
{free_profits}
"""


def page(figures: Mapping[str, Any], currency: str) -> str:
    """Markdown of what `models.evaluation.oracle.oracle_report` found."""
    low, there, cap = figures["stake_low"], figures["stake_low_of_those_still_there"], figures["cap"]
    plan = figures["plan"]
    return PAGE.format(
        customers=figures["customers"],
        there=_percent(figures["still_there"]),
        churn="\n".join(_churn(name, one) for name, one in figures["churn"].items()),
        deciles="\n".join(_deciles(figures["churn"][MODEL])),
        amounts="\n".join(_amount(words, figures[name], currency) for name, words in AMOUNTS.items()),
        low=_percent(low["share_of_truth"]),
        held="it holds" if low["holds"] else "it does NOT hold",
        deciles_held=_percent(low["deciles_held"]),
        there_low=_percent(there["share_of_truth"]),
        capped=cap["customers"],
        cap_total=format_whole(round(cap["cap_total_minor"]), currency),
        cap_true=format_whole(round(cap["true_total_minor"]), currency),
        beyond=_percent(cap["beyond_truth"]),
        cap_held="the caps stay below" if cap["holds"] else "the caps do NOT stay below",
        allowed=plan["allowed"],
        rules=" | ".join(RULES.values()),
        bars="---|" * (len(RULES) - 1) + "---",
        profits="\n".join(_profits(one, currency) for one in plan["budgets"]),
        free=" | ".join(FREE.values()),
        free_bars="---|" * (len(FREE) - 1) + "---",
        free_profits="\n".join(_free(one, currency) for one in plan["budgets"]),
    )


def _churn(name: str, one: Mapping[str, Any]) -> str:
    figures = ("mean", "bias", "regret", "expected_auc", "log_odds_rmse", "log_loss", "auc")
    return f"| {NAMES.get(name, name)} | {' | '.join(shown(one[figure], 4) for figure in figures)} |"


def _deciles(one: Mapping[str, Any]) -> list[str]:
    return [
        f"| {number} | {shown(decile['told'], 3)} | {shown(decile['true'], 3)} |"
        for number, decile in enumerate(one["deciles"], start=1)
    ]


def _amount(words: str, one: Mapping[str, Any], currency: str) -> str:
    totals = [format_whole(round(one[name]), currency) for name in ("told_total_minor", "true_total_minor")]
    errors = [shown(one[name], 3) for name in ("bias", "spearman", "decile_mape")]
    return f"| {' | '.join([words, *totals, *errors])} |"


def _profits(one: Mapping[str, Any], currency: str) -> str:
    earned = [one["rules"][rule]["profit_minor"] for rule in RULES]
    return _money([one["budget_minor"], one["believed_minor"], *earned], currency)


def _free(one: Mapping[str, Any], currency: str) -> str:
    earned = [one["without_caps"][rule]["profit_minor"] for rule in FREE]
    return _money([one["budget_minor"], *earned], currency)


def _money(amounts: Sequence[float], currency: str) -> str:
    return f"| {' | '.join(format_whole(round(amount), currency) for amount in amounts)} |"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
