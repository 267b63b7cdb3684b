"""What is imported is asked for: each part names its own packages and does not live off its neighbours'."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DISTRIBUTIONS = packages_distributions()
OURS = {"models", "pipelines", "serving", "tests", "benchmarks"}
SEEN_BY_TYPE_CHECKERS_ALONE = {"_typeshed"}

CORE = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
GROUPS = PROJECT["dependency-groups"]
EVERYTHING = [
    *CORE,
    *EXTRAS["pipeline"],
    *EXTRAS["serve"],
    *EXTRAS["warehouse"],
    *EXTRAS["spark"],
    *(one for group in GROUPS.values() for one in group),
]


def imported(tree: ast.AST) -> Iterator[str]:
    """Top-level names of everything a module imports, wherever the statement stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def third_party(*folders: str) -> set[str]:
    """Names that the modules of these folders import from other people's packages."""
    files = (file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    names = {name for file in files for name in imported(ast.parse(file.read_text()))}
    return names - sys.stdlib_module_names - OURS - SEEN_BY_TYPE_CHECKERS_ALONE


def not_asked_for(names: set[str], requirements: list[str]) -> set[str]:
    """Names that no distribution in `requirements` provides; one that is not installed goes by its own."""
    asked = {canonicalize_name(Requirement(one).name) for one in requirements}
    return {
        name
        for name in names
        if asked.isdisjoint(canonicalize_name(found) for found in DISTRIBUTIONS.get(name, (name,)))
    }


@pytest.mark.parametrize(
    ("folders", "requirements"),
    [
        (("models", "pipelines"), [*CORE, *EXTRAS["pipeline"], *EXTRAS["warehouse"], *EXTRAS["spark"]]),
        (("serving",), [*CORE, *EXTRAS["serve"]]),
        (("notebooks",), [*CORE, *EXTRAS["pipeline"], *GROUPS["notebooks"]]),
        (("tests",), EVERYTHING),
    ],
    ids=["models and pipelines", "serving", "notebooks", "tests"],
)
def test_what_is_imported_is_asked_for(folders, requirements):
    assert not_asked_for(third_party(*folders), requirements) == set()


def test_a_package_is_known_by_the_name_it_is_imported_by():
    assert not_asked_for({"sklearn", "yaml"}, ["scikit-learn>=1", "PyYAML"]) == set()


def test_a_package_that_comes_with_another_is_not_asked_for():
    assert not_asked_for({"starlette"}, ["fastapi>=0.1"]) == {"starlette"}
