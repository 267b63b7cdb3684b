"""Events told to a store in any order, in any parts and any number of times make the same rows."""

from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract.merged_rows import merged
from models.contract.told_events import Shop, told
from models.domain.instants import DAY, iso
from serving.store.kept import kept_from
from serving.store.opening import open_store
from serving.store.telling import telling

NOW = 21_000 * DAY
SHOP = Shop("UTC")
BATCH = {
    "orders": [
        {"order_id": "1", "line_id": "1", "customer_id": "C1", "ordered_at": NOW - 9 * DAY, "amount_minor": 3}
    ],
    "complaints": [{"complaint_id": "1", "customer_id": "C1", "opened_at": NOW - 9 * DAY}],
}

days = st.integers(0, 6).map(lambda before: iso(NOW - before * DAY))
names = st.sampled_from(["1", "2"])
lines = st.lists(st.fixed_dictionaries({"amount_minor": st.integers(1, 3)}), min_size=1, max_size=2)
anything_told = st.one_of(
    st.fixed_dictionaries({"type": st.just("order"), "order_id": names, "ordered_at": days, "lines": lines}),
    st.fixed_dictionaries({"type": st.just("complaint.opened"), "complaint_id": names, "opened_at": days}),
    st.fixed_dictionaries(
        {"type": st.just("complaint.resolved"), "complaint_id": names, "resolved_at": days}
    ),
    st.fixed_dictionaries(
        {"type": st.just("complaint.reopened"), "complaint_id": names, "reopened_at": days}
    ),
    st.fixed_dictionaries({"type": st.just("consent.changed"), "may_contact_email": st.booleans()}),
)


@settings(max_examples=40)
@given(st.lists(anything_told, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_told_in_any_order_and_number_they_make_the_same_rows(said, chance):
    events = [
        kept_from(told({"event_id": str(n), "customer_id": "C1", "known_at": iso(NOW), **each}, SHOP, NOW))
        for n, each in enumerate(said)
    ]
    again = [*events, *(chance.choice(events) for _ in events)]
    chance.shuffle(again)
    assert rows_after([again[at : at + 3] for at in range(0, len(again), 3)]) == rows_after([events])


def rows_after(tellings):
    """What is known of the customer after these requests."""
    with closing(open_store("sqlite://")) as store:
        for some in tellings:
            store.tell(some)
        return merged(BATCH, telling(store, "UTC").told_rows("C1"))
