"""docs/policy.md, written from the tables of `tests/spec` and the shipped policy; `make docs` runs this."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from models.policy.action_settings import ActionSettings
from models.policy.arithmetic import Asked, arithmetic
from tests.policy_examples import MEAN_ORDER, customer
from tests.spec_tables import ROOT, rows, shipped

PAGE = ROOT / "docs" / "policy.md"
SHOWN, FACES = "coupon", (500, 1200)  # whose arithmetic the page prints

_ABOUT = """\
# Who gets what, and who is left alone

Written by `make docs` from the tables in `tests/spec` and from `params.yaml`. Each row of the tables of
examples is a test. The playbook's run under the shipped thresholds of `params.yaml`, section `policy`;
those of stages, tiers, caps and break-even under round thresholds of their own, which stand above them, so
that they can be worked by hand and hold whatever is shipped.

In short: first find out where a customer stands (stage) and what an action would have to answer (main
reason). Mend what went wrong before anything is promised; ask why before paying; then spend less than the
customer is worth, and leave alone whom contact would not help.

## Stages

The first rule that holds decides. Days of silence are measured in the customer's own usual gap between
orders, so who buys once a year is not silent after a month. In the examples, whose thresholds are not the
shipped ones, the usual customer ordered 20 days ago, orders every 30, and has been one for 400 days; new
ends after 30 days, silence begins after 2 gaps, lost after 4 gaps and 200 days with a chance of leaving of
.9, considering at .6.
"""
_PLAYBOOK = """\
## Playbook

What is answered is the **main reason**: a fact of the books where there is one (a complaint, a failed
payment, a slow answer, notice given, a contract about to renew, a bad survey), else what raises the risk
most by the model's own explanation. Use that falls and silence are what leaving looks like, not why
somebody leaves: they are named last.

Whoever falls silent is asked why first. How far that has come is read from the books: asked is who was
contacted with the purpose `ask_why` or assigned that action since their last order; answered is who then
made contact, answered a survey or complained. What they said in a survey (`policy.playbook.stated` tells
what its words mean) comes before what a model makes of it: the newest reason given, so one that those
settings do not know hides an older one. A problem known by then is mended; only after that may money be
offered, for the reason found. Who may not be asked or helped, because no action does it for their stage and
reason or its channel is refused, is not kept waiting for it.

What can be done, as shipped. An action of which the source tells nothing (no contracts, no surveys) is
off by itself.
"""
_EXAMPLES = """\
Examples, under the shipped policy. The usual customer is as above, with a chance of leaving of .6
(considering), worth 400.00 in all and 300.00 by staying, of which 200.00 are certain, and may be
contacted by e-mail and phone.
"""
_TIERS = """\
## Tiers

Nobody is given more than their tier allows, and a lower tier never gets more, nor anything that a higher
one does not. In the examples: from 20.00 on at most 3.00, as coupon or points; from 50.00 on 5.00 of
anything; from 150.00 on 12.00.
"""
_CAP = """\
## Cap

The most that may be spent on a customer by an action: the largest contact cost plus face value on its
menu that

1. is within the stage's share (φ) of what is certainly at stake, and within the absolute limit and the
   team's authority;
2. is within the tier;
3. pays even cautiously: its cost at most κ = 1 ÷ (1 + required return) times the effect at its low end
   times what is certainly at stake.

An answer to an open complaint (recovery) is bounded by the first rule alone, with the share of unhappy
customers and the authority of who answers complaints, in whole rounding steps.

In the examples, amounts in cents: contact 10, menu 200, 500, 1000, an even chance of staying. The *plain*
action is paid at once, money adds nothing to it, and cautiously the contact adds a tenth, so with a required
return of 25 % what pays is .8 times a tenth, 8 %, of what is certainly at stake. The *coupon* is paid on
purchase and, by the curve, adds γ = .2, cautiously .1, times 1 − e^(−f ÷ 300); the contact adds .01,
cautiously nothing; its dearest cost E_hi counts on everybody using it. The *recovery* has a quarter as the
share of unhappy customers and 1500 as authority. Tiers: nothing below 50.00 of lifetime value, 5.00 below
200.00, else 10.00.
"""
_BREAK_EVEN = """\
## Break-even

The effect that just pays for an action, in points of the chance of staying; empty where none does. A coupon
is also used by those who stay anyway.
"""
_FREQUENCY = """\
## How often

- `policy.contact_rest_days`: days of rest after any contact or assignment; `rest_days` of an action where
  it should be longer.
- `policy.playbook.most_offers_90`: the most offers of money in 90 days. `most_contacts_90`: the most
  contacts and assignments together.
- `policy.playbook.sleeping_offers`: only offers of money count as unused; nobody can use a call or a welcome.
- Answers to open complaints are exempt and do not count: they are owed. They only start the rest.

These limits see what is handed back, and nothing else. Of the plan that is `data/plan/assignments.parquet`,
as table `offers`, with `redeemed_at` where something was used; of all other messages and calls, the table
`contacts`. Without them every plan begins as if nobody had ever been approached. A contact recorded within a
day after an assignment is taken for that assignment carried out; a later one counts on its own.

## The arithmetic of an answer

`make explain CUSTOMER=C000123` prints it for anybody, with the source of each figure: *learned* (a
model), *assumed* (the policy's own belief, until an experiment says better), *books* (a fact), or the
setting. For the usual customer:
"""


def page() -> str:
    """The whole page."""
    return "\n".join(
        [
            _ABOUT,
            *table(rows("stages")),
            "",
            _PLAYBOOK,
            *table([_told(action) for action in shipped().enabled_actions]),
            "",
            _EXAMPLES,
            *table(rows("playbook")),
            "",
            _TIERS,
            *table(rows("tiers")),
            "",
            _CAP,
            *table(rows("cap")),
            "",
            _BREAK_EVEN,
            *table(rows("break_even")),
            "",
            _FREQUENCY,
            "```text",
            *_arithmetic(),
            "```",
            "",
        ]
    )


def table(examples: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """A table of Markdown, a line an example."""
    for number, row in enumerate(examples):
        if not number:
            yield f"| {' | '.join(row)} |"
            yield f"|{'---|' * len(row)}"
        yield f"| {' | '.join(row.values())} |"


def _told(action: ActionSettings) -> dict[str, str]:
    faces = ", ".join(f"{face / 100:.2f}" for face in action.face_values_minor if face)
    return {
        "action": f"`{action.id}`",
        "for": ", ".join(stage.value for stage in action.stages),
        "answers": ", ".join(reason.value for reason in action.reasons) or "any reason",
        "gives": f"{action.offer_kind.value} of {faces}" if faces else "",
        "costs": f"{action.contact_cost_minor / 100:.2f}",
        "who": action.owner.replace("_", " "),
        "how": action.channel,
        "within days": str(action.deadline_days),
        "why": action.purpose.value.replace("_", "-"),
    }


def _arithmetic() -> Iterator[str]:
    """All lines for the usual customer, but of one action alone."""
    actions = (replace(action, face_values_minor=FACES) for action in shipped().actions if action.id == SHOWN)
    settings = replace(shipped(), actions=tuple(actions))
    for line in arithmetic(Asked(customer(), settings, MEAN_ORDER, "EUR")):
        yield f"{line.text:<92}  [{line.source}]" if line.source else line.text


def main(path: Path = PAGE) -> None:
    """Write the page."""
    path.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
