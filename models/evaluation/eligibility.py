"""Which model steps down to what on this data, and why in numbers: a sentence each, nothing where none does.

A log that is too short, too few customers or too few who left do not stop a run. What cannot be learned is
replaced by something plainer, what cannot be judged is not spent on, and both are said.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from models.domain.vocabulary import ModelUsed, ResponseState
from models.learned.lifetime_value import MEAN_ALONE

_INSTEAD = {
    ModelUsed.LOGISTIC: "logistic RFM instead of boosted trees",
    ModelUsed.LOGISTIC_ATTRIBUTES: "logistic regression instead of boosted trees",
    ModelUsed.COLD_START: "one rate for everybody instead of a model",
    ModelUsed.NONE: "nobody is scored",
}
_GROUPS = {"retained": "those who stay", "lost": "those who leave"}
_LACKS = "the source has "
_UNSPENDABLE = "nothing is spendable"


def fallbacks(
    *,
    churn: Mapping[str, Any],
    value: Mapping[str, Any],
    bound: Mapping[str, Any],
    response: Mapping[str, Any],
) -> tuple[str, ...]:
    """Sentences on a release: its recipes of churn and value, `bounds.json` and `response.json`."""
    return (*_of_churn(churn), *_of_value(value, bound), *_of_response(response))


def features_off(switched_off: Mapping[str, str]) -> tuple[str, ...]:
    """Sentences on the features that are off: on what the source lacks, and on what could not be fitted.

    switched_off: the reason by feature, as `features.json` has it ('the source has no table offers').
    """
    if not switched_off:
        return ()
    counts = Counter(switched_off.values()).most_common()
    lacking = [f"{why.removeprefix(_LACKS)} ({count})" for why, count in counts if why.startswith(_LACKS)]
    others = [f"{why} ({count})" for why, count in counts if not why.startswith(_LACKS)]
    reasons = [_LACKS + ", ".join(lacking)] * bool(lacking) + others
    return (f"features: {len(switched_off)} switched off: {'; '.join(reasons)}",)


def _of_churn(recipe: Mapping[str, Any]) -> list[str]:
    instead, unjudged = _INSTEAD.get(ModelUsed(recipe["model_used"])), recipe.get("unjudged")
    if instead is None:
        return []
    if unjudged in {None, recipe["reason"]} or recipe["model_used"] == ModelUsed.NONE:
        return [f"churn: {instead}: {recipe['reason']}"]
    return [f"churn: {instead}: {recipe['reason']}", f"churn: not judged: {unjudged}"]


def _of_value(recipe: Mapping[str, Any], bound: Mapping[str, Any]) -> list[str]:
    if not any(recipe[group]["rows"] for group in _GROUPS):
        return [f"value: unknown: {recipe['retained']['reason']}"]
    plain = [
        f"value of {who}: {recipe[group]['reason']}"
        for group, who in _GROUPS.items()
        if _is_plain(recipe[group]["reason"])
    ]
    if bound["k_lo"] > 0:
        return plain
    reason = str(bound["reason"])
    return [*plain, f"value: {reason if _UNSPENDABLE in reason else f'{_UNSPENDABLE}: {reason}'}"]


def _is_plain(reason: str) -> bool:
    """Whether a mean stands in for a model. Of a group that brought nothing at all the mean says it all."""
    return reason.startswith(MEAN_ALONE) and not reason.startswith(f"{MEAN_ALONE}: 0 ")


def _of_response(response: Mapping[str, Any]) -> list[str]:
    if response["state"] != ResponseState.ASSUMED:
        return []
    return [f"effects of actions: assumed, not learned: {response['reason']}"]
