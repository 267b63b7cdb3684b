import pytest

from serving.incentives import known_caps
from serving.incentives.in_force import InForce
from serving.incentives.known_caps import KnownCaps, cap_known

RUN = object()
QUESTION = ("C1", "coupon", "retention", 7, 7)


class Desk:
    """Counts how often a cap is worked out, and remembers the last one."""

    def __init__(self):
        self.known, self.times = KnownCaps(), 0

    def asked(self, run=RUN, question=QUESTION, told=()):
        def work_out():
            self.times += 1
            return InForce(100 * self.times, "silent", {}, "r1")

        return cap_known(self.known, run, question, {"orders": list(told)}, work_out).cap_minor


@pytest.fixture
def desk():
    return Desk()


def test_a_cap_is_worked_out_once(desk):
    assert [desk.asked(), desk.asked()] == [100, 100]


@pytest.mark.parametrize(
    "changed",
    [{"run": object()}, {"question": ("C1", "coupon", "retention", 8, 8)}, {"told": ({"order_id": "O1"},)}],
)
def test_what_it_follows_from_has_changed_so_it_is_worked_out_anew(desk, changed):
    assert [desk.asked(), desk.asked(**changed)] == [100, 200]


def test_nothing_of_an_older_run_is_kept(desk):
    assert [desk.asked(), desk.asked(run=object()), desk.asked()] == [100, 200, 300]


def test_so_many_are_kept_and_no_more(desk, monkeypatch):
    monkeypatch.setattr(known_caps, "MOST_KEPT", 3)
    for number in range(10):
        desk.asked(question=(number,))
    assert len(desk.known.newest.found) <= 3
