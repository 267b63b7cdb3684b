"""What stands in the way of an action for one customer, in words; nothing where it may be taken."""

from collections.abc import Iterator

from models.domain.vocabulary import Inquiry, Purpose
from models.policy.action_settings import ActionSettings
from models.policy.consent import consent_for, may_contact
from models.policy.customers import CustomerInputs
from models.policy.playbook import lost_cause
from models.policy.settings import PolicySettings
from models.policy.standing import Standing, contacted_recently, idle


def obstacles(
    action: ActionSettings, customer: CustomerInputs, standing: Standing, settings: PolicySettings
) -> list[str]:
    """Each thing that forbids the action, the playbook's first; one customer."""
    found = list(_of_playbook(action, customer, standing))
    if found:
        return found
    if not may_contact(consent_for(customer, action.channel), settings.unknown_consent)[0]:
        found.append(f"no consent for {action.channel} (customers; policy.unknown_consent)")
    if action.purpose is Purpose.RECOVERY:
        return found
    return found + list(_of_disturbance(action, customer, standing, settings))


def _of_playbook(action: ActionSettings, customer: CustomerInputs, standing: Standing) -> Iterator[str]:
    (stage,), (reason,) = standing.stage.tolist(), standing.reason.tolist()
    recovers = action.purpose is Purpose.RECOVERY
    if not customer.scored[0]:
        yield "not scored"
    if stage not in [named.value for named in action.stages]:
        yield f"not for {stage} customers"
    if action.reasons and reason not in [named.value for named in action.reasons]:
        yield f"does not answer: {reason.replace('_', ' ')}"
    elif standing.mends_first[0] and not action.reasons:
        yield f"first mend: {reason.replace('_', ' ')}"
    if customer.has_open_complaint[0] and not recovers:
        yield "a complaint is open: recovery only"
    if recovers and not customer.has_open_complaint[0]:
        yield "no complaint is open"
    if standing.asks_first[0] and not action.asks:
        yield "first ask why"
    if action.asks and standing.inquiry[0] != Inquiry.NOT_ASKED.value:
        yield "asked already"
    elif action.asks and standing.told[0]:
        yield "they said why already"


def _of_disturbance(
    action: ActionSettings, customer: CustomerInputs, standing: Standing, settings: PolicySettings
) -> Iterator[str]:
    days = customer.days_since_approach[0]
    if customer.held_out[0]:
        yield "held out from campaigns (policy.experiment)"
    if contacted_recently(customer, settings)[0]:
        yield f"contacted {days:.0f} days ago (policy.contact_rest_days: {settings.contact_rest_days})"
    elif days < action.rest_days:
        yield f"contacted {days:.0f} days ago (rest_days: {action.rest_days})"
    if standing.inquiry[0] == Inquiry.WAITING.value:
        yield "asked why, and the answer is waited for (policy.playbook.answer_days)"
    if lost_cause(customer, standing.stage, settings)[0]:
        yield "a lost cause (policy.lost_cause_probability)"
    if standing.sleeping[0]:
        yield f"a sleeping dog, assumed: {_sleeps(customer, settings)} (policy.playbook)"
    if standing.reached[0]:
        yield "approached as often as allowed in 90 days (policy.playbook)"


def _sleeps(customer: CustomerInputs, settings: PolicySettings) -> str:
    """Which of the two rules holds, the contract's first."""
    facts = customer.facts_or_none
    if idle(customer, settings)[0]:
        return f"pays for a contract, last used {facts.days_since_use[0]:.0f} days ago"
    return f"stays, and left {facts.given_unused_90[0]:.0f} offers of the last 90 days unused"
