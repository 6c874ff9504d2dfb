"""Every column of every table says whether somebody is known by it, packages' tables included."""

from __future__ import annotations

import ast

from django.apps import apps
from django.db import models

from common import privacy
from common.privacy import Sheet
from members.models import MemberOwned
from tests.architecture.house import trees

# What Django makes for itself and the house never uses.
OURS = (models.CharField, models.TextField, models.JSONField)


def tables() -> dict[str, type[models.Model]]:
    return {model._meta.label: model for model in apps.get_models(include_auto_created=True)}


def described() -> dict[str, Sheet]:
    return {sheet.model: sheet for sheet in privacy.sheets()}


def test_every_table_is_described_and_every_description_has_its_table() -> None:
    assert described().keys() == tables().keys(), "describe it in <app>/privacy.py"


def test_every_column_is_described_and_every_description_has_its_column() -> None:
    wrong = {
        label: sorted(known ^ set(described()[label].columns))
        for label, model in tables().items()
        if (known := {field.name for field in model._meta.concrete_fields})
        != set(described()[label].columns)
    }
    assert wrong == {}, "say in <app>/privacy.py what these columns hold about people"


def test_rows_that_belong_to_somebody_say_to_whom() -> None:
    owned = {label for label, model in tables().items() if issubclass(model, MemberOwned)}
    named = {
        label
        for label, model in tables().items()
        if any(field.name == "member_id" for field in model._meta.concrete_fields)
    }
    assert [label for label in owned | named if not described()[label].member] == []


def test_personal_columns_are_in_rows_that_belong_to_somebody() -> None:
    lost = [
        f"{sheet.model}.{name}"
        for sheet in privacy.sheets()
        for name, column in sheet.columns.items()
        if column.is_personal and not sheet.is_about_people
    ]
    assert lost == []


def test_what_belongs_to_somebody_has_a_title_for_them() -> None:
    assert [s.model for s in privacy.sheets() if s.is_about_people and not s.title] == []


def test_what_is_withheld_has_a_reason_that_reads_as_a_sentence() -> None:
    reasons = {
        str(column.withheld)
        for sheet in privacy.sheets()
        for column in sheet.columns.values()
        if column.withheld
    }
    assert reasons
    assert all(reason.endswith(".") for reason in reasons)


def test_text_in_which_people_may_be_named_can_be_rewritten() -> None:
    wrong = [
        f"{sheet.model}.{name}"
        for sheet in privacy.sheets()
        for name in sheet.texts()
        if not isinstance(sheet.table._meta.get_field(name), OURS)
    ]
    assert wrong == []


def test_only_erasure_opens_final_rows() -> None:
    users = {
        str(path)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and any(
            alias.name == "erasing" and node.module == "common.triggers" for alias in node.names
        )
    }
    assert users == {"members/erasure.py"}
