"""The layers hold, and the tool that says so does see a planted violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("models", "pipelines", "serving")
LINT = [
    sys.executable,
    "-c",
    "from importlinter.cli import lint_imports_command as lint; lint()",
    "--no-cache",
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(LINT, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def plant(folder: Path, module: str, line: str) -> str:
    """Append an import to a module and return what the linter says of it."""
    path = folder / module
    path.write_text(f"{path.read_text()}\n{line}\n")
    found = lint_imports(folder)
    assert found.returncode != 0, f"not caught: {line} in {module}"
    return found.stdout


def test_the_layers_hold():
    found = lint_imports(ROOT)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("module", "line", "named"),
    [
        ("models/contract/tables.py", "import serving", "models.contract.tables -> serving"),
        (
            "models/features/frame.py",
            "from pipelines import paths",
            "models.features.frame -> pipelines.paths",
        ),
        ("models/domain/money.py", "import numpy", "models.domain.money -> numpy"),
        ("models/domain/instants.py", "import pyarrow", "models.domain.instants -> pyarrow"),
        ("pipelines/paths.py", "import fastapi", "pipelines.paths -> fastapi"),
        ("pipelines/params.py", "import mlflow", "pipelines.params -> mlflow"),
        ("serving/__init__.py", "import pipelines.paths", "serving -> pipelines.paths"),
        ("serving/__init__.py", "import lightgbm", "serving -> lightgbm"),
        (
            "models/learned/__init__.py",
            "from models.policy import settings",
            "models.learned -> models.policy.settings",
        ),
    ],
)
def test_a_planted_violation_is_named(copy, module, line, named):
    assert named in plant(copy, module, line)
