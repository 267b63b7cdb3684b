"""The part of requirements.lock that a server needs: `python -m tests.serving_lock` writes it.

What the project, its extras `serve` and `postgres`, and their packages ask for, as those installed here say.
Of LightGBM the server loads the shared library alone, so what LightGBM's own package imports is left out.
"""

import re
import tomllib
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
SERVING_LOCK = ROOT / "requirements-serve.lock"
EXTRAS = ("serve", "postgres")
NOT_IMPORTED = {"lightgbm"}
HEAD = "# A part of requirements.lock, for servers that only answer. Written by `make lock`.\n"


def needed() -> set[str]:
    """The names of every package that a server needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [
        *project["dependencies"],
        *(one for name in EXTRAS for one in project["optional-dependencies"][name]),
    ]
    found: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(one) for one in asked]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        extras = frozenset(requirement.extras)
        if (name, extras) in found:
            continue
        found.add((name, extras))
        if name not in NOT_IMPORTED:
            waiting += asked_by(name, extras)
    return {name for name, _ in found}


def asked_by(name: str, extras: frozenset[str]) -> list[Requirement]:
    """What an installed package asks for here, with these extras."""
    every = [Requirement(line) for line in requires(name) or ()]
    wanted = [{"extra": extra} for extra in ("", *extras)]
    return [
        each for each in every if each.marker is None or any(each.marker.evaluate(extra) for extra in wanted)
    ]


def blocks(lock: str) -> dict[str, list[str]]:
    """The entries of a lock by the package's name: each a requirement with its hashes, without comments."""
    found: dict[str, list[str]] = {}
    for entry in re.findall(r"^\S[^\n]*\\\n(?: +--hash=[^\n]+\n)+", lock, re.MULTILINE):
        name = canonicalize_name(Requirement(entry.split("\\")[0].strip()).name)
        found.setdefault(name, []).append(entry)
    return found


def written() -> str:
    """The text of the server's lock."""
    found = blocks(LOCK.read_text())
    return HEAD + "".join(entry for name in sorted(needed()) for entry in found[name])


if __name__ == "__main__":
    SERVING_LOCK.write_text(written())
