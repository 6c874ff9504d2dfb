"""What scenarios can say about people, in words."""

from __future__ import annotations

from members.scenes import (
    ConsentTable,
    EnrollTable,
    HouseholdTable,
    MoveOutTable,
    SegmentsTable,
)
from members.sections import SegmentTable
from program.describing import describe
from program.descriptions import CODE


def install() -> None:
    """Say it; called once, when the app is ready."""
    describe(
        SegmentTable,
        "A group of members that staff or another system puts together: students, card holders. "
        "Rules, rewards, prices and ways to a tier can be for it.",
        {
            "code": (CODE, '"students"'),
            "name": ("What staff read.", '"Students"'),
        },
    )
    describe(
        "Step",
        "",
        {
            "enroll": ("Somebody joins, and is on stage from now on.", '{ name = "Emil" }'),
            "join": (
                "The member comes into segments: a card is opened, an offer is activated.",
                '{ segments = ["students"] }',
            ),
            "leave": ("The member leaves segments.", '{ segments = ["students"] }'),
            "household": ("The step's member moves in.", '{ name = "The Kleins" }'),
            "move_out": ("The step's member leaves their household.", "{}"),
            "consent": ("The others may redeem with their points.", "{ pool = true }"),
        },
    )
    describe(
        SegmentsTable,
        "Segments of the step's member.",
        {"segments": ("Which ones.", '["students"]')},
    )
    describe(MoveOutTable, "Leaving a household: what was shared ends.", {})
    describe(
        ConsentTable,
        "A member's own consent to the household's common points.",
        {"pool": ("Whether it is given, or ended.", "false")},
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
