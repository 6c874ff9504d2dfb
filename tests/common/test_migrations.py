"""Initial migrations make their tables together, and take them back."""

from __future__ import annotations

import importlib

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from common.migrations import Together

TOGETHER = Together(
    [
        migrations.CreateModel("Pier", [("id", models.AutoField(primary_key=True))]),
        migrations.CreateModel(
            "Ship",
            [
                ("id", models.AutoField(primary_key=True)),
                ("pier", models.ForeignKey("members.Pier", models.CASCADE)),
            ],
            {"constraints": [models.UniqueConstraint(fields=["pier"], name="members_ship_alone")]},
        ),
    ]
)


def tables() -> set[str]:
    return {"members_pier", "members_ship"} & set(connection.introspection.table_names())


@pytest.mark.django_db
def test_tables_are_made_together_and_taken_back() -> None:
    before, after = ProjectState(), ProjectState()
    TOGETHER.state_forwards("members", after)
    with connection.schema_editor() as editor:
        TOGETHER.database_forwards("members", editor, before, after)
    assert tables() == {"members_pier", "members_ship"}
    with connection.schema_editor() as editor:
        TOGETHER.database_backwards("members", editor, after, before)
    assert tables() == set()


def test_a_state_that_was_rendered_is_rendered_anew() -> None:
    state = ProjectState()
    assert not list(state.apps.get_models())
    TOGETHER.state_forwards("members", state)
    assert {model.__name__ for model in state.apps.get_models()} == {"Pier", "Ship"}


def test_every_initial_migration_is_one_step() -> None:
    """A hundred tables made one by one take three times as long."""
    for app in ("members", "points", "tiers", "earning", "rewards", "surveys", "partners"):
        made = importlib.import_module(f"{app}.migrations.0001_initial").Migration.operations
        assert not [step for step in made if isinstance(step, migrations.CreateModel)], app
