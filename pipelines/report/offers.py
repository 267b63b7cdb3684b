"""What offers change, for the model card: what the gate found, arm by arm and stage by stage."""

from collections.abc import Mapping
from typing import Any

from models.evaluation.stage_effects import AGREE, CANNOT_TELL, DISAGREE, GOING

Json = Mapping[str, Any]

ASSUMED = "Not learned, but assumed."
VERDICTS = {
    AGREE: "The data agree that",
    DISAGREE: "The data do not agree that",
    CANNOT_TELL: "The data cannot tell whether",
}
MEANT = {
    "learned": "The gate is open: whom to treat is decided by learned effects.",
    "uniform": "The gate is half open: mean effects are believed, and value alone decides whom to treat.",
    "no_effect": "The gate is closed: nobody is treated with what was tried, but by lot.",
}


def offers_told(response: Json, figures: Json) -> str:
    """A few lines and two small tables, in Markdown."""
    if response["state"] not in MEANT or "found_first" not in figures:
        return f"{ASSUMED} {response['reason']}."
    first = figures["found_first"][figures["learner"]]
    dogs = figures["sleeping_dogs"]
    lines = [
        f"{MEANT[response['state']]} It is so because {response['reason']}.",
        (
            f"Those put first are changed by {_points(first['mean'])} more than the average customer "
            f"(at least {_points(first['low'])}); {dogs['share']:.0%} are foretold to be driven away, and "
            f"{dogs['treated']:.0%} of those treated are such."
        ),
        "",
        "| arm | customers | effect on retention | qini | effect on the first 30 % |",
        "|---|---|---|---|---|",
        *(_arm(arm, figures["learners"][figures["learner"]][arm["name"]]) for arm in response["arms"]),
        "",
        "| stage at the time | customers | effect on retention |",
        "|---|---|---|",
        *(
            f"| {name} | {each['customers']:,} | {_between(each)} |"
            for name, each in figures["by_stage"].items()
        ),
        "",
        stages_agree(figures),
    ]
    return "\n".join(lines).rstrip()


def stages_agree(figures: Json) -> str:
    """Whether the data agree that those who consider leaving are easier to keep, '' without any."""
    compared = figures.get("considering_beyond", {})
    if not compared:
        return ""
    name, beyond = next((each, compared[each]) for each in GOING if each in compared)
    absent = "" if name == GOING[0] else f"Nobody was {GOING[0]} in a trial. "
    told = VERDICTS[beyond["verdict"]]
    easier = f"those who consider leaving are easier to keep than those {name}"
    return f"{absent}{told} {easier}: by {_between(beyond)}."


def _arm(arm: Json, ranked: Json) -> str:
    told = {"effect": arm["effect"], "low": arm["effect_low"], "high": arm["effect_high"]}
    share = ranked["share_of_effect_at_30"]
    cells = (arm["name"], f"{arm['rows']:,}", _between(told), f"{ranked['qini']:.3f}", f"{share:.0%} of it")
    return f"| {' | '.join(cells)} |"


def _between(each: Json) -> str:
    return f"{_points(each['effect'])} ({_points(each['low'])} to {_points(each['high'])})"


def _points(effect: float) -> str:
    return f"{100 * effect:+.1f} points".replace("-", "−")
