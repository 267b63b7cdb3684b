"""How fast each key may ask: a bucket of tokens that fills steadily and holds two seconds' worth."""

from dataclasses import dataclass, field

from serving.refusals import TooManyRequests

BURST_SECONDS = 2.0


@dataclass
class Bucket:
    """What is left, and when it was last filled (seconds of a steady clock)."""

    tokens: float
    filled_at: float


@dataclass(frozen=True)
class Buckets:
    """One bucket for each key that asked; as many as there are keys."""

    per_second: float
    by_key: dict[str, Bucket] = field(default_factory=dict)


def take(buckets: Buckets, key_id: str, per_second: float | None, now: float) -> None:
    """Take a token. per_second: the key's own rate, if it has one. Raises `TooManyRequests` with the wait."""
    rate = per_second or buckets.per_second
    most = max(rate * BURST_SECONDS, 1.0)
    bucket = buckets.by_key.get(key_id)
    if bucket is None:
        bucket = buckets.by_key[key_id] = Bucket(most, now)
    bucket.tokens = min(most, bucket.tokens + (now - bucket.filled_at) * rate)
    bucket.filled_at = now
    if bucket.tokens < 1:
        raise TooManyRequests(
            "the key sends more requests than it may",
            allowed=f"{rate:g} a second",
            remedy=f"Wait {(1 - bucket.tokens) / rate:.3f} seconds, or send customers in batches.",
        )
    bucket.tokens -= 1
