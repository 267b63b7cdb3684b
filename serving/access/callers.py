"""Who is asking: the holder of a key, somebody on this machine, or nobody known."""

from base64 import b64decode
from dataclasses import dataclass
from enum import StrEnum

from starlette.types import Scope as AsgiScope

from serving.access.api_keys import ApiKey, unauthenticated
from serving.access.hosts import is_from_here
from serving.access.key_ring import KeyRing
from serving.access.scopes import Asks, Need

LONGEST_HEADER = 1_000


class WithoutKey(StrEnum):
    """When programs on this machine need no key."""

    UNTIL_FIRST_KEY = "until_first_key"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. name: a key's id, or `local`, or empty; key: None for the other two."""

    name: str
    key: ApiKey | None = None
    local: bool = False

    @property
    def known(self) -> bool:
        """Whether anybody stands for the request."""
        return self.local or self.key is not None

    def may(self, need: Need) -> bool:
        """Whether the caller may do what a call asks for."""
        if need is Asks.NOTHING or self.local:
            return True
        return self.key is not None and self.key.may(need)


NOBODY = Caller("")
LOCAL = Caller("local", local=True)


def caller_of(scope: AsgiScope, ring: KeyRing, without_key: WithoutKey) -> Caller:
    """Who sends a request. Raises `Unauthenticated` for a key that does not count, `KeysUnavailable`."""
    presented = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            if presented is not None:
                raise unauthenticated("there are two Authorization headers")
            presented = _presented(value)
    if presented is not None:
        key = ring.key_of(presented)
        return Caller(key.key_id, key)
    open_here = without_key is WithoutKey.ALWAYS or (
        without_key is WithoutKey.UNTIL_FIRST_KEY and not ring.has_keys
    )
    return LOCAL if open_here and is_from_here(scope) else NOBODY


def _presented(header: bytes) -> str:
    """The key in an Authorization header: Bearer's token, or Basic's password."""
    scheme, _, rest = header[:LONGEST_HEADER].decode("latin-1").strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        raise unauthenticated("the Authorization header is neither Bearer nor Basic")
    try:
        decoded = b64decode(rest.strip(), validate=True).decode("latin-1")
    except ValueError:
        raise unauthenticated("the Authorization header cannot be read") from None
    return decoded.partition(":")[2]
