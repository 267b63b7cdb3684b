"""The tables of the store, the same in SQLite and PostgreSQL.

Not by Alembic: a ledger may lie in the same database, and there is one version of these tables so far.
"""

FORMAT = "1"

# event_id names an event; `seq` is the order in which they were kept.
SQLITE_SEQ = "INTEGER PRIMARY KEY AUTOINCREMENT"
POSTGRES_SEQ = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"

# Payloads are compact JSON, in which quotes of a text are escaped: only a type is written like this.
_OF_FEED = """(payload LIKE '%"type":"order"%' OR payload LIKE '%"type":"return"%')"""
_BINDING = """(payload LIKE '%"type":"consent.changed"%' OR payload LIKE '%"type":"complaint.%')"""

MAKE = """
CREATE TABLE IF NOT EXISTS store_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS told_event (
  seq {seq},
  event_id TEXT NOT NULL UNIQUE,
  customer_id TEXT NOT NULL,
  known_at BIGINT NOT NULL,
  payload TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS told_event_of ON told_event (customer_id);
CREATE INDEX IF NOT EXISTS told_event_known ON told_event (known_at);
CREATE INDEX IF NOT EXISTS told_event_of_feed ON told_event (known_at) WHERE {feed};
CREATE INDEX IF NOT EXISTS told_event_binding ON told_event (customer_id) WHERE {binding};
CREATE TABLE IF NOT EXISTS held_event (
  event_id TEXT NOT NULL,
  run TEXT NOT NULL,
  PRIMARY KEY (event_id, run)
);
CREATE TABLE IF NOT EXISTS erased_customer (customer_id TEXT PRIMARY KEY, at BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS erased_amount (
  pseudonym TEXT NOT NULL,
  at BIGINT NOT NULL,
  amount_minor BIGINT NOT NULL
)
"""

COLUMNS = "event_id, customer_id, known_at, payload"
EVERYTHING = f"SELECT {COLUMNS} FROM told_event ORDER BY seq"  # noqa: S608 # our own words
NEWEST = "SELECT max(known_at) FROM told_event"
FEED_END = f"SELECT max(known_at) FROM told_event WHERE {_OF_FEED}"  # noqa: S608 # our own words
COUNTS = "SELECT (SELECT count(*) FROM told_event), (SELECT count(*) FROM held_event WHERE run = {place})"
ERASED = "SELECT customer_id FROM erased_customer"


def of_customers(places: str, run: str) -> str:
    """The query of the events of some customers; `places`: a condition's right side, `run`: a place."""
    return (
        f"SELECT {COLUMNS} FROM told_event WHERE customer_id {places} AND NOT EXISTS "  # noqa: S608 # ours
        f"(SELECT 1 FROM held_event h WHERE h.event_id = told_event.event_id AND h.run = {run}) ORDER BY seq"
    )


def bound(run: str) -> str:
    """The query of customers of whom a consent or a complaint was told, and how many events of each.

    run: a place.
    """
    return (
        "SELECT customer_id, count(*) FROM told_event WHERE customer_id IN "  # noqa: S608 # ours
        f"(SELECT customer_id FROM told_event WHERE {_BINDING} AND NOT EXISTS "
        f"(SELECT 1 FROM held_event h WHERE h.event_id = told_event.event_id AND h.run = {run})) "
        "GROUP BY customer_id"
    )


def statements(seq: str) -> list[str]:
    """What makes the tables, one statement at a time; nothing where they are."""
    return [each.strip() for each in MAKE.format(seq=seq, feed=_OF_FEED, binding=_BINDING).split(";")]
