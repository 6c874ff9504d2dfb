"""An app knows only the floors below it: imports, keys, templates and addresses obey one law."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

from importlinter.cli import lint_imports

from tests.architecture.house import FLOORS, ROOT, house_models, may_use, trees

# Folders of templates that are not named after their app: whose floor they live on.
TEMPLATE_HOMES = {"account": "portal", "allauth": "portal", "admin": "desk", "demo": "loyalty_site"}
SHARED_TEMPLATES = {"base.html", "ui"}  # anybody may extend and include these
USES = re.compile(r"{%-?\s*(?:include|extends)\s+[\"']([^\"']+)[\"']")
NAMES = re.compile(r"{%-?\s*url\s+[\"'](([a-z_]+):[a-z_]*)")
SIGNALS = re.compile(r"(^|\.)(dispatch|signals|receiver)(\.|$)")
SPACES = {"admin": "desk", "demo": "loyalty_site", "api": "partners"}
DOORS = {"admin:index", "admin:login"}  # staff who land at the members' door are shown to their own


def test_the_import_law_holds() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_the_import_law_knows_every_app_and_its_floor() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c["layers"] for c in settings["contracts"] if c["type"] == "layers")
    lowest_first = [set(layer.replace(" ", "").split("|")) for layer in reversed(layers)]
    expected = [
        {app for app in FLOORS if FLOORS[app] == floor} for floor in range(max(FLOORS.values()) + 1)
    ]
    assert lowest_first == expected
    assert set(settings["root_packages"]) == set(FLOORS)
    assert {path.parent.name for path in ROOT.glob("*/apps.py")} <= set(FLOORS)


def test_foreign_keys_point_down() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in house_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is not None
        if (target := field.related_model._meta.app_label) in FLOORS
        and not may_use(model._meta.app_label, target)
    ]
    assert not wrong


def test_there_are_no_signals() -> None:
    found = []
    for path, tree in trees():
        for node in ast.walk(tree):
            module = getattr(node, "module", None) or ""
            names = [alias.name for alias in getattr(node, "names", []) if hasattr(alias, "name")]
            imported = [module, *names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            if any(
                re.search(r"(^|\.)(dispatch|signals|receiver)(\.|$)", name) for name in imported
            ):
                found.append(f"{path}:{node.lineno}")
    # A framework's own announcement may be listened to where the process is put together.
    assert [place for place in found if not place.startswith("loyalty_site/celery.py")] == []


def test_templates_use_no_template_of_a_higher_floor() -> None:
    wrong = [
        f"{path} uses {used}"
        for path, text in _templates()
        for used in USES.findall(text)
        if (ROOT / "templates" / used).exists()  # others come from packages
        and used.split("/")[0] not in SHARED_TEMPLATES
        and not may_use(_home(path), _home(Path(used)))
    ]
    assert not wrong


def test_templates_name_no_address_of_a_higher_floor() -> None:
    wrong = []
    for path, text in _templates():
        for name, space in NAMES.findall(text):
            if not may_use(_home(path), SPACES.get(space, space)) and name not in DOORS:
                wrong.append(f"{path} names {name}")
    assert not wrong


def test_code_names_no_address_of_a_higher_floor() -> None:
    wrong = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named = re.fullmatch(r"([a-z]+):[a-z_]+", node.value)
                space = SPACES.get(named[1], named[1]) if named else ""
                if space in ("portal", "desk", "partners") and not may_use(path.parts[0], space):
                    wrong.append(f"{path}:{node.lineno} names {node.value}")
    assert not wrong


def _templates() -> list[tuple[Path, str]]:
    root = ROOT / "templates"
    return [(p.relative_to(root), p.read_text(encoding="utf-8")) for p in sorted(root.rglob("*.*"))]


def _home(path: Path) -> str:
    """The app on whose floor a template lives; what lies directly in templates/ is the portal's."""
    first = path.parts[0]
    return TEMPLATE_HOMES.get(first, first if first in FLOORS else "portal")
