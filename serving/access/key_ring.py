"""The keys that a running server knows, read again every second: a revoked one stops soon after."""

from collections.abc import Callable
from dataclasses import dataclass, field

from models.domain.instants import SECOND, from_micros
from serving.access.api_keys import ApiKey, key_of
from serving.access.key_store import note_used, read_keys
from serving.operation.beside import in_thread, repeat
from serving.operation.metrics import Metrics
from serving.refusals import KeysUnavailable

READ_EVERY_SECONDS = 1.0
# With keys older than this nobody can say whether one was revoked.
TOO_OLD = 60 * SECOND


@dataclass
class KeyRing:
    """The keys as last read, when that was, and which were used since their day was last written.

    clock: microseconds since 1970.
    """

    url: str
    clock: Callable[[], int]
    keys: dict[str, ApiKey] = field(default_factory=dict)
    read_at: int = 0
    used: set[str] = field(default_factory=set)

    @property
    def has_keys(self) -> bool:
        """Whether a key was ever made: a revoked one counts, or revoking the last would open the door."""
        return bool(self.keys)

    def key_of(self, presented: str) -> ApiKey:
        """The key that a caller presented. Raises `Unauthenticated`, `KeysUnavailable`."""
        now = self.clock()
        if now - self.read_at > TOO_OLD:
            raise KeysUnavailable(
                "the keys could not be read for a minute", remedy="See HOLDFAST_KEYS_URL and its disk."
            )
        key = key_of(presented, self.keys, now)
        if key.key_id not in self.used and key.last_used_on != from_micros(now).date():
            self.used.add(key.key_id)
        return key

    def refresh(self) -> None:
        """Write who was used today, and read the keys again. Raises what the store raises."""
        now = self.clock()
        if self.used:
            written = set(self.used)
            note_used(self.url, written, from_micros(now).date())
            self.used -= written
        self.keys = read_keys(self.url)
        self.read_at = now


def read_ring(url: str, clock: Callable[[], int]) -> KeyRing:
    """The keys at a URL as they are now. Raises `InvalidSetting`, `KeysUnavailable`."""
    ring = KeyRing(url, clock)
    ring.refresh()
    return ring


async def keep_fresh(ring: KeyRing, metrics: Metrics, every: float = READ_EVERY_SECONDS) -> None:
    """Read the keys again every second until cancelled; while that fails, the old ones count a minute."""
    await repeat("keys", lambda: in_thread(ring.refresh), every, metrics)
