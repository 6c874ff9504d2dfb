"""What the program can say can be typed, and what the database refuses is said in words."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Model
from django.forms.models import _get_foreign_key
from django.test import RequestFactory

import loyalty_site.urls  # noqa: F401  (the admin is discovered there)
from desk.admin import rest
from desk.admin.base import FactAdmin
from desk.refusals import sentence_of
from members.models import User

# What is set in another way than by typing: by the blueprint, by succeeding, by the clock.
NOT_TYPED = {"program.code", "rule.revision", "segmentmember.added_at"}


def edited() -> list[tuple[type[Model], set[str]]]:
    """Every model of the program that has a form, with its fields there."""
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True, is_staff=True)
    found: list[tuple[type[Model], set[str]]] = []
    for model, site in admin.site._registry.items():
        if isinstance(site, FactAdmin) or model._meta.app_label not in rest.HOUSE or model is User:
            continue
        found.append((model, set(flatten_fieldsets(site.get_fieldsets(request)))))
        for inline in site.get_inline_instances(request):
            to_parent = _get_foreign_key(inline.parent_model, inline.model).name
            shown = flatten_fieldsets([(None, {"fields": inline.get_fields(request)})])
            found.append((inline.model, {to_parent, *shown}))
    return found


def test_every_field_of_the_program_is_in_a_form() -> None:
    missing = {
        f"{model._meta.model_name}.{field.name}"
        for model, shown in edited()
        for field in model._meta.fields
        if field.editable and field.name not in shown
    }
    assert missing - NOT_TYPED == set(), "give these a place in desk/admin"


def test_every_constraint_on_what_is_edited_has_its_sentence() -> None:
    names = {one.name for model, _shown in edited() for one in model._meta.constraints}
    names -= {"program_program_is_the_only_one"}  # nothing that is typed can break it
    mute = {name for name in names if sentence_of(name).startswith("The database refused")}
    assert mute == set(), "give these a sentence in desk/refusals.py"
