"""What the doors of intake leave behind, told without the ids that are new every time."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models

from common.ids import public_id
from earning.models import Activity, ActivityChange, PendingActivity, UnclaimedActivity
from earning.models.activities import ActivityBody
from points.models import Entry, Posting

APPS = ("events", "points", "tiers", "earning", "members")
WRITTEN = {"id", "recorded_at", "transaction", "created_at"}  # when and under which number
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
PUBLIC = re.compile(r"(?:act|chg|pnd)_[0-9a-z]{26}")


def left_behind(*, without: Iterable[str] = ()) -> dict[str, list[str]]:
    """Every row of every table of the apps that take part, by table, in an order of its own.

    `without` are types of events that are left out.
    """
    names = _names()
    found: dict[str, list[str]] = {}
    for model in (model for app in APPS for model in apps.get_app_config(app).get_models()):
        rows = model._default_manager.all()
        if model._meta.label == "events.Event":
            rows = rows.exclude(type__in=list(without))
        found[model._meta.label] = sorted(_told(row, names) for row in rows)
    return {label: rows for label, rows in found.items() if rows}


def _told(row: models.Model, names: dict[str, str]) -> str:
    values: dict[str, Any] = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in WRITTEN
    }
    text = json.dumps(values, default=str, sort_keys=True)
    for form in (UUID, PUBLIC):
        text = form.sub(lambda found: names.get(found[0], found[0]), text)
    return text


def _names() -> dict[str, str]:
    """New ids by what their rows are: activities, postings, entries."""
    names: dict[str, str] = {}
    kinds: tuple[type[ActivityBody], ...] = (Activity, PendingActivity, UnclaimedActivity)
    for activity in (row for kind in kinds for row in kind.objects.all()):  # type: ignore[attr-defined]
        _name(names, activity.pk, f"activity {activity.partner_id} {activity.reference}", "act")
    for number, change in enumerate(ActivityChange.objects.order_by("activity", "number")):
        of = names[str(change.activity_id)]
        _name(names, change.pk, f"change {change.number} of {of} ({number})", "chg")
    for posting in Posting.objects.all():
        source = UUID.sub(lambda found: names.get(found[0], found[0]), posting.source)
        _name(names, posting.pk, f"posting {posting.member_id} {source}")
    for entry in Entry.objects.all():
        _name(names, entry.pk, f"entry {entry.account_id} {entry.version}")
    return names


def _name(names: dict[str, str], pk: uuid.UUID, name: str, prefix: str = "") -> None:
    names[str(pk)] = name
    if prefix:
        names[public_id(prefix, pk)] = name
