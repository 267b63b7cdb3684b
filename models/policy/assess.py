"""The policy's one entry: from what is predicted of each customer to what may be done, and what is best."""

from dataclasses import dataclass

import numpy as np

from models.domain.vocabulary import ResponseState, StageRule
from models.policy.caps import action_cap, by_lot_alone, lot_cap, terms
from models.policy.choice import Choice, chosen
from models.policy.customers import CustomerInputs, Integers, Words
from models.policy.learned_response import LearnedResponse
from models.policy.lifecycle import stage_rule, stages_of
from models.policy.offered import Offered, offered
from models.policy.playbook import do_not_contact_reason, suitability
from models.policy.settings import PolicySettings
from models.policy.standing import standing


@dataclass(frozen=True)
class Assessment:
    """What the policy says of n customers.

    lifecycle_stage, stage_rule: where they stand, and by which rule; main_reason: what the playbook answers;
    inquiry: how far asking why has come; all values of their enums. greatest_cap_minor: the greatest cap over
    the actions allowed (that of the recommended action is in `choice`). do_not_contact_reason: why nothing is
    recommended, '' where something is. response_state: how the effect behind caps and gains is known.
    offered: all that might be done. choice: what gains most for each one alone, whatever budgets there are.
    """

    lifecycle_stage: Words
    stage_rule: Words
    main_reason: Words
    inquiry: Words
    greatest_cap_minor: Integers
    do_not_contact_reason: Words
    response_state: Words
    offered: Offered
    choice: Choice


def assess(customers: CustomerInputs, settings: PolicySettings, mean_order_amount_minor: float) -> Assessment:
    """Stage, caps, best action and reason for every customer.

    mean_order_amount_minor: the population's mean order amount in minor units, the scale of the response
    curve. Raises `ValueError` unless it is positive.
    """
    rule = rule_of(customers, settings)
    stage = stages_of(rule)
    place = standing(customers, stage, settings)
    given = terms(customers, stage, settings, mean_order_amount_minor)
    actions = settings.enabled_actions
    judged = {action.id: suitability(action, customers, place, settings) for action in actions}
    caps = {action.id: action_cap(action, judged[action.id].allowed, given) for action in actions}
    greatest_cap = np.maximum.reduce([np.zeros(len(customers), dtype=np.int64), *caps.values()])
    of_lots = {
        action.id: lot_cap(action, judged[action.id].allowed, given)
        for action in actions
        if by_lot_alone(action, given)
    }
    possible = offered(customers.value_at_stake_minor, caps | of_lots, given, actions)
    choice = chosen(possible, possible.best())
    return Assessment(
        lifecycle_stage=stage,
        stage_rule=rule,
        main_reason=place.reason,
        inquiry=place.inquiry,
        greatest_cap_minor=greatest_cap,
        do_not_contact_reason=np.where(
            choice.acts, "", do_not_contact_reason(customers, place, judged, greatest_cap, settings)
        ),
        response_state=states_of(choice, customers.response),
        offered=possible,
        choice=choice,
    )


def states_of(choice: Choice, response: LearnedResponse | None) -> Words:
    """How the effect of what was chosen is known; of those left alone, how effects are known at all [n]."""
    if response is None:
        return np.full(len(choice.acts), ResponseState.ASSUMED.value)
    taken = choice.recommended_action
    tried = np.isin(taken, sorted(response.actions)) | ~choice.acts
    return np.where(tried, response.state.value, ResponseState.ASSUMED.value)


def rule_of(customers: CustomerInputs, settings: PolicySettings) -> Words:
    """Which rule says where each customer stands [n]."""
    rule = stage_rule(customers.features, customers.churn_probability, settings.lifecycle)
    # Who has not bought yet is at the very beginning, whatever the cold-start rate says of newcomers.
    rule = np.where(customers.scored, rule, StageRule.UNSCORED.value)
    return np.where(customers.has_gone, StageRule.LEFT.value, rule)
