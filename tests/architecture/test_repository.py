"""What a stranger meets first: licence, words, and no trace of the machine it was written on."""

import hashlib
import re
import tomllib
from enum import StrEnum
from pathlib import Path

import pytest
import yaml

from models.domain import vocabulary

ROOT = Path(__file__).resolve().parents[2]

# The plain text of the Apache License 2.0 as its authors publish it.
APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"

# Home folders, scratch folders and drives. A path in the documents may be /path/to/something.
OF_ONE_MACHINE = re.compile(r"(?<![\w.*~/-])/(?:home|root|Users|work|tmp|mnt|opt)/\w|[A-Z]:\\\\?Users")

# `[text](target)` and `![text](target)`; only what lies in the repository.
RELATIVE_LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)[^)]*\)")

NOT_WRITTEN = {"data", "var", "__pycache__"}


def written_files() -> list[Path]:
    """Files of the repository that people write: no results, no caches, no environment."""
    suffixes = {".py", ".md", ".toml", ".yaml", ".cff", ".j2", ".html", ".css", ".js", ".po", ""}
    return [
        path
        for path in sorted([*ROOT.glob("*"), *ROOT.glob(".ci/*"), *ROOT.glob("[a-z]*/**/*")])
        if path.is_file()
        and path.suffix in suffixes
        and NOT_WRITTEN.isdisjoint(path.relative_to(ROOT).parts)
        and path != Path(__file__)
    ]


def headings(text: str, marks: str) -> list[str]:
    return [line.removeprefix(f"{marks} ") for line in text.splitlines() if line.startswith(f"{marks} ")]


def pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def links_of(text: str) -> list[str]:
    return RELATIVE_LINK.findall(text)


def words_of_the_domain() -> dict[str, type[StrEnum]]:
    return {
        name: value
        for name, value in vars(vocabulary).items()
        if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
    }


def test_the_licence_is_the_whole_apache_licence():
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2


def test_project_and_citation_name_the_same_licence():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == citation["license"] == "Apache-2.0"


def test_project_and_citation_name_the_same_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == citation["version"]


def test_the_changelog_has_an_entry_for_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert any(heading.startswith(version) for heading in headings((ROOT / "CHANGELOG.md").read_text(), "##"))


def test_the_glossary_has_a_heading_for_every_enum():
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    assert headings(glossary, "###") == sorted(words_of_the_domain())


def test_the_glossary_explains_every_coded_word():
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    sections = dict(
        zip(headings(glossary, "###"), re.split(r"^### .*$", glossary, flags=re.MULTILINE)[1:], strict=True)
    )
    missing = {
        f"{name}.{word}"
        for name, enum in words_of_the_domain().items()
        for word in enum
        if f"- `{word.value}`" not in sections.get(name, "")
    }
    assert missing == set()


def test_decision_records_are_numbered_without_gaps():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_decision_record_has_its_four_parts():
    parts = ["Context", "Decision", "Consequences", "Alternatives"]
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert {path.name: headings(path.read_text(), "##") for path in records} == {
        path.name: parts for path in records
    }


def test_no_file_names_a_folder_of_one_machine():
    found = {
        path.relative_to(ROOT).as_posix(): OF_ONE_MACHINE.findall(path.read_text())
        for path in written_files()
    }
    assert {path: matches for path, matches in found.items() if matches} == {}


def test_the_project_names_a_readme_that_exists():
    assert (ROOT / tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["readme"]).is_file()


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(path):
    assert [link for link in links_of(path.read_text()) if not (path.parent / link).exists()] == []


def test_a_link_is_read_without_its_anchor():
    assert links_of("[a](docs/b.md#part), ![c](d.png), [e](https://f.g), [h](#i)") == ["docs/b.md", "d.png"]


def test_git_keeps_no_environment_and_nothing_a_run_makes_but_its_figures():
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {".venv/", "/var/", "/data/*", "!/data/metrics/", "!/data/plots/"} <= set(ignored)


def test_every_target_of_the_makefile_is_explained():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):(?!=)(.*)$", makefile, flags=re.MULTILINE)
    unexplained = {target for target, rest in targets if "## " not in rest}
    assert unexplained == {"dvc-ready"}
