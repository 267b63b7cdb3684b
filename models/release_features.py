"""Whether the features that a release was trained on are those that are computed here, and which are not."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.domain.errors import DamagedRelease
from models.features.attribute_catalogue import described
from models.features.attributes import from_json
from models.features.catalogue import CATALOGUE
from models.features.fingerprint import fingerprints
from models.features.looked_up import RHYTHM

NAMED = 5

Stated = Mapping[str, Any]
"""What a `features.json` holds."""


def check_same(release: Stated, computed: Stated) -> None:
    """Raise `DamagedRelease`, naming the features, unless a run computed the very features of a release."""
    if release["fingerprint"] == computed["fingerprint"]:
        return
    raise DamagedRelease(
        "the live release reads other features than this code and source compute",
        allowed=release["fingerprint"],
        given=f"{computed['fingerprint']} ({differences(release, computed)})",
        remedy="Let the candidate go live (after a rollback: make unpin), or return to the old code.",
    )


def check_code(release: Stated) -> None:
    """Raise `DamagedRelease`, naming the features, where this code computes one otherwise or not at all.

    That it declares more features than the release reads does no harm.
    """
    attributes = described(from_json(release.get("attributes", [])))
    here = {
        **fingerprints(CATALOGUE),
        **{column.name: column.fingerprint for column in RHYTHM},
        **{each["name"]: each["fingerprint"] for each in attributes},
    }
    stated = _hashes(release)
    found = _differences(stated, {name: here[name] for name in stated if name in here})
    if found:
        raise DamagedRelease(
            "the release was trained on features that this version does not compute",
            given="; ".join(found),
            remedy="Serve it with the version that published it, or run `make` with this one.",
        )


def differences(release: Stated, computed: Stated) -> str:
    """In words, which features of two fingerprints differ."""
    return (
        "; ".join(_differences(_hashes(release), _hashes(computed)))
        or "in another order, in other money, or articles counted otherwise"
    )


def _differences(release: Mapping[str, str], computed: Mapping[str, str]) -> list[str]:
    both = release.keys() & computed.keys()
    kinds = {
        "computed otherwise": [name for name in release if name in both and release[name] != computed[name]],
        "missing": [name for name in release if name not in both],
        "not in the release": [name for name in computed if name not in both],
    }
    return [f"{words}: {_listed(names)}" for words, names in kinds.items() if names]


def _hashes(stated: Stated) -> dict[str, str]:
    return {each["name"]: each["fingerprint"] for each in stated["features"]}


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
