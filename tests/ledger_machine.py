"""Random commands, to a ledger and to the slow model of it at once: every answer must be the same."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from models.domain.instants import DAY, SECOND
from models.domain.ledger.commands import Approve, Commit, Release, Reverse
from models.domain.ledger.replay import liability
from models.domain.vocabulary import Purpose
from tests.ledger_examples import reserve, write
from tests.oracles.ledger_model import Model

AMOUNTS = st.integers(1, 80)
REQUESTS = st.fixed_dictionaries(
    {
        "requested_minor": AMOUNTS,
        "customer_id": st.sampled_from(["A", "B"]),
        "campaign": st.sampled_from(["spring", "autumn"]),
        "segment": st.sampled_from(["", "silent"]),
        "purpose": st.sampled_from([Purpose.RETENTION, Purpose.RECOVERY, *Purpose]),
        "cap_minor": st.sampled_from([0, 60, 100, 150, 300]),
        "partial": st.booleans(),
        "least_share": st.integers(0, 100),
        "authority_minor": st.sampled_from([None, None, 50]),
        "most_grants": st.sampled_from([None, None, 2]),
        "window_days": st.just(2),
        "ttl_seconds": st.sampled_from([60, 86_400]),
    }
)
BUDGETS = st.sampled_from(["campaign:spring", "campaign:autumn", "segment:silent", "total"])


class Machine(RuleBasedStateMachine):
    """A ledger beside its model. A store's own machine says how to open, move the clock, write and read."""

    def open(self):
        """Return a ledger with nothing in it."""
        raise NotImplementedError

    def set_clock(self, now):
        raise NotImplementedError

    def answer(self, made):
        """The ledger's answer, or the facts of its refusal."""
        raise NotImplementedError

    def set_limit(self, budget, limit):
        raise NotImplementedError

    def books(self):
        """What the ledger's own entries come to."""
        raise NotImplementedError

    @initialize()
    def begin(self):
        self.now = 20_000 * DAY
        self.number = 0
        self.ids = ["nobody"]
        self.model = Model()
        self.open()
        self.set_clock(self.now)

    @rule(asked=REQUESTS)
    def reserve(self, asked):
        least = max(1, asked.pop("least_share") * asked["requested_minor"] // 100)
        made = self.same(reserve(**asked, least_minor=least))
        self.ids.append(made.reservation_id)

    @rule(amount=AMOUNTS, data=st.data())
    def commit(self, amount, data):
        self.same(Commit(reservation_id=self.one(data), amount_minor=amount))

    @rule(amount=AMOUNTS, data=st.data())
    def reverse(self, amount, data):
        self.same(Reverse(reservation_id=self.one(data), amount_minor=amount))

    @rule(data=st.data())
    def release(self, data):
        self.same(Release(reservation_id=self.one(data)))

    @rule(
        data=st.data(),
        authority=st.sampled_from([None, 60]),
        cap=st.sampled_from([None, 0, 60, 100, 300]),
    )
    def approve(self, data, authority, cap):
        bound = {"authority_minor": authority, "cap_minor": cap, "window_days": 2}
        self.same(Approve(reservation_id=self.one(data), **bound))

    @rule(budget=BUDGETS, limit=st.one_of(st.none(), st.integers(0, 400)))
    def limit(self, budget, limit):
        self.model.limits[budget] = limit
        self.set_limit(budget, limit)

    @rule(step=st.sampled_from([SECOND, SECOND, 61 * SECOND, DAY, 2 * DAY]))
    def wait(self, step):
        self.now += step
        self.set_clock(self.now)

    @invariant()
    def the_entries_follow_from_one_another(self):
        books = self.books()
        assert books.findings == []
        assert sum(liability(books.reservations.values()).values()) == self.model.liability()
        for name, held in books.held.items():
            assert held == self.model.taken(name)

    def one(self, data):
        return data.draw(st.sampled_from(self.ids[-4:]))

    def same(self, command):
        self.number += 1
        made = write(command, key=f"k{self.number}")
        told = self.answer(made)
        state, granted, constraint = self.model.do(command, made.reservation_id, self.now)
        if "refused" in told:
            assert told["refused"] == state
        else:
            assert (told["state"], told["limiting_constraint"]) == (state, constraint)
            assert told["granted_minor"] == granted
        return made
