"""The truth of a simulated world is read by the oracle report alone; ingest writes it, nobody else knows."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from os.path import normpath
from pathlib import Path, PurePosixPath

import pytest
import yaml

from pipelines.code_deps import closure

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("models", "pipelines", "serving", "notebooks", "benchmarks")
FOLDER = PurePosixPath("data/oracle")
READS = "pipelines/oracle_report.py"
WRITE = {"pipelines/ingest.py", "pipelines/across_customers/ingest.py"}
SIMULATOR = "pipelines/sources/simulator/"
LAWS = (
    "oracle", "oracle_causes", "prospects", "coupons_ahead", "pending", "renewal", "toll", "expected_margin",
    "expected_fading",
)  # fmt: skip
TRUTH = {f"pipelines.sources.simulator.{name}" for name in LAWS}
RULES = {"models.evaluation.oracle", "models.evaluation.realised_profit", "pipelines.report.oracle"}
PROFIT = "pipelines/oracle_profit.py"
LOOP = "benchmarks/two_rounds/rounds.py"  # what plans earn in truth, round by round; no stage imports it


# The folder of the truth in a text: all of it, or next to a slash. Longer names do not count.
PART = re.compile(r"^oracle$|[/\\]oracle(?![\w.-])|(?<![\w.-])oracle[/\\]")
MAGIC = re.compile(r"^# ([!%](?!%).*)$", re.MULTILINE)


@cache
def trees() -> dict[str, ast.Module]:
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return {file.relative_to(ROOT).as_posix(): parsed(file) for file in files}


def parsed(file: Path) -> ast.Module:
    """A module; of a notebook also the commands of its cells, which stand in comments, as texts."""
    text = file.read_text()
    return ast.parse(with_commands(text) if file.is_relative_to(ROOT / "notebooks") else text)


def with_commands(notebook: str) -> str:
    return MAGIC.sub(lambda line: repr(line[1]), notebook)


def names_the_oracle(tree: ast.Module) -> bool:
    """Whether a module says `ORACLE` (the constant), or holds a text that leads into data/oracle."""
    return any(_named(node) for node in ast.walk(tree))


def _named(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "ORACLE"
    if isinstance(node, ast.Name | ast.alias):
        return "ORACLE" in (getattr(node, "id", None), getattr(node, "name", None))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value == "ORACLE" or PART.search(node.value) is not None
    return False


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
        "WHERE = 'data/oracle'",
        "WHERE = './data/oracle/'",
        "open(f'{paths.DATA}/oracle/customers.parquet')",
        "open(f'{folder}oracle/{name}.parquet')",
        "open(f'data/{\"oracle\"}/customers.parquet')",
        "for name in ['tables', 'oracle']: read(paths.DATA / name)",
        "read_table(path='data/oracle/customers.parquet')",
        "read(folder=('data', 'oracle'))",
        "def read(folder='data/oracle'): ...",
        "getattr(paths, 'ORACLE')",
        "vars(paths)['ORACLE']",
        "duckdb.sql(\"select * from 'data/oracle/customers.parquet'\")",
        "glob('data/oracle*')",
    ],
)
def test_a_look_at_the_truth_is_seen(line):
    assert names_the_oracle(ast.parse(line))


@pytest.mark.parametrize("line", ["# !head data/oracle/customers.csv", "# %cd data/oracle"])
def test_a_command_in_a_cell_that_looks_at_the_truth_is_seen(line):
    assert names_the_oracle(ast.parse(with_commands(f"# %%\n{line}\n")))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_and_the_notebooks_are_looked_through(package):
    assert any(path.startswith(f"{package}/") for path in trees())


@pytest.mark.parametrize(
    "line",
    [
        "paths.ORACLE_REPORT",
        "raise E('only the oracle knows')",
        "f'the oracle knows nothing of {days}'",
        "'docs/simulator-oracle.md'",
        "'data/oracle_report/oracle.json'",
        "from pipelines.report import oracle",
    ],
)
def test_a_word_about_the_oracle_is_no_look_at_it(line):
    assert not names_the_oracle(ast.parse(line))


def test_nobody_but_the_oracle_report_imports_its_rules():
    users = {path for path, tree in trees().items() if RULES & set(imports(tree))}
    assert users - {"pipelines/report/oracle.py", PROFIT, "benchmarks/policy.py", LOOP} == {READS}


def test_nobody_but_the_oracle_report_asks_what_a_plan_earns_in_truth():
    users = {path for path, tree in trees().items() if "pipelines.oracle_profit" in set(imports(tree))}
    assert users == {READS, LOOP}


def test_nobody_imports_the_oracle_report_but_a_report_on_the_simulator():
    users = {path for path, tree in trees().items() if "pipelines.oracle_report" in set(imports(tree))}
    assert users <= {"pipelines/simulate_report.py", LOOP}


def test_the_laws_of_the_truth_stay_in_the_simulator():
    users = {path for path, tree in trees().items() if TRUTH & set(imports(tree))}
    assert {path for path in users if not path.startswith(SIMULATOR)} == set()


def test_the_truth_of_a_world_passes_through_its_source_and_ingest_alone():
    takers = {path for path, tree in trees().items() if takes_an_oracle(tree)}
    assert {path for path in takers if not path.startswith(SIMULATOR)} == {
        "pipelines/sources/simulated.py",
        "pipelines/ingest.py",
        LOOP,
    }


def depends_on_the_truth(stage: dict[str, list[str | dict[str, object]]]) -> bool:
    """Whether a stage's dependency is the folder of the truth, lies in it, or holds it."""
    named = (next(iter(dep)) if isinstance(dep, dict) else dep for dep in stage.get("deps", []))
    return any(_holds_or_is_held(PurePosixPath(normpath(dep))) for dep in named)


def _holds_or_is_held(path: PurePosixPath) -> bool:
    return path.is_relative_to(FOLDER) or FOLDER.is_relative_to(path)


def test_no_stage_depends_on_the_truth():
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    assert [name for name, stage in stages.items() if depends_on_the_truth(stage)] == []


@pytest.mark.parametrize(
    "dep",
    [
        "data/oracle",
        "data/oracle/",
        "./data/oracle",
        "data/oracle/customers.parquet",
        "data/tables/../oracle",
        "data",
        ".",
        {"data/oracle/customers.parquet": {"cache": False}},
    ],
)
def test_a_dependency_on_the_truth_is_seen(dep):
    assert depends_on_the_truth({"deps": ["data/tables", dep]})


@pytest.mark.parametrize(
    "dep", ["data/tables", "data/oracle_report", "pipelines/sources/simulator/oracle.py"]
)
def test_another_dependency_is_none_on_the_truth(dep):
    assert not depends_on_the_truth({"deps": [dep]})


def test_no_stage_reaches_the_oracle_report():
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    reaching = [name for name in stages if READS in closure(ROOT, f"pipelines.{name}")]
    assert reaching == []


def test_the_report_trains_nothing():
    assert [file for file in closure(ROOT, "pipelines.oracle_report") if "/training/" in file] == []
