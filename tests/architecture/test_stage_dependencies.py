"""Each stage lists the code that it imports and the settings that it reads, no more and no less."""

import ast
from pathlib import Path

import pytest
import yaml

from pipelines.code_deps import PACKAGES, BadPipeline, closure, rewritten, stages

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "dvc.yaml").read_text()
STAGES = {stage.name: stage for stage in stages(TEXT)}
LISTED = yaml.safe_load(TEXT)["stages"]


def settings_read(file: str) -> set[str]:
    """Sections (`churn`) and single settings (`churn.horizon_days`) that a module reads from params.yaml.

    `section(Settings, "churn")` reads a whole section, `raw_section("churn")["horizon_days"]` one setting.
    A section kept in a variable counts by the settings then taken out of it.
    """
    tree = ast.parse((ROOT / file).read_text())
    kept = {}
    inside = set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and (name := raw_section(node.value)):
            kept[ast.unparse(node.targets[0])] = name
            inside.add(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            name = raw_section(node.value) or kept.get(ast.unparse(node.value))
            if name:
                found.add(f"{name}.{node.slice.value}")
                inside.add(node.value)
    for node in ast.walk(tree):
        if node not in inside and (name := raw_section(node) or whole_section(node)):
            found.add(name)
    return found


def raw_section(node: ast.AST) -> str | None:
    return called(node, "raw_section", 0)


def whole_section(node: ast.AST) -> str | None:
    return called(node, "section", 1)


def called(node: ast.AST, function: str, position: int) -> str | None:
    """The text given at `position` to a call of `function`; None for anything else."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function):
        return None
    argument = node.args[position]
    return argument.value if isinstance(argument, ast.Constant) else None


def read_by(stage: str) -> set[str]:
    """What the stage's closure can read; single settings of a section read whole are left out."""
    files = (file for file in closure(ROOT, STAGES[stage].module) if file.startswith("pipelines/"))
    found = set().union(*(settings_read(file) for file in files))
    return {name for name in found if name.split(".")[0] not in found or "." not in name}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_runs_the_module_of_its_name(stage):
    assert LISTED[stage]["cmd"] == f"python -m pipelines.{stage}"


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_says_what_it_does(stage):
    assert LISTED[stage].get("desc", "").strip()


@pytest.mark.parametrize("stage", STAGES)
def test_the_code_a_stage_lists_is_the_code_it_imports(stage):
    assert STAGES[stage].code == closure(ROOT, STAGES[stage].module)


@pytest.mark.parametrize("stage", STAGES)
def test_the_settings_a_stage_lists_are_those_it_reads(stage):
    assert set(LISTED[stage].get("params", [])) == read_by(stage)


def test_every_other_file_beside_the_code_is_a_dependency_of_a_stage():
    read_by_people_alone = {".po"}
    listed = {dependency for stage in LISTED.values() for dependency in stage["deps"]}
    beside = {
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file()
        and file.suffix not in {".py", *read_by_people_alone}
        and "__pycache__" not in file.parts
    }
    assert beside <= listed


def test_every_section_of_the_parameters_is_read_by_a_stage():
    listed = {name.split(".")[0] for stage in LISTED.values() for name in stage.get("params", [])}
    assert listed == set(yaml.safe_load((ROOT / "params.yaml").read_text()))


def test_dvc_yaml_is_what_make_deps_would_write():
    assert rewritten(TEXT, ROOT) == TEXT


TOY = """\
# Kept.
stages:
  fit:
    cmd: python -m pipelines.fit
    deps:
      - data/in.csv # kept too
      - pipelines/gone.py
    outs:
      - data/out

  show:
    cmd: python -m pipelines.show
"""

TOY_WRITTEN = """\
# Kept.
stages:
  fit:
    cmd: python -m pipelines.fit
    deps:
      - data/in.csv # kept too
      - models/deep/part.py
      - models/whole/__init__.py
      - models/whole/inner.py
      - pipelines/fit.py
    outs:
      - data/out

  show:
    cmd: python -m pipelines.show
    deps:
      - pipelines/show.py
"""


@pytest.fixture
def toy(tmp_path):
    files = {
        "pipelines/__init__.py": "",
        "pipelines/fit.py": "import numpy\ndef main():\n    from models.deep import part\n",
        "pipelines/show.py": "import json\n",
        "models/__init__.py": "\n",
        "models/deep/__init__.py": "",
        "models/deep/part.py": "from models.whole.inner import thing\n",
        "models/deep/unused.py": "",
        "models/whole/__init__.py": "SOMETHING = 1\n",
        "models/whole/inner.py": "thing = 1\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_code_is_rewritten_after_the_data_and_all_else_is_kept(toy):
    assert rewritten(TOY, toy) == TOY_WRITTEN


def test_rewriting_twice_changes_nothing(toy):
    assert rewritten(TOY_WRITTEN, toy) == TOY_WRITTEN


def test_an_import_inside_a_function_counts(toy):
    assert "models/deep/part.py" in closure(toy, "pipelines.fit")


def test_an_empty_package_file_does_not_count(toy):
    assert "models/deep/__init__.py" not in closure(toy, "pipelines.fit")


def test_a_package_file_that_runs_something_counts(toy):
    assert "models/whole/__init__.py" in closure(toy, "pipelines.fit")


def test_a_module_nobody_imports_does_not_count(toy):
    assert "models/deep/unused.py" not in closure(toy, "pipelines.fit")


def test_a_stage_without_a_module_is_refused(toy):
    with pytest.raises(BadPipeline, match=r"there is no module pipelines\.lost"):
        rewritten("stages:\n  lost:\n    cmd: python -m pipelines.lost\n", toy)


def test_a_stage_that_runs_something_else_is_refused():
    with pytest.raises(BadPipeline, match="does not run a module of pipelines"):
        stages("stages:\n  copy:\n    cmd: cp a b\n")


def test_a_list_on_one_line_is_refused():
    with pytest.raises(BadPipeline, match="one line for each"):
        stages("stages:\n  fit:\n    cmd: python -m pipelines.fit\n    deps: [a, b]\n")
