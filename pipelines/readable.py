"""Whether this version can read the models of a kept release: what it cannot read must not go live."""

from models.domain.errors import DamagedRelease
from models.learned.lifetime_value import is_of_earlier_form
from models.release import read_manifest
from pipelines import paths, registry


def unreadable(release_id: str) -> str | None:
    """Why the models of a release that the registry keeps cannot be read, in words; None where they can.

    Raises `MissingRelease` or `DamagedRelease` where the release is not what was published.
    """
    folder = registry.release_folder(paths.REGISTRY, release_id)
    read_manifest(folder)
    if not is_of_earlier_form(folder / "lifetime_value"):
        return None
    return f"release {release_id} cannot be read: its model of value is of an earlier form"


def require_readable(pinned: str) -> None:
    """Raise `DamagedRelease` for a pinned release that this version could not score with."""
    unread = unreadable(pinned)
    if unread is not None:
        raise DamagedRelease(
            f"{unread}, and it is pinned",
            remedy="Run make unpin, and the gate decides again; or return to the code of that release.",
        )
