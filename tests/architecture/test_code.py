"""How the code looks, as far as a machine can see it: sizes, numbers, and who may ask for what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.house import CORE, ROOT, python_files, trees

MODULE_LINES = 400
FUNCTION_LINES = 70
Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_modules_fit_on_a_few_screens() -> None:
    paths = [*python_files(), *sorted((ROOT / "tests").rglob("*.py"))]
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in paths}
    assert {path: lines for path, lines in sizes.items() if lines > MODULE_LINES} == {}


def test_functions_fit_on_one() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, Function) and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
    ]
    assert not long


def test_the_core_has_no_floats() -> None:
    """Amounts are integers, rates decimals or fractions; what only measures or draws may differ."""
    excused = ("common/ui/", "common/templatetags/", "management/")
    found = []
    for path, tree in trees(*CORE):
        if any(part in str(path) for part in excused):
            continue
        for node in ast.walk(tree):
            is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            is_name = isinstance(node, ast.Name) and node.id == "float"
            is_column = isinstance(node, ast.Attribute) and node.attr == "FloatField"
            if is_literal or is_name or is_column:
                found.append(f"{path}:{node.lineno}")
    assert not found


def test_only_the_clock_asks_the_time() -> None:
    allowed = {"common/clock.py", "common/ids.py"}
    asks = {"now", "utcnow", "today", "time", "time_ns"}
    modules = {"datetime", "date", "timezone", "time"}
    found = [
        f"{path}:{node.lineno}"
        for path, node, owner in _attributes()
        if node.attr in asks and owner in modules and str(path) not in allowed
    ]
    assert not found


def test_only_env_reads_the_environment() -> None:
    # Before Django is there, its settings have to be named.
    allowed = {"loyalty_site/env.py", "loyalty_site/bootstrap.py"}
    found = [
        f"{path}:{node.lineno}"
        for path, node, owner in _attributes()
        if (owner == "os" and node.attr in {"environ", "getenv"})
        and str(path) not in allowed
        and not _names_the_settings(path, node.lineno)
    ]
    assert not found


def test_only_tests_step_round_the_guards() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, node, owner in _attributes()
        if owner == "pgtrigger" and node.attr in {"ignore", "schema", "constraints"}
    ]
    assert not found


def test_no_drawer_for_every_wish() -> None:
    unwanted = {"services", "utils", "helpers", "managers", "signals", "misc"}
    assert [path for path in python_files() if path.stem in unwanted] == []


def test_nobody_swallows_every_exception() -> None:
    """Only the edge of the process may: it records and answers."""
    excused = {"loyalty_site/health.py", "loyalty_site/failures.py", "common/api.py"}
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
        and not any(isinstance(last, ast.Raise) for last in node.body[-1:])
        and str(path) not in excused
    ]
    assert not found


def test_every_core_module_says_what_it_owns() -> None:
    excused = {"__init__", "apps", "errors", "tasks", "forms"}
    silent = [
        str(path)
        for path, tree in trees(*CORE)
        if path.stem not in excused
        and "management" not in path.parts
        and ast.get_docstring(tree) is None
    ]
    assert not silent


def test_deciding_knows_no_framework() -> None:
    """What rules pay and which tier follows is pure Python: no database, no clock, no Django."""
    plain = {"__future__", "dataclasses", "collections.abc", "typing", "uuid", "bisect"}
    plain |= {"datetime", "decimal", "fractions", "math", "zoneinfo"}
    house = {
        "earning.ages",
        "earning.limits",
        "tiers.terms",
        "tiers.flattening",
        "tiers.groups",
        "tiers.visits",
        "tiers.series",
        "tiers.years",
        "tiers",
        "tiers.using_up",
        "common",
    }  # the calendar of common.clock, not its present moment
    pure = ("earning/evaluation.py", "earning/ages.py", "earning/limits.py")
    pure += ("tiers/qualification.py", "tiers/terms.py", "tiers/flattening.py", "tiers/visits.py")
    pure += ("tiers/groups.py", "tiers/series.py", "tiers/using_up.py", "tiers/years.py")
    pure += ("surveys/measures.py", "surveys/hours.py")
    for name in pure:
        nodes = list(ast.walk(ast.parse((ROOT / name).read_text())))
        modules = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
        modules |= {
            one.name for node in nodes if isinstance(node, ast.Import) for one in node.names
        }
        assert modules <= plain | house, name


def test_no_test_is_skipped_and_nothing_is_left_to_do() -> None:
    marks = ("pytest.mark.skip", "pytest.skip(", "mark.xfail", "unittest.mock", "TO" + "DO")
    # What drives a browser says so where there is none; everything else runs everywhere.
    excused = {Path(__file__).resolve(), ROOT / "tests" / "conftest.py"}
    paths = [*python_files(), *sorted((ROOT / "tests").rglob("*.py"))]
    found = [
        f"{path.relative_to(ROOT)}: {mark}"
        for path in paths
        if path not in excused
        for mark in marks
        if mark in path.read_text(encoding="utf-8")
    ]
    assert not found


def _attributes() -> Iterator[tuple[Path, ast.Attribute, str]]:
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield path, node, node.value.id


def _names_the_settings(path: Path, line: int) -> bool:
    return "DJANGO_SETTINGS_MODULE" in (ROOT / path).read_text().splitlines()[line - 1]


def test_files_for_spreadsheets_have_one_writer() -> None:
    """What somebody typed must not become a formula when a file is opened: `common.sheets`."""
    writers = {
        str(path)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("writer", "DictWriter")
        and isinstance(node.value, ast.Name)
        and node.value.id == "csv"
    }
    assert writers == {"common/sheets.py"}
