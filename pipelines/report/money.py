"""What the plan promises and earns, and what more money, calls or hands would earn: for the report."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.domain.money import format_minor, format_whole
from pipelines.report.charts import bars

LEAST_PRICE = 0.005  # of a minor unit: less binds nobody

Figures = Mapping[str, Any]
KNOWN = {
    "assumed": "assumed",
    "learned": "learned, or assumed where nothing was tried",
    "uniform": "learned as means, or assumed where nothing was tried",
    "no_effect": "none for what was tried, and assumed for the rest",
}
KINDS = {"channel": "contact by {}", "owner": "case for {}"}


def sentences(plan: Figures, currency: str) -> list[str]:
    """What `data/metrics/plan.json` says, in words: the promise, what holds it back, what is learned."""
    return [_promise(plan, currency), *_what_binds(plan, currency), _learning(plan["experiment"])]


def beside(rules: Figures, state: str, currency: str) -> str:
    """The plan beside rules of thumb, in a sentence; state: how effects of offers are known."""
    gain = {name: format_whole(told["expected_gain_minor"], currency) for name, told in rules.items()}
    everybody = rules["everybody"]
    promised = format_whole(everybody["liability_minor"], currency)
    return (
        f"By effects that are {KNOWN[state]}, the plan with its lots is expected to gain {gain['plan']}. "
        f"Promising as much by risk would gain {gain['by_risk']}, by value {gain['by_value']}; treating all "
        f"{everybody['customers']:,} who may get something {gain['everybody']}, for {promised} promised; "
        "treating nobody 0."
    )


def curve(plan: Figures, currency: str) -> str:
    """The profit curve as bars, '' where nothing would be promised."""
    points = [point for point in plan["profit_curve"] if point["budget_minor"]]
    if not points:
        return ""
    gains = [point["expected_gain_minor"] for point in points]
    return bars(
        [format_whole(point["budget_minor"], currency) for point in points],
        [float(gain) for gain in gains],
        [format_whole(gain, currency) for gain in gains],
        "Expected gain by what may be promised",
    )


def _promise(plan: Figures, currency: str) -> str:
    promised, earned = (
        format_whole(plan[name], currency) for name in ("liability_minor", "expected_gain_minor")
    )
    told = f"The plan promises {promised} at most and is expected to earn {earned} beyond its cost"
    if plan["gap"] < 0.0005:
        return f"{told}; no plan within the same limits would earn noticeably more."
    if plan["gap"] >= 1:
        return f"{told}; how much more the best plan within the same limits would earn is not known."
    more = plan["gap"] / (1 - plan["gap"])  # the gap is a share of what no plan exceeds
    return f"{told}; the best plan within the same limits would earn {more:.1%} more at most."


def _what_binds(plan: Figures, currency: str) -> Iterator[str]:
    """A sentence for each limit that holds the plan back, and what the next thousand would earn."""
    prices, found = plan["shadow_prices"], False
    if prices["total"] > LEAST_PRICE:
        more, earned = (
            format_whole(plan[name], currency) for name in ("more_minor", "more_would_earn_minor")
        )
        found = True
        yield f"The budget holds it back: {more} more would earn {earned} more."
    for name, price in prices["segments"].items():
        if price > LEAST_PRICE:
            found = True
            told = f"each {currency} more would earn {price:.2f} more"
            yield f"The budget for “{_words(name)}” holds it back: {told}."
    for each in prices["resources"]:
        if each["price"] > LEAST_PRICE:
            found = True
            yield _resource(each, currency)
    if not found:
        yield "No limit holds it back: more money, calls or hands would earn nothing more."


def _resource(each: Figures, currency: str) -> str:
    name = _words(each["name"])
    if each["kind"] == "campaign":
        return f"Each {currency} more for the campaign “{name}” would earn {each['price']:.2f} more."
    unit = KINDS[each["kind"]].format(name)
    return f"One more {unit} would earn {format_minor(round(each['price']), currency)}."


def _learning(experiment: Figures) -> str:
    lots, held = experiment["drawn_by_lot"], experiment["held_out_from_plan"]
    if not lots + held:
        return "Nothing is left to chance, so nothing can be learned of what these actions do."
    told = (
        f"To learn what this does, {lots:,} customers got what a lot decided and {held:,} are held out of it"
    )
    needed = experiment["customers_per_arm"]["four_points"]
    if needed is None:
        return f"{told}."
    return f"{told}; to see four points of retention takes {needed:,} on each side, from all plans together."


def _words(code: str) -> str:
    return code.replace("_", " ")
