"""What the database is asked to guard: names, proofs and shapes of constraints, and migrations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.management import call_command
from django.db import connection, models

from members.models import Member, MemberOwned
from tests.architecture.house import FLOORS, ROOT, house_models

Named = tuple[type[models.Model], str]


def constraints() -> Iterator[tuple[type[models.Model], models.BaseConstraint]]:
    for model in house_models():
        for constraint in model._meta.constraints:
            yield model, constraint


def named() -> list[Named]:
    found = [(model, constraint.name) for model, constraint in constraints()]
    return found + [(m, index.name) for m in house_models() for index in m._meta.indexes]


def owned_models() -> list[type[MemberOwned]]:
    return [model for model in house_models() if issubclass(model, MemberOwned)]


@pytest.mark.django_db
def test_every_refusal_belongs_to_a_constraint_that_exists() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes UNION "
            "SELECT substring(prosrc FROM 'CONSTRAINT = ''(\\w+)') FROM pg_proc"
        )  # triggers refuse under names of their own
        known = {name for (name,) in cursor.fetchall()}
    apps = [app for app in FLOORS if (ROOT / app / "errors.py").exists()]
    modules = [import_module(f"{app}.errors") for app in apps]
    refusals = [name for module in modules for name in getattr(module, "REFUSALS", {})]
    assert len(refusals) >= 10
    assert set(refusals) <= known


def test_names_say_app_and_model() -> None:
    wrong = []
    for model, name in named():
        app, noun, *claim = name.split("_")
        words = [model.__name__, *re.findall(r"[A-Z][a-z]*", model.__name__)]
        if app != model._meta.app_label or noun not in {w.lower() for w in words} or not claim:
            wrong.append(name)
    assert not wrong, "A constraint or index is called <app>_<model>_<what is true>"


@pytest.mark.django_db
def test_every_constraint_in_the_database_says_its_app() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conname, t.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
            " WHERE c.contype IN ('c', 'u', 'x', 'p')"
        )
        rows = cursor.fetchall()
    tables = {model._meta.db_table: model._meta.app_label for model in house_models()}
    found = [(name, table) for name, table in rows if table in tables]
    assert len(found) > 100
    assert [name for name, table in found if not name.startswith(f"{tables[table]}_")] == []


def test_every_constraint_is_proven_by_a_test_that_goes_round_the_code() -> None:
    proofs = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "tests").rglob("test_*constraints*.py")
        if "architecture" not in path.parts
    )
    unproven = [c.name for _, c in constraints() if f'"{c.name}"' not in proofs]
    assert not unproven, "Name it in a test_constraints.py that makes PostgreSQL refuse"


def test_what_is_unique_for_a_members_row_contains_the_member() -> None:
    """So that tables can be distributed by member; what is unique across members has a key."""
    wrong = []
    for model in owned_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                wrong += [constraint.name] if "member" not in constraint.fields else []
            if isinstance(constraint, ExclusionConstraint):
                wrong += [constraint.name] if "member" not in dict(constraint.expressions) else []
        fields = model._meta.local_fields
        wrong += [f"{model.__name__}.{f.name}" for f in fields if f.unique and not f.primary_key]
    assert not wrong


def test_rows_about_a_member_carry_the_member() -> None:
    """A foreign key to a row that belongs to a member only comes from a row that belongs to one."""
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in house_models()
        for field in model._meta.local_fields
        if field.is_relation
        and isinstance(field.related_model, type)
        and issubclass(field.related_model, MemberOwned)
        and not issubclass(model, MemberOwned)
    ]
    assert not wrong
    assert len(owned_models()) >= 10
    assert all(model._meta.get_field("member").related_model is Member for model in owned_models())
    assert not any(model._meta.get_field("member").null for model in owned_models())


def test_every_foreign_key_and_every_order_has_an_index_or_a_reason() -> None:
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in house_models()
        for field in model._meta.local_fields
        if field.is_relation and not field.db_index and not field.unique
        if field.name not in leading(model)
    ]
    assert not wrong


@pytest.mark.django_db
def test_no_index_does_what_another_does() -> None:
    """One that another begins with is written for every row and asked for none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT less.indexrelid::regclass::text, more.indexrelid::regclass::text
                 FROM pg_index less
                 JOIN pg_index more USING (indrelid)
                 JOIN pg_class a ON a.oid = less.indexrelid
                 JOIN pg_class b ON b.oid = more.indexrelid AND b.relam = a.relam
                WHERE less.indexrelid <> more.indexrelid AND NOT less.indisunique
                  AND less.indpred IS NULL AND more.indpred IS NULL AND less.indexprs IS NULL
                  AND more.indkey::text || ' ' LIKE less.indkey::text || ' %%'
                  AND less.indrelid = ANY (%s::regclass[])""",
            [[model._meta.db_table for model in house_models()]],
        )
        assert not cursor.fetchall()


def leading(model: type[models.Model]) -> set[str]:
    """The fields that an index over several begins with: they need no other."""
    rules = [*model._meta.indexes, *model._meta.constraints]
    whole = [one for one in rules if not getattr(one, "condition", None)]
    return {one.fields[0].lstrip("-") for one in whole if getattr(one, "fields", ())}


def test_text_is_never_null() -> None:
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in house_models()
        for field in model._meta.local_fields
        if isinstance(field, models.CharField | models.TextField) and field.null
    ]
    assert not wrong


def test_no_row_disappears_with_another_by_accident() -> None:
    """PROTECT is the rule; parts of a whole may go with it."""
    parts = {
        ("ActivityAttribute", "type"),
        ("RuleCondition", "rule"),
        ("RuleLimit", "rule"),
        ("TierExpiry", "tier"),
        ("TierRoute", "tier"),
        ("TierNeed", "route"),
    }
    cascading = {
        (model.__name__, field.name)
        for model in house_models()
        for field in model._meta.local_fields
        if field.is_relation and field.remote_field.on_delete is not models.PROTECT
    }
    assert cascading <= parts


@pytest.mark.django_db
def test_migrations_are_in_step_with_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_nothing_overrides_save() -> None:
    wrong = [m.__name__ for m in house_models() if "save" in vars(m)]
    assert not wrong


def test_no_floating_point_column() -> None:
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in house_models()
        for field in model._meta.local_fields
        if isinstance(field, models.FloatField)
    ]
    assert not wrong
