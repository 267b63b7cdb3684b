"""The code that each stage of `dvc.yaml` lists is the code that it imports, no more and no less.

DVC does not follow imports. This module does, without running anything: it reads the import statements of a
stage's module, wherever they stand, and of every module of ours that they reach.

    python -m pipelines.code_deps           rewrite the lists in dvc.yaml
    python -m pipelines.code_deps --check   exit 1 and show the difference
"""

import ast
import difflib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from models.domain.errors import HoldfastError
from pipelines.stage import run

PIPELINE = Path("dvc.yaml")
PACKAGES = ("models", "pipelines")

_COMMAND = re.compile(r"^python -m (?P<module>pipelines\.\w+)$")


class BadPipeline(HoldfastError):
    """`dvc.yaml` is not written the way its code dependencies can be kept."""


@dataclass(frozen=True)
class StageText:
    """Where a stage's dependencies stand in the text of `dvc.yaml` (line numbers from 0).

    `code_lines` hold the listed code; a new list goes in at `insert_at`, indented by `indent`. `has_list` is
    False when the stage has no `deps` yet.
    """

    name: str
    module: str
    code: tuple[str, ...]
    code_lines: tuple[int, ...]
    insert_at: int
    indent: int
    has_list: bool


def closure(root: Path, module: str) -> tuple[str, ...]:
    """Every file of ours that importing `module` can reach, as sorted paths from `root`.

    Packages' `__init__.py` count when they hold anything. Raises `BadPipeline` if the module has no file.
    """
    if _file_of(root, module) is None:
        raise BadPipeline(
            f"there is no module {module}",
            given=f"{module.replace('.', '/')}.py",
            remedy="Name the module after the stage.",
        )
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        waiting.extend(_imported(root, name))
    files = (_file_of(root, name) for name in reached)
    return tuple(sorted(file.as_posix() for file in files if file is not None and _says_anything(root, file)))


def stages(text: str) -> tuple[StageText, ...]:
    """The stages of `dvc.yaml` in order. Raises `BadPipeline` for what cannot be kept up."""
    document = _entries(yaml.compose(text, Loader=yaml.SafeLoader))
    return tuple(_stage(name, node) for name, node in _entries(document["stages"]).items())


def rewritten(text: str, root: Path) -> str:
    """The text of `dvc.yaml` with every stage's code brought up to date, all else untouched."""
    lines = text.splitlines(keepends=True)
    for stage in reversed(stages(text)):
        listed = [f"{' ' * stage.indent}  - {file}\n" for file in closure(root, stage.module)]
        heading = [] if stage.has_list else [f"{' ' * stage.indent}deps:\n"]
        lines[stage.insert_at : stage.insert_at] = heading + listed
        for number in sorted(stage.code_lines, reverse=True):
            del lines[number]
    return "".join(lines)


def main() -> None:
    """Rewrite `dvc.yaml`, or with `--check` only say whether it would change."""
    text = PIPELINE.read_text()
    wanted = rewritten(text, Path())
    if sys.argv[1:] != ["--check"]:
        PIPELINE.write_text(wanted)
        return
    difference = difflib.unified_diff(
        text.splitlines(), wanted.splitlines(), "dvc.yaml", "imports", lineterm=""
    )
    shown = "\n".join(difference)
    if shown:
        sys.stdout.write(f"{shown}\ndvc.yaml lists other code than the stages import. Run: make deps\n")
        sys.exit(1)


def _file_of(root: Path, module: str) -> Path | None:
    """The file of a module or package of ours, from `root`; None for anything else."""
    if module.split(".", maxsplit=1)[0] not in PACKAGES:
        return None
    path = Path(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if (root / candidate).is_file():
            return candidate
    return None


def _imported(root: Path, module: str) -> Iterator[str]:
    """Names that a module's import statements may load: modules, their packages, and `from` names."""
    file = _file_of(root, module)
    if file is None:
        return
    for node in ast.walk(ast.parse((root / file).read_text(), filename=str(file))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_packages(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from _with_packages(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
    yield from _with_packages(module)


def _with_packages(module: str) -> Iterator[str]:
    parts = module.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _says_anything(root: Path, file: Path) -> bool:
    return bool((root / file).read_text().strip())


def _entries(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise BadPipeline("dvc.yaml must hold `stages:` with one section a stage")
    return {key.value: value for key, value in node.value}


def _stage(name: str, node: yaml.Node) -> StageText:
    entries = _entries(node)
    command = entries.get("cmd")
    found = _COMMAND.match(str(command.value)) if command is not None else None
    if command is None or found is None:
        raise BadPipeline(
            f"stage {name} does not run a module of pipelines",
            allowed=f"cmd: python -m pipelines.{name}",
            given=None if command is None else command.value,
        )
    dependencies = entries.get("deps")
    if dependencies is None:
        return StageText(
            name, found["module"], (), (), command.end_mark.line + 1, node.start_mark.column, has_list=False
        )
    return _listed(name, found["module"], node.start_mark.column, dependencies)


def _listed(name: str, module: str, indent: int, dependencies: yaml.Node) -> StageText:
    if not isinstance(dependencies, yaml.SequenceNode) or dependencies.flow_style:
        raise BadPipeline(f"the deps of stage {name} must be a list with one line for each")
    items = dependencies.value
    code = [item for item in items if _is_code(item.value)]
    return StageText(
        name=name,
        module=module,
        code=tuple(item.value for item in code),
        code_lines=tuple(item.start_mark.line for item in code),
        insert_at=items[-1].start_mark.line + 1,
        indent=indent,
        has_list=True,
    )


def _is_code(dependency: str) -> bool:
    return dependency.endswith(".py") and dependency.split("/", maxsplit=1)[0] in PACKAGES


if __name__ == "__main__":
    run(main)
