"""Database triggers that several apps hang on their tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pgtrigger
from django.db import connection

ERASING = "pennant.erasing"  # a setting of one transaction


@contextmanager
def erasing() -> Iterator[None]:
    """Let what people typed be taken out of final rows: for erasing a person, and nothing else.

    Inside a transaction; amounts, dates and ids stay as final as ever.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [ERASING])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'off', true)", [ERASING])


def append_only(*, erasable: Sequence[str] = ()) -> list[pgtrigger.Trigger]:
    """Rows are written once: UPDATE, DELETE and TRUNCATE are refused by the database.

    The columns in `erasable` hold words; they may be changed while a person is erased.
    """
    return [
        _final_but_for(erasable)
        if erasable
        else pgtrigger.Protect(
            name="rows_are_final", operation=pgtrigger.Update | pgtrigger.Delete
        ),
        pgtrigger.Trigger(
            name="no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'this table is append-only';",
        ),
    ]


def _final_but_for(columns: Sequence[str]) -> pgtrigger.Trigger:
    names = "{" + ",".join(columns) + "}"
    return pgtrigger.Trigger(
        name="rows_are_final",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=(
            f"IF TG_OP = 'UPDATE' AND current_setting('{ERASING}', true) = 'on' "
            f"AND to_jsonb(NEW) - '{names}'::text[] = to_jsonb(OLD) - '{names}'::text[] "
            "THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION 'this table is append-only';"
        ),
    )


def bumps_program_version() -> list[pgtrigger.Trigger]:
    """Any change of a table of program data moves the version by which every process caches it.

    The version is the clock in microseconds, so that no two states ever share one, not even after
    a rollback.
    """
    return [
        pgtrigger.Trigger(
            name="program_version",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
            func=(
                "UPDATE program_program SET version = "
                "greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); "
                "RETURN NULL;"
            ),
        ),
    ]


def bumps_own_version() -> list[pgtrigger.Trigger]:
    """The same for the program's own row: a new time zone or name is a new version."""
    return [
        pgtrigger.Trigger(
            name="own_version",
            level=pgtrigger.Row,
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=(
                "NEW.version = greatest(OLD.version + 1, "
                "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint); "
                "RETURN NEW;"
            ),
        ),
    ]
