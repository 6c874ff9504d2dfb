"""What the keys of milestones mean."""

from __future__ import annotations

from earning.milestone_section import (
    ChooseTable,
    LastDayTable,
    MilestoneTable,
    OptionTable,
    PaysTable,
)
from program.describing import describe
from program.descriptions import CODE


def install() -> None:
    """Say it; called once, when the app is ready."""
    describe(
        MilestoneTable,
        "A mark that pays when it is passed: once, or again at every further `every`; or that lets "
        "the member choose some of its options. What is counted is a `counter`, or activities of a "
        "type. What it pays can be a unit of its own that is spent on rewards of its own. Where it "
        "pays a counter, that counts on ladders and for other milestones: first all milestones "
        "that the activity itself passes pay, in their order, then those that this passes, and so "
        "on. What is chosen does the same. They may not pay each other in a circle.",
        {
            "code": (CODE, '"crystal"'),
            "name": ("What members read.", '"Crystal block"'),
            "counter": ("The unit that is counted.", '"night"'),
            "activity": ("Or the activity type of which each one is counted.", '"visit"'),
            "distinct": (
                (
                    "Of activities: the days on which there was one, the partners with whom, or "
                    "the locations at which there was one (`day`, `partner`, `location`), or the "
                    "different values of an attribute, by its code; instead of each one."
                ),
                '"location"',
            ),
            "at": ("The first mark.", "140"),
            "every": ("The distance to each further one; left out: there is none.", "70"),
            "up_to": ("The last of these marks; left out: there is no last one.", "350"),
            "window": (
                (
                    "What counts: everything ever, or what comes in the program year, the "
                    "calendar's half-year, quarter, month or week, or in the year (half-year) of "
                    "membership since the day of joining, each time anew; or the last so many "
                    "`months` or `days`, where what led to the mark counts no more once it was "
                    "passed."
                ),
                '"year"',
            ),
            "window_months": ("How many months, for the window `months`.", "3"),
            "window_days": ("How many days, for the window `days`.", "30"),
            "year_starts": ("The month in which the program year starts.", "4"),
            "in_a_row": (
                "The marks are so many of these in a row, in each of which enough is counted.",
                '"month"',
            ),
            "each": ("How much is counted in each of them; left out: 1.", "2"),
            "per": ("Whether each member reaches it, or a household once.", '"household"'),
            "pays": ("What it pays.", '{ unit = "crystal", amount = 1 }'),
            "choose": ("What the member chooses of the options.", "{ many = 2, within_days = 60 }"),
            "option": (
                "What can be chosen.",
                '[{ code = "nights", name = "Nights", gives = { unit = "night", amount = 5 } }]',
            ),
        },
    )
    _describe_choices()


def _describe_choices() -> None:
    describe(
        PaysTable,
        "What is paid.",
        {"unit": ("Of what.", '"crystal"'), "amount": ("How much.", "1")},
    )
    describe(
        ChooseTable,
        "How a member chooses: in the portal, or with the help of staff, once and for good. After "
        "the last day the options with a `default` are given; where there are none, it lapses.",
        {
            "many": ("How many options in all.", "2"),
            "within_days": ("The last day is so many days after it was reached.", "60"),
            "by": ("Or the next such day of a year.", "{ month = 1, day = 8 }"),
        },
    )
    describe(
        LastDayTable,
        "A day of every year; the next one, from the day on which the mark was reached.",
        {"month": ("Its month.", "1"), "day": ("Its day.", "8")},
    )
    describe(
        OptionTable,
        "Something that can be chosen.",
        {
            "code": (CODE, '"suite-nights"'),
            "name": ("What members read.", '"Five suite nights"'),
            "gives": ("What it gives.", '{ unit = "suite-night", amount = 5 }'),
            "at_most": ("How often it can be chosen each time; left out: as often as all.", "1"),
            "default": (
                "How many of it are given after the last day to whoever did not choose.",
                "1",
            ),
        },
    )
