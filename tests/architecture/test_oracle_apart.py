"""The truth of a simulated world is read by the oracle report alone; ingest writes it, nobody else knows."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from pipelines.code_deps import closure

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("models", "pipelines", "serving")
READS = "pipelines/oracle_report.py"
WRITE = {"pipelines/ingest.py", "pipelines/across_customers/ingest.py"}
SIMULATOR = "pipelines/sources/simulator/"
LAWS = ("oracle", "prospects", "pending", "renewal", "toll", "expected_margin", "expected_fading")
TRUTH = {f"pipelines.sources.simulator.{name}" for name in LAWS}
RULES = {"models.evaluation.oracle", "pipelines.report.oracle"}


@cache
def trees() -> dict[str, ast.Module]:
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text()) for file in files}


def names_the_oracle(tree: ast.Module) -> bool:
    """Whether a module says `ORACLE` (the constant), or writes a path that leads into data/oracle."""
    return any(_named(node) for node in ast.walk(tree))


def _named(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "ORACLE"
    if isinstance(node, ast.Name | ast.alias):
        return "ORACLE" in (getattr(node, "id", None), getattr(node, "name", None))
    if isinstance(node, ast.Call | ast.BinOp):
        return any(_leads_there(child) for child in ast.iter_child_nodes(node))
    return False


def _leads_there(node: ast.AST) -> bool:
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return "oracle" in Path(text).parts and len(text.split()) == 1


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def takes_an_oracle(tree: ast.Module) -> bool:
    """Whether a module takes the `oracle` out of a world or of what a source read."""
    return any(isinstance(node, ast.Attribute) and node.attr == "oracle" for node in ast.walk(tree))


def test_only_the_oracle_report_and_ingest_name_the_folder_of_the_truth():
    named = {path for path, tree in trees().items() if names_the_oracle(tree)}
    assert named == {READS, "pipelines/paths.py", *WRITE}


@pytest.mark.parametrize(
    "line",
    [
        "read_table(paths.ORACLE / 'customers.parquet')",
        "from pipelines.paths import ORACLE",
        "open('data/oracle/customers.parquet')",
        "path = paths.DATA / 'oracle'",
        "Path('data', 'oracle')",
    ],
)
def test_a_look_at_the_truth_is_seen(line):
    assert names_the_oracle(ast.parse(line))


@pytest.mark.parametrize("line", ["paths.ORACLE_REPORT", "raise E('only the oracle knows')"])
def test_a_word_about_the_oracle_is_no_look_at_it(line):
    assert not names_the_oracle(ast.parse(line))


def test_nobody_but_the_oracle_report_imports_its_rules():
    users = {path for path, tree in trees().items() if RULES & set(imports(tree))}
    assert users - {"pipelines/report/oracle.py"} == {READS}


def test_nobody_imports_the_oracle_report_but_a_report_on_the_simulator():
    users = {path for path, tree in trees().items() if "pipelines.oracle_report" in set(imports(tree))}
    assert users <= {"pipelines/simulate_report.py"}


def test_the_laws_of_the_truth_stay_in_the_simulator():
    users = {path for path, tree in trees().items() if TRUTH & set(imports(tree))}
    assert {path for path in users if not path.startswith(SIMULATOR)} == set()


def test_the_truth_of_a_world_passes_through_its_source_and_ingest_alone():
    takers = {path for path, tree in trees().items() if takes_an_oracle(tree)}
    assert {path for path in takers if not path.startswith(SIMULATOR)} == {
        "pipelines/sources/simulated.py",
        "pipelines/ingest.py",
    }


def test_no_stage_depends_on_the_truth():
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    dependents = [name for name, stage in stages.items() if "data/oracle" in stage["deps"]]
    assert dependents == []


def test_no_stage_reaches_the_oracle_report():
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    reaching = [name for name in stages if READS in closure(ROOT, f"pipelines.{name}")]
    assert reaching == []


def test_the_report_trains_nothing():
    assert [file for file in closure(ROOT, "pipelines.oracle_report") if "/training/" in file] == []
