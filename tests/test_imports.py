"""What may import what, what `import samplers` loads and costs, and how large a room may be."""

import ast
import json
import os
import re
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {  # the arrows: notebooks -> lab -> compare -> api -> wire -> core, local -> wire
    "core": {"core"},
    "wire": {"wire", "core"},
    "local": {"local", "wire", "core"},
    "api": {"api", "wire", "core"},
    "compare": {"compare", "api", "wire", "core"},
    "lab": {"lab", "compare", "api", "wire", "core"},
    "notebooks": {"lab", "compare", "api", "core"},
}
INNER = {  # the arrows inside a room: of each folder in it, which others it may import
    "local": {
        "engine": set(),
        "room": {"engine"},
        "store": set(),
        "request": {"engine", "store"},
        "answer": {"engine", "request", "store"},
        "conditions": {"request", "answer"},
        "moderation": {"request"},
        "audio": {"request", "answer"},
        "keys": {"request", "answer", "store"},
        "pages": {"request"},
        "realtime": {"request", "answer", "audio", "engine"},
        "batches": {"request", "answer", "store", "engine", "moderation", "dialects"},
        "dialects": {"request", "answer", "engine", "store", "keys"},
    },
    "api": {
        "pricing": set(),
        "stream": set(),
        "structured": set(),
        "forms": set(),
        "responses": {"pricing", "retries", "stream", "transport"},
        "tools": {"forms", "responses", "structured"},
        "limits": {"pricing"},
        "retries": {"stream"},
        "transport": {"limits", "pricing", "retries", "stream"},
        "gathering": {"transport"},
        "batches": {"gathering", "pricing", "retries", "transport"},
        "dialects": {"stream", "structured"},
        "safety": set(),
        "audio": {"transport"},
        "adapters": set(),
    },
    "lab": {
        "lessons": set(),
        "plots": {"lessons"},
        "explorer": {"plots"},
        "stepper": {"plots", "explorer"},
        "publish": {"lessons", "plots", "explorer"},
    },
}
PYTHON = sorted((ROOT / "samplers").rglob("*.py"))
NOTEBOOKS = sorted(
    p for p in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts
)
FILES = PYTHON + NOTEBOOKS


def part_of(module: str) -> str:
    """The room of a module: "api" of samplers.api.client, "core" of samplers.draw."""
    second = module.partition(".")[2].partition(".")[0]
    return second if second in ALLOWED else "core"


def source_of(path: Path) -> str:
    if path.suffix == ".py":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    is_magic = re.compile(r"\s*[%!]")
    lines = ["pass" if is_magic.match(line) else line for line in code.splitlines()]
    return "\n".join(lines)


@cache  # several tests ask for the same file
def import_statements(path: Path) -> list[tuple[str, list[str]]]:
    """(module, names imported from it) of each import in a file, relative ones resolved."""
    package = list(path.relative_to(ROOT).parts[:-1])
    statements = []
    for node in ast.walk(ast.parse(source_of(path))):
        if isinstance(node, ast.Import):
            statements += [(alias.name, []) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            parts = [*above, node.module] if node.module else above
            statements.append((".".join(parts), [alias.name for alias in node.names]))
    return statements


def modules(path: Path) -> set[str]:
    """The modules that a file's import statements name."""
    return {module for module, _ in import_statements(path)}


def imported(path: Path) -> set[str]:
    """The same, and all names imported from `samplers` itself: each may be a module."""
    result = modules(path)
    for module, names in import_statements(path):
        if module == "samplers":
            result |= {f"{module}.{name}" for name in names}
    return result


def owner(path: Path) -> str:
    """The room that a file is in."""
    parts = path.relative_to(ROOT).parts
    return "notebooks" if parts[0] == "notebooks" else part_of(".".join(parts[:-1]))


def files_of(room: str) -> list[Path]:
    return [path for path in FILES if owner(path) == room]


def test_arrows_run_one_way():
    for path in FILES:
        reached = {part_of(name) for name in imported(path) if name.split(".")[0] == "samplers"}
        assert reached <= ALLOWED[owner(path)], path


@pytest.mark.parametrize("room", INNER)
def test_arrows_inside_a_room_run_one_way(room):
    folders = sorted(p.name for p in (ROOT / "samplers" / room).iterdir() if any(p.glob("*.py")))
    assert folders == sorted(INNER[room])

    for folder, others in INNER[room].items():
        prefix = f"samplers.{room}."
        for path in (ROOT / "samplers" / room / folder).rglob("*.py"):
            rooms = {
                name.removeprefix(prefix).split(".")[0]
                for name in imported(path)
                if name.startswith(prefix)
            }
            assert rooms & INNER[room].keys() <= {folder} | others, path


def test_no_modules_import_each_other_in_a_circle():
    """Not even by an import inside a function."""
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in PYTHON}
    graph = {}
    for path in PYTHON:
        if path.name == "__init__.py":
            continue  # a package's top: no module of the package may need it
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        candidates = {
            f"{parent}.{name}" for parent, taken in import_statements(path) for name in taken
        }
        graph[module] = (candidates | modules(path)) & names
    TopologicalSorter(graph).prepare()  # CycleError names the modules


def test_lessons_import_from_the_package_tops():
    for path in files_of("notebooks"):
        ours = {name for name in modules(path) if name.split(".")[0] == "samplers"}
        assert ours <= {"samplers", "samplers.api", "samplers.compare", "samplers.lab"}, path


def test_the_core_imports_numpy_and_the_standard_library_alone():
    allowed = {"samplers", "numpy"} | sys.stdlib_module_names
    for path in files_of("core"):
        assert {name.split(".")[0] for name in imported(path)} <= allowed, path


def test_the_wire_imports_the_core_and_the_standard_library_alone():
    allowed = {"samplers"} | sys.stdlib_module_names
    for path in files_of("wire"):
        assert {name.split(".")[0] for name in imported(path)} <= allowed, path


def test_no_file_is_over_300_lines():
    for path in PYTHON:
        assert len(source_of(path).splitlines()) <= 300, path


def test_no_folder_has_more_than_18_modules():
    for folder in {path.parent for path in PYTHON}:
        assert len([p for p in folder.glob("*.py") if p.name != "__init__.py"]) <= 18, folder


def fresh(code: str) -> str:
    """What a new interpreter prints that runs `code` and may keep its bytecode."""
    env = dict(os.environ)
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env.pop("COVERAGE_PROCESS_START", None)
    command = [sys.executable, "-c", code]
    process = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert process.returncode == 0, process.stderr
    return process.stdout


def test_import_samplers_loads_numpy_and_nothing_else():
    code = """
import numpy, sys
before = set(sys.modules)
import samplers
print(*(set(sys.modules) - before))
"""
    loaded = fresh(code).split()
    assert "samplers.chain" in loaded
    assert {name.split(".")[0] for name in loaded} - {"samplers"} <= sys.stdlib_module_names
    assert {part_of(name) for name in loaded if name.startswith("samplers")} == {"core"}


def test_import_samplers_costs_under_1_3_times_import_numpy():
    code = """
from time import perf_counter
start = perf_counter()
import numpy
middle = perf_counter()
import samplers
print(middle - start, perf_counter() - middle)
"""
    # noise only ever adds, so the least of several runs is the cost
    runs = [[float(x) for x in fresh(code).split()] for _ in range(7)]
    numpy_alone, on_top = (min(column) for column in zip(*runs, strict=True))
    assert (numpy_alone + on_top) / numpy_alone < 1.3
