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
        mine = [one for one in self.promises if self.in_window(command, now, one, command.customer_id)]
        rooms = [
            ("cap", command.cap_minor),
            ("window", command.cap_minor - sum(map(self.holds, mine))),
            (
                "frequency",
                0 if command.most_grants is not None and len(mine) >= command.most_grants else asked,
            ),
        ]
        limited = [name for name in self.budgets_of(command) if self.limits.get(name) is not None]
        rooms += [(f"{name.split(':')[0]}_budget", self.limits[name] - self.taken(name)) for name in limited]
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

    def approve(self, command, _, now):
        promise = next((one for one in self.promises if one["id"] == command.reservation_id), None)
        kept = self.change(command, ("pending_approval",), None, "reserved")
        if kept[0] == "reserved" and command.cap_minor is not None and not promise["owed"]:
            mine = [
                one
                for one in self.promises
                if one is not promise and self.in_window(command, now, one, promise["customer"])
            ]
            beyond = {
                "cap": promise["set_aside"] > command.cap_minor,
                "window": promise["set_aside"] + sum(map(self.holds, mine)) > command.cap_minor,
            }
            if any(beyond.values()):
                promise["state"] = "pending_approval"
                return "pending_approval", 0, "cap" if beyond["cap"] else "window"
        return kept

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
    def in_window(command, now, promise, customer):
        recent = promise["state"] == "committed" and promise["at"] > now - command.window_days * DAY
        return (
            promise["customer"] == customer and not promise["owed"] and (promise["state"] in OPEN or recent)
        )

    @staticmethod
    def budgets_of(command):
        segment = [f"segment:{command.segment}"] if command.segment else []
        return [f"campaign:{command.campaign}", *segment, "total"]
