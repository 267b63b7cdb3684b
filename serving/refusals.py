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


class NotJson(HoldfastError):
    """A body that does not say that it is JSON."""
