"""Rules that every module keeps, read from its text."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("models", "pipelines", "serving")

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40

NAMES_OF_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "base"}
PICKLES = {"pickle", "cloudpickle", "dill", "joblib", "shelve", "skops"}

# What reaches outside the process: files, environment, clock, connections, other processes.
EFFECTS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "exists", "environ", "getenv",
    "now", "utcnow", "today", "time", "monotonic", "perf_counter", "connect", "create_engine", "Popen",
    "check_output", "urlopen", "default_rng", "seed", "load_library", "import_module", "__import__",
}  # fmt: skip


def texts() -> dict[str, str]:
    """Every module of the three packages by its path."""
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return {file.relative_to(ROOT).as_posix(): file.read_text() for file in files}


def trees() -> dict[str, ast.Module]:
    return {path: ast.parse(text) for path, text in texts().items()}


def files_of_tests() -> list[Path]:
    return sorted((ROOT / "tests").rglob("*.py"))


def imported(tree: ast.Module) -> set[str]:
    """Top-level names of everything a module imports, wherever the statement stands."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def names_used(nodes: Iterable[ast.AST]) -> set[str]:
    """Names called or read, whether plain or after a dot."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return found


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs when a module is imported: not in a function, not under `if __name__ == …`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "__name__" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        yield child
        yield from run_at_import(child)


def long_functions(tree: ast.Module) -> dict[str, int]:
    """Functions whose body, docstring apart, has too many lines."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            if lines > LONGEST_FUNCTION:
                found[node.name] = lines
    return found


def offenders(found: dict[str, object]) -> dict[str, object]:
    """Only the modules for which something was found."""
    return {path: what for path, what in found.items() if what}


def test_nothing_happens_at_import():
    found = {path: names_used(run_at_import(tree)) & EFFECTS for path, tree in trees().items()}
    assert offenders(found) == {}


def test_an_effect_at_import_is_seen():
    eager = ast.parse("import os\nclass A:\n    HOME = os.environ['HOME']\nX = open('settings.txt')\n")
    assert names_used(run_at_import(eager)) >= {"environ", "open"}


def test_an_effect_inside_a_function_is_not_at_import():
    lazy = ast.parse("def read():\n    return open('settings.txt')\nif __name__ == '__main__':\n    read()\n")
    assert names_used(run_at_import(lazy)) == set()


def test_a_module_is_named_for_its_subject():
    assert [path for path in texts() if Path(path).stem in NAMES_OF_NOTHING] == []


def test_a_module_is_short_enough_to_read():
    lengths = {path: len(text.splitlines()) for path, text in texts().items()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_a_function_is_short_enough_to_see():
    assert offenders({path: long_functions(tree) for path, tree in trees().items()}) == {}


def test_nothing_is_pickled():
    assert offenders({path: imported(tree) & PICKLES for path, tree in trees().items()}) == {}


def test_nothing_is_imported_by_a_string():
    strings = {"import_module", "__import__"}
    assert offenders({path: names_used(ast.walk(tree)) & strings for path, tree in trees().items()}) == {}


def test_mlflow_is_imported_where_runs_are_logged_and_in_the_script_it_keeps():
    users = [path for path, tree in trees().items() if "mlflow" in imported(tree)]
    assert set(users) <= {"pipelines/pyfunc.py", "pipelines/tracking.py"}


def test_what_a_server_runs_does_not_print():
    found = {
        path: names_used(ast.walk(tree)) & {"print"}
        for path, tree in trees().items()
        if not path.startswith("pipelines/")
    }
    assert offenders(found) == {}


def test_the_three_packages_hold_all_the_code():
    not_shipped = {"benchmarks", "notebooks", "tests", "docs"}
    folders = {file.relative_to(ROOT).parts[0] for file in ROOT.glob("[a-z]*/*.py")}
    assert folders - not_shipped == set(PACKAGES)


def test_no_test_folder_is_a_package():
    assert [path for path in files_of_tests() if path.name == "__init__.py"] == []


def test_no_test_folder_hides_a_package():
    assert [package for package in PACKAGES if (ROOT / "tests" / package).exists()] == []


def test_every_test_file_has_a_name_of_its_own():
    names = [path.name for path in files_of_tests() if path.name != "conftest.py"]
    assert sorted(names) == sorted(set(names))
