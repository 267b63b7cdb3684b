"""Why the store of told events refuses."""

from models.domain.errors import HoldfastError


class StoreInUse(HoldfastError):
    """Another process writes to this store."""


class StoreUnavailable(HoldfastError):
    """The store's database did not answer; whether an event was kept, telling it again will show."""


class DamagedStore(HoldfastError):
    """The database holds no store that this version can read."""


class EventReused(HoldfastError):
    """An event of this name was told before, and said something else."""


class ErasedCustomer(HoldfastError):
    """The customer was erased, so nothing is kept of them any more."""
