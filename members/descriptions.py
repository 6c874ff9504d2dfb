"""What scenarios can say about people, in words."""

from __future__ import annotations

from members.scenes import EnrollTable, HouseholdTable
from program.describing import describe


def install() -> None:
    """Say it; called once, when the app is ready."""
    describe(
        "Step",
        "",
        {
            "enroll": ("Somebody joins, and is on stage from now on.", '{ name = "Emil" }'),
            "household": ("The step's member moves in.", '{ name = "The Kleins" }'),
        },
    )
    describe(
        EnrollTable,
        "Somebody who joins.",
        {
            "name": ("What later steps call them.", '"Emil"'),
            "birthday": ("Their day of birth.", "2001-03-05"),
            "segments": ("The groups they are in.", '["students"]'),
        },
    )
    describe(
        HouseholdTable,
        "A household; whoever moves in first is its head.",
        {"name": ("Which one.", '"The Kleins"')},
    )
