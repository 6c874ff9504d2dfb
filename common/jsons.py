"""JSON columns in the database: what Django has no expression for."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, JSONField, TextField, Value


class Blanked(Func):
    """A JSON object with the values of some keys, where it has them, made empty."""

    arity = 2
    output_field = JSONField()
    template = (
        "(SELECT coalesce(jsonb_object_agg(part.key, CASE WHEN part.key = ANY(given.keys)"
        " THEN '\"\"'::jsonb ELSE part.value END), '{}'::jsonb)"
        " FROM (VALUES (%(expressions)s)) AS given(object, keys), jsonb_each(object) AS part)"
    )


def blanked(column: str, keys: Sequence[str]) -> Blanked:
    """The column's object with these keys, where it has them, made empty."""
    return Blanked(F(column), Value(list(keys), output_field=ArrayField(TextField())))
