"""The locks: every package pinned and hashed, no address in them, and what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = {name: (ROOT / name).read_text() for name in ("requirements.lock", "requirements-spark.lock")}

UNLOCKED_EXTRAS = {"postgres"}  # for machines that have a database; installed by hand

of_each_lock = pytest.mark.parametrize("lock", LOCKS)


def entries(lock: str) -> dict[str, str]:
    """Each pinned requirement (`name==version ; marker`) with the lines that follow it."""
    logical = re.sub(r"\\\n", " ", LOCKS[lock])
    pinned = (line for line in logical.splitlines() if line and not line.lstrip().startswith("#"))
    return {line.split("--hash")[0].strip(): line for line in pinned}


def versions(*locks: str) -> dict[str, set[str]]:
    """The locked versions of each package; several where markers tell platforms apart."""
    found: dict[str, set[str]] = {}
    for pinned in (pinned for lock in locks for pinned in entries(lock)):
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


@of_each_lock
def test_every_entry_is_pinned_to_one_version(lock):
    assert [pinned for pinned in entries(lock) if "==" not in pinned] == []


@of_each_lock
def test_every_entry_has_a_hash(lock):
    assert [pinned for pinned, line in entries(lock).items() if "--hash=sha256:" not in line] == []


@of_each_lock
def test_the_lock_holds_no_address(lock):
    address = r"\w+://\S+|--index-url|--extra-index-url|--find-links|--trusted-host"
    assert re.findall(address, LOCKS[lock]) == []


def test_a_package_is_locked_in_one_place():
    assert versions("requirements.lock").keys() & versions("requirements-spark.lock").keys() == set()


def test_what_builds_the_archive_of_spark_is_locked():
    assert "setuptools" in versions("requirements.lock")


def test_the_project_file_names_no_index():
    assert "index" not in str(PROJECT.get("tool", {}).get("uv", {}))


@pytest.mark.parametrize("text", sorted(wanted()))
def test_the_lock_satisfies_what_the_project_asks_for(text):
    requirement = Requirement(text)
    locked = versions(*LOCKS).get(canonicalize_name(requirement.name), set())
    assert locked
    assert all(requirement.specifier.contains(version) for version in locked)
