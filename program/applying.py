"""Applying: making rows say what a table of a blueprint says, with sentences about what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def upsert(
    model: type[M], match: Mapping[str, Any], values: Mapping[str, Any], *, label: str
) -> tuple[M, list[str]]:
    """Make the row found by `match` say `values`.

    Returns it with at most one sentence about what changed.
    """
    row = model._default_manager.filter(**match).first()
    if row is None:
        return model._default_manager.create(**match, **values), [f"{label} was added."]
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    told = [name for name in changed if name != "position"]  # `reordered` tells of that
    return row, [f"{label} changed: {', '.join(told)}."] if told else []


def reordered(known: models.QuerySet[Any], codes: Sequence[str], *, what: str) -> list[str]:
    """One sentence where what is listed stands in another order than before; ask before writing."""
    before = [code for code in known.values_list("code", flat=True) if code in codes]
    after = [code for code in codes if code in before]
    return [f"The order of {what} changed."] if before != after else []
