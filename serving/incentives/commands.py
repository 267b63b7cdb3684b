"""From what a caller asked to what the ledger is told: the server adds cap, window, authority and version."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from models.domain.errors import one_of
from models.domain.ledger.commands import Approve, Command, Reserve, Write
from models.domain.ledger.refusals import BadCommand
from models.domain.ledger.reservations import Reservation
from models.domain.text import normalise
from models.domain.vocabulary import Purpose
from models.policy.action_settings import ActionSettings
from models.policy.settings import PolicySettings
from serving.incentives.in_force import InForce, Terms
from serving.incentives.requests import WITHOUT_ACTION, EndRequest, ReservationRequest
from serving.refusals import MayNotOwe

SECONDS_AN_HOUR = 3_600
_SORTED = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True)
class Role:
    """Who asks, as the ledger keeps it. name: scope of idempotency keys.

    team: whose limit in `policy.authority_minor` binds; authority_minor: the caller's own limit; None: none.
    may_owe: whether it may book what is owed, which nothing caps.
    """

    name: str
    team: str | None = None
    authority_minor: int | None = None
    may_owe: bool = False


def authority(policy: PolicySettings, role: Role, purpose: Purpose) -> int | None:
    """The most that a role may grant at once without approval, minor units; None: no limit."""
    limits = [authority_to_approve(policy, role)]
    if purpose is Purpose.RECOVERY:
        limits.append(policy.recovery_authority_minor)
    return min((one for one in limits if one is not None), default=None)


def authority_to_approve(policy: PolicySettings, role: Role) -> int | None:
    """The most that a role may approve, minor units; None: no limit beyond the cap.

    A team that the policy gives no authority has none: a name that is misspelt must not open the till.
    """
    of_team = None if role.team is None else policy.authority_minor.get(role.team, 0)
    return min((one for one in (role.authority_minor, of_team) if one is not None), default=None)


def reserve(asked: ReservationRequest, terms: Terms, role: Role) -> Reserve:
    """The command of a request. Raises `BadCommand` for an action or a time that the policy does not have."""
    policy = terms.policy
    action = _action(asked, policy)
    purpose = _purpose(asked, action, role)
    customer = normalise(asked.customer_id)
    in_force = terms.cap(customer, action.id if action else "", purpose)
    name = action.id if action else purpose.value
    return Reserve(
        customer_id=customer,
        campaign=_campaign(asked, action.campaign_or_id if action else name),
        segment=in_force.segment,
        purpose=purpose,
        action=name,
        requested_minor=asked.requested_minor,
        contact_cost_minor=min(action.contact_cost_minor if action else 0, asked.requested_minor),
        currency=asked.currency,
        partial=asked.partial,
        least_minor=asked.least_minor,
        ttl_seconds=_ttl(asked.ttl_seconds, policy),
        cap_minor=in_force.cap_minor,
        cap_inputs=_written(in_force.inputs),
        window_days=policy.ledger.window_days,
        most_grants=policy.ledger.most_grants,
        authority_minor=authority(policy, role, purpose),
        model_version=in_force.model_version,
        actor=asked.actor,
        reason=asked.reason,
    )


def approve(asked: EndRequest, id_: str, found: Reservation | None, terms: Terms, role: Role) -> Approve:
    """The command that approves the reservation `found` under the cap now in force; None: there is none."""
    in_force = None if found is None else _in_force_now(found, terms)
    return Approve(
        reservation_id=id_,
        authority_minor=authority_to_approve(terms.policy, role),
        cap_minor=in_force.cap_minor if in_force else None,
        cap_inputs=_written(in_force.inputs) if in_force else "",
        window_days=terms.policy.ledger.window_days,
        model_version=in_force.model_version if in_force else "",
        actor=asked.actor,
        reason=asked.reason,
    )


def _in_force_now(found: Reservation, terms: Terms) -> InForce | None:
    """The cap of a reservation's customer and action; None where it has none."""
    if found.purpose is Purpose.OWED:
        return None
    # What needs no action is kept under the name of its purpose.
    action = "" if found.action == found.purpose.value else found.action
    return terms.cap(found.customer_id, action, found.purpose)


def payload(asked: BaseModel, of: str = "") -> str:
    """64 hexadecimal digits of what a caller sent, the reservation it is about included."""
    return hashlib.sha256(f"{of}\n{asked.model_dump_json()}".encode()).hexdigest()


def keyed(command: Command, key: str, role: Role, fingerprint: str) -> Write:
    """A command under the key of a caller."""
    return Write(client=role.name, key=key, command=command, payload=fingerprint)


def _written(inputs: Mapping[str, object]) -> str:
    return _SORTED(inputs)


def _action(asked: ReservationRequest, policy: PolicySettings) -> ActionSettings | None:
    if asked.action is None:
        return None
    found = [one for one in policy.enabled_actions if one.id == asked.action]
    if not found:
        raise BadCommand(
            "there is no such action, or it is switched off",
            allowed=one_of(one.id for one in policy.enabled_actions),
            given=asked.action,
            remedy="Name an action of the policy, or none for recovery and for what is owed.",
        )
    return found[0]


def _campaign(asked: ReservationRequest, own: str) -> str:
    """The campaign whose budget it takes. Another one would be a way around that budget."""
    if asked.campaign not in (None, own):
        raise BadCommand(
            "the money is another campaign's",
            allowed=own,
            given=asked.campaign,
            remedy="Leave `campaign` out; `policy.actions` says whose money an action takes.",
        )
    return own


def _purpose(asked: ReservationRequest, action: ActionSettings | None, role: Role) -> Purpose:
    if action is not None:
        if asked.purpose not in (None, action.purpose):
            raise BadCommand(
                "the action has another purpose",
                allowed=action.purpose.value,
                given=asked.purpose,
                remedy="Leave `purpose` out, or name an action of that purpose.",
            )
        return action.purpose
    if asked.purpose not in WITHOUT_ACTION or asked.purpose is None:
        raise BadCommand(
            "a reservation needs an action",
            allowed="without one: purpose `recovery` or `owed`",
            given=asked.purpose,
            remedy="Send `action`.",
        )
    if asked.purpose is Purpose.OWED and not role.may_owe:
        raise MayNotOwe(
            "this key may not book what is owed, which no cap binds",
            allowed="a key with the scope incentives:owed",
            remedy="Ask whoever runs this server for a key that may.",
        )
    return asked.purpose


def _ttl(asked: int | None, policy: PolicySettings) -> int:
    longest = policy.ledger.longest_reserve_hours * SECONDS_AN_HOUR
    if asked is None:
        return policy.ledger.reserve_hours * SECONDS_AN_HOUR
    if asked > longest:
        raise BadCommand(
            "a reservation may not be kept so long",
            allowed=f"up to {longest}",
            given=asked,
            remedy="Ask for less; policy.ledger.longest_reserve_hours sets the limit.",
        )
    return asked
