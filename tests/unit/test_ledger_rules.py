from hypothesis import settings

from models.domain.ledger.replay import replay
from tests.ledger_in_memory import MemoryLedger
from tests.ledger_machine import Machine


class RulesMachine(Machine):
    """The pure rules in memory."""

    def open(self):
        self.ledger = MemoryLedger()

    def set_clock(self, now):
        self.ledger.now = now

    def answer(self, made):
        return self.ledger.write(made)

    def set_limit(self, budget, limit):
        self.ledger.set_limit(budget, limit)

    def books(self):
        return replay(self.ledger.entries, self.ledger.limits)


TestTheRulesAgainstTheSlowModel = RulesMachine.TestCase
TestTheRulesAgainstTheSlowModel.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, derandomize=True
)
