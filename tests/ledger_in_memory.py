"""A ledger in memory: the pure rules and nothing else, as a store would run them."""

from models.domain.ledger.commands import Approve, Reserve, Write
from models.domain.ledger.decisions import Standing, decide
from models.domain.ledger.entries import GENESIS, Entry, link
from models.domain.ledger.replay import LimitChange
from models.domain.ledger.reservations import Movement
from models.domain.vocabulary import EntryKind


class MemoryLedger:
    """Applies commands one after the other; `entries` and `limits` are what a checker replays."""

    def __init__(self):
        self.now = 0
        self.entries = []
        self.limits = []
        self.reservations = {}

    def set_limit(self, budget, limit):
        self.limits.append(LimitChange(self._next_seq(), self.now, budget, limit))

    def write(self, made: Write):
        free = {change.budget: change.limit_minor for change in self.limits}
        for one in self.reservations.values():
            for name in one.budgets:
                if free.get(name) is not None:
                    free[name] -= one.held_minor
        customer = self._customer(made.command)
        mine = [one for one in self.reservations.values() if one.customer_id == customer]
        decision = decide(made.command, made.reservation_id, Standing(self.now, mine, free))
        for movement in decision.movements:
            self._append(made, movement)
        return decision.answer

    def _append(self, made: Write, movement: Movement):
        after = movement.after
        chain = [one for one in self.entries if one.customer_id == after.customer_id]
        grants = isinstance(made.command, Reserve | Approve) and movement.kind is not EntryKind.EXPIRE
        entry = Entry(
            seq=self._next_seq(),
            customer_id=after.customer_id,
            position=len(chain) + 1,
            at=self.now,
            kind=movement.kind,
            reservation_id=after.id,
            campaign=after.campaign,
            segment=after.segment,
            purpose=after.purpose,
            action=after.action,
            reserved_minor=movement.reserved_minor,
            committed_minor=movement.committed_minor,
            requested_minor=after.requested_minor,
            contact_cost_minor=after.contact_cost_minor,
            currency="EUR",
            expires_at=after.expires_at,
            cap_minor=made.command.cap_minor if grants else None,
            window_days=made.command.window_days if grants else None,
            most_grants=getattr(made.command, "most_grants", None),
            cap_inputs=made.command.cap_inputs if grants else "",
            model_version=made.command.model_version if grants else "",
            client=made.client,
            actor=made.command.actor,
            reason=made.command.reason,
        )
        hashed = link(chain[-1].hash if chain else GENESIS, entry)
        self.entries.append(Entry(**{**vars(entry), "hash": hashed}))
        self.reservations[after.id] = after

    def _customer(self, command):
        if isinstance(command, Reserve):
            return command.customer_id
        found = self.reservations.get(command.reservation_id)
        return found.customer_id if found else None

    def _next_seq(self):
        return len(self.entries) + len(self.limits) + 1
