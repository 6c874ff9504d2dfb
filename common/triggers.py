"""Database triggers that several apps hang on their tables."""

from __future__ import annotations

import pgtrigger


def append_only() -> list[pgtrigger.Trigger]:
    """Rows are written once: UPDATE, DELETE and TRUNCATE are refused by the database."""
    return [
        pgtrigger.Protect(name="rows_are_final", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'this table is append-only';",
        ),
    ]


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
