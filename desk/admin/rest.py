"""Every model of the house is in the admin: what no other module shows is shown here, plainly and
to be read.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models

from desk.admin.base import FactAdmin

HOUSE = (
    "program", "members", "events", "points", "tiers", "earning", "rewards", "partners",
    "messaging", "surveys",
)  # fmt: skip
COLUMNS = 6  # what a list can show side by side


def register_rest() -> None:
    """Register the models of the house that have no page yet. Call it after all other modules."""
    for app in HOUSE:
        for model in apps.get_app_config(app).get_models():
            if not admin.site.is_registered(model):
                admin.site.register(model, plain(model))


def plain(model: type[models.Model]) -> type[FactAdmin]:
    """A read-only page of all columns, with the rows they point to read in the same query."""
    fields = [field for field in model._meta.fields if not isinstance(field, models.JSONField)]
    names = tuple(field.name for field in fields)
    columns: dict[str, Any] = {
        "list_display": names[:COLUMNS],
        "list_select_related": tuple(
            field.name for field in fields[:COLUMNS] if isinstance(field, models.ForeignKey)
        ),
        "fields": tuple(field.name for field in model._meta.fields),
    }
    return type(f"{model.__name__}Admin", (FactAdmin,), columns)
