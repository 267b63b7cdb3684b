"""The ledger as plainly as it can be said: a list of promises, looked through for every question."""

from models.domain.ledger.commands import Approve, Commit, Release, Reserve, Reverse
from models.domain.vocabulary import Purpose

DAY = 86_400 * 1_000_000
OPEN = ("reserved", "pending_approval")


class Model:
    """Promises as dicts, in the order in which they were made; limits of budgets by name."""

    def __init__(self):
        self.promises = []
        self.limits = {}

    def do(self, command, id_, now):
        """What the ledger should answer: (state or refusal, granted, constraint)."""
        self.expire(now, self.customer_of(command))
        return getattr(self, type(command).__name__.lower())(command, id_, now)

    def expire(self, now, *customers):
        for promise in self.promises:
            whose = not customers or promise["customer"] in customers
            if whose and promise["state"] in OPEN and promise["until"] <= now:
                promise["state"] = "expired"

    def reserve(self, command, id_, now):
        amount, constraint = self.possible(command, now)
        if amount == 0:
            return "refused", 0, constraint
        pending = command.authority_minor is not None and amount > command.authority_minor
        state = "pending_approval" if pending else "reserved"
        self.promises.append({
            "id": id_, "customer": command.customer_id, "state": state, "set_aside": amount, "spent": 0,
            "budgets": self.budgets_of(command), "at": now, "until": now + command.ttl_seconds * 1_000_000,
            "owed": command.purpose is Purpose.OWED,
        })  # fmt: skip
        return state, 0 if pending else amount, "authority" if pending else constraint

    def possible(self, command, now):
        """The amount and the last constraint that mattered, asked in the documented order."""
        asked, constraint = command.requested_minor, None
        if command.purpose is Purpose.OWED:
            return asked, None
        mine = [one for one in self.promises if self.in_window(one, command, now)]
        rooms = [
            ("cap", command.cap_minor),
            ("window", command.cap_minor - sum(map(self.holds, mine))),
            (
                "frequency",
                0 if command.most_grants is not None and len(mine) >= command.most_grants else asked,
            ),
        ]
        for kind, name in zip(("campaign_budget", "segment_budget"), self.budgets_of(command), strict=False):
            if self.limits.get(name) is not None:
                rooms.append((kind, self.limits[name] - self.taken(name)))
        best = asked
        for kind, room in rooms:
            if room < best:
                constraint, best = kind, max(room, 0)
                if not command.partial or best < command.least_minor:
                    return 0, constraint
        return best, constraint

    def commit(self, command, *_):
        return self.change(command, ("reserved",), "set_aside", "committed")

    def reverse(self, command, *_):
        return self.change(command, ("committed",), "spent", "committed")

    def release(self, command, *_):
        return self.change(command, OPEN, None, "released")

    def approve(self, command, *_):
        return self.change(command, ("pending_approval",), None, "reserved")

    def change(self, command, allowed, bound, state):
        promise = next((one for one in self.promises if one["id"] == command.reservation_id), None)
        if promise is None:
            return "UnknownReservation", None, None
        if promise["state"] not in allowed:
            return "WrongState", None, None
        if bound and command.amount_minor > promise[bound]:
            return "TooMuch", None, None
        most = getattr(command, "authority_minor", None)
        if most is not None and promise["set_aside"] > most:
            return "TooMuch", None, None
        promise["state"] = state
        if isinstance(command, Commit):
            promise["spent"] = command.amount_minor
        if isinstance(command, Reverse):
            promise["spent"] -= command.amount_minor
        return state, promise["set_aside"], None

    def taken(self, budget):
        return sum(self.holds(one) for one in self.promises if budget in one["budgets"] and not one["owed"])

    def liability(self):
        return sum(one["set_aside"] for one in self.promises if one["state"] in OPEN)

    def customer_of(self, command):
        if isinstance(command, Reserve):
            return command.customer_id
        assert isinstance(command, Commit | Release | Approve | Reverse)
        return next((one["customer"] for one in self.promises if one["id"] == command.reservation_id), None)

    @staticmethod
    def holds(promise):
        return promise["set_aside"] if promise["state"] in OPEN else promise["spent"]

    @staticmethod
    def in_window(promise, command, now):
        recent = promise["state"] == "committed" and promise["at"] > now - command.window_days * DAY
        return (
            promise["customer"] == command.customer_id
            and not promise["owed"]
            and (promise["state"] in OPEN or recent)
        )

    @staticmethod
    def budgets_of(command):
        return [f"campaign:{command.campaign}"] + ([f"segment:{command.segment}"] if command.segment else [])
