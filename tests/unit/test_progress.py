"""Progress: nothing for what is quick, few lines in a log, a bar on a terminal."""

import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.progress import LINE_SECONDS, QUIET_SECONDS, track


class Clock:
    """A clock that a test winds on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def log_of(seconds_each: list[float], **options) -> list[str]:
    """The lines written while working through items that take so long each."""
    clock, stream = Clock(), io.StringIO()
    for seconds in track(seconds_each, "fit", stream=stream, clock=clock, **options):
        clock.now += seconds
    return stream.getvalue().splitlines()


def test_what_is_quick_says_nothing():
    assert log_of([0.1] * 19) == []


def test_the_first_line_comes_once_two_seconds_have_passed():
    assert log_of([1.0, 1.0, 0.5])[0] == "fit: 2 of 3 after 2 s"


def test_the_last_line_says_that_all_is_done():
    assert log_of([1.0, 1.0, 0.5])[-1] == "fit: 3 of 3 after 2 s"


def test_lines_are_five_seconds_apart():
    assert log_of([1.0] * 20) == [
        "fit: 2 of 20 after 2 s",
        "fit: 7 of 20 after 7 s",
        "fit: 12 of 20 after 12 s",
        "fit: 17 of 20 after 17 s",
        "fit: 20 of 20 after 20 s",
    ]


def test_the_end_is_said_once():
    assert log_of([1.0, 1.0]) == ["fit: 2 of 2 after 2 s"]


def test_items_that_cannot_be_counted_beforehand_are_counted_as_they_come():
    clock, stream = Clock(), io.StringIO()
    for _ in track(iter(range(3)), "read", stream=stream, clock=clock):
        clock.now += 1.5
    assert stream.getvalue().splitlines() == ["read: 2 after 3 s", "read: 3 of 3 after 4 s"]


def test_a_total_can_be_given_for_what_cannot_be_counted():
    clock, stream = Clock(), io.StringIO()
    for _ in track(iter(range(2)), "read", total=2, stream=stream, clock=clock):
        clock.now += 2.0
    assert stream.getvalue().splitlines()[0] == "read: 1 of 2 after 2 s"


def test_nothing_to_do_says_nothing():
    assert log_of([]) == []


def test_an_error_in_the_work_comes_through():
    def broken() -> Iterator[int]:
        yield 1
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        list(track(broken(), "read", stream=io.StringIO()))


def test_a_terminal_gets_a_bar_without_lines():
    terminal = Terminal()
    assert (list(track([1, 2], "fit", stream=terminal)), "after" in terminal.getvalue()) == ([1, 2], False)


@given(st.lists(st.integers()))
def test_the_items_come_through_unchanged_and_in_order(items):
    assert list(track(items, "any", stream=io.StringIO())) == items


@given(st.lists(st.floats(min_value=0, max_value=20), max_size=40))
def test_a_log_stays_short(seconds):
    assert len(log_of(seconds)) <= 2 + max(0, sum(seconds) - QUIET_SECONDS) / LINE_SECONDS
