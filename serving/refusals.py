"""Requests that Holdfast refuses on purpose, named by what is wrong with them."""

from models.domain.errors import HoldfastError


class ForeignCursor(HoldfastError):
    """A cursor that this list did not give out: another scoring run's, or no cursor at all."""


class OtherAsOf(HoldfastError):
    """A score was asked for at an instant other than the data's own."""


class UnknownKey(HoldfastError):
    """A key of another system by which nobody, or more than one customer, is known."""


class NotAcceptable(HoldfastError):
    """The caller accepts none of the formats in which the answer exists."""


class ForeignHost(HoldfastError):
    """A request that did not come from this machine, or not to a name of this machine."""


class BodyTooLarge(HoldfastError):
    """A request body beyond the limit."""


class UnreadableBody(HoldfastError):
    """A body that is not what its content type says."""


class Unsettled(HoldfastError):
    """The served folder changed while it was read: it is looked at again soon."""


class NotJson(HoldfastError):
    """A body that does not say that it is JSON."""


class Unauthenticated(HoldfastError):
    """No key, or one that is unknown, expired or revoked."""


class Forbidden(HoldfastError):
    """A key that has not the scope which the call asks for."""


class ForeignOrigin(HoldfastError):
    """A page of another site had a browser send the request."""


class KeysUnavailable(HoldfastError):
    """The store of the keys does not answer."""


class TooManyRequests(HoldfastError):
    """More requests than the key may send."""


class Overloaded(HoldfastError):
    """More requests at once than the server takes on."""


class BodyTooSlow(HoldfastError):
    """A body that did not arrive in time."""


class BadPath(HoldfastError):
    """A path that no client would send by mistake."""


class PathTooLong(HoldfastError):
    """An address beyond the limit."""


class HeadersTooLarge(HoldfastError):
    """Headers beyond the limit."""


class AuditUnavailable(HoldfastError):
    """What is read of customers cannot be written down, so it is not answered."""


class NotReady(HoldfastError):
    """There is nothing to answer from; why is told to those who have a key."""


class MayNotOwe(HoldfastError):
    """A refund by a key that may only give what caps allow."""
