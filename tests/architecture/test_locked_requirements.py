"""The lock: every package pinned and hashed, no address in it, and what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()

UNLOCKED_EXTRAS = {"spark", "postgres"}  # for machines that have Java, or a database; installed by hand


def entries() -> dict[str, str]:
    """Each pinned requirement (`name==version ; marker`) with the lines that follow it."""
    logical = re.sub(r"\\\n", " ", LOCK)
    pinned = (line for line in logical.splitlines() if line and not line.lstrip().startswith("#"))
    return {line.split("--hash")[0].strip(): line for line in pinned}


def versions() -> dict[str, set[str]]:
    """The locked versions of each package; several where markers tell platforms apart."""
    found: dict[str, set[str]] = {}
    for pinned in entries():
        requirement = Requirement(pinned)
        (specifier,) = requirement.specifier
        found.setdefault(canonicalize_name(requirement.name), set()).add(specifier.version)
    return found


def wanted() -> list[str]:
    extras = PROJECT["project"]["optional-dependencies"]
    groups = PROJECT["dependency-groups"]
    return [
        *PROJECT["project"]["dependencies"],
        *(item for extra in extras.keys() - UNLOCKED_EXTRAS for item in extras[extra]),
        *(item for group in groups.values() for item in group),
    ]


def test_every_entry_is_pinned_to_one_version():
    assert [pinned for pinned in entries() if "==" not in pinned] == []


def test_every_entry_has_a_hash():
    assert [pinned for pinned, line in entries().items() if "--hash=sha256:" not in line] == []


def test_the_lock_holds_no_address():
    assert re.findall(r"\w+://\S+|--index-url|--extra-index-url|--find-links|--trusted-host", LOCK) == []


def test_the_project_file_names_no_index():
    assert "index" not in str(PROJECT.get("tool", {}).get("uv", {}))


@pytest.mark.parametrize("text", sorted(wanted()))
def test_the_lock_satisfies_what_the_project_asks_for(text):
    requirement = Requirement(text)
    locked = versions().get(canonicalize_name(requirement.name), set())
    assert locked
    assert all(requirement.specifier.contains(version) for version in locked)
