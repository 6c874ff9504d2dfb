"""What the keys of ladders mean, and what scenarios can say about status."""

from __future__ import annotations

from program.describing import describe
from program.descriptions import CODE
from tiers.route_section import NeedTable, RouteTable
from tiers.scenes import AdjustTable, ChallengeTable, GrantTable, PlaceTable
from tiers.sections import (
    LadderTable,
    PennantTable,
    TierExpiryTable,
    TierTable,
    ValidityTable,
)

WINDOW = (
    "everything ever, the program year, the calendar's half-year, quarter or month, the last so "
    "many months, the year or half-year since joining, or what came since the tier changed"
)


USING_UP = {
    "uses_up": (
        (
            "Whether reaching a tier takes its threshold off the counter: the surplus stays and "
            "counts towards the next. A period begins with each tier; at its end who has the "
            "threshold together again keeps the tier, and it is used up once more; who has not "
            "goes down, and what met no threshold is gone. Below the lowest tier such a period "
            "begins on joining."
        ),
        "true",
    ),
    "carries_at_most": (
        "With `rolls_over` or `uses_up`: the most of a surplus that stays.",
        "300",
    ),
}


def install() -> None:
    """Say it; called once, when the app is ready."""
    _ladders()
    _tiers()
    _routes()
    _scenarios()


def _ladders() -> None:
    describe(
        LadderTable,
        "A ladder of tiers. Status follows from what was counted and never from what is left of "
        "it: spending cannot lower it. When a ladder changes, members move at once.",
        {
            "code": (CODE, '"regulars"'),
            "name": ("What members call it.", '"Regulars"'),
            "counter": ("The unit that climbs it.", '"visit"'),
            "tier": (
                "Its tiers, the lowest first.",
                (
                    '[{ code = "regular", name = "Regular", threshold = 20, '
                    'pennant = { colors = ["#8a4b22", "#fbf6ee"], field = "disc", '
                    'outline = "flag" } }]'
                ),
            ),
            "validity": (
                "How long a tier lasts: for life, to the end of the next program year, or a table.",
                '"next_year"',
            ),
            "window": (f"What counts: {WINDOW}.", '"year"'),
            "window_months": ("How many months, for the window `months`.", "12"),
            "downgrade": (
                "Where one falls when a tier ends: to what was earned, one step, or never.",
                '"one_step"',
            ),
            "rolls_over": (
                "Whether what lies above the threshold reached counts for status in the next year.",
                "true",
            ),
            "shared": (
                (
                    "Whether the highest of a household holds for all; `after_first`: once they "
                    "have counted something themselves."
                ),
                '"household"',
            ),
            "year_starts": ("The month in which the program year starts.", "4"),
            **USING_UP,
        },
    )
    _validity()


def _validity() -> None:
    describe(
        ValidityTable,
        "How long a tier lasts: exactly one of `years`, `half_years`, `months`, `active_months`.",
        {
            "years": (
                (
                    "To the end of a program year (of the member's own, on a ladder by membership "
                    "year): 0 is this one, 1 the next."
                ),
                "1",
            ),
            "plus_months": ("So many months on top of it.", "2"),
            "half_years": (
                (
                    "To the end of a half-year of the calendar (of the member's own, on a ladder "
                    "by half-years of membership): 0 is this one, 1 the next."
                ),
                "1",
            ),
            "months": ("So many months from when it was reached.", "24"),
            "active_months": ("Until so many months pass in which nothing counts.", "36"),
            "round_to": ("The last day, where it is counted in months, is moved here.", '"month"'),
        },
    )


def _tiers() -> None:
    describe(
        TierTable,
        "A tier: what it takes, what it gives, and the pennant it flies. A threshold, routes, or "
        "both: any of them will do. Codes are unique over all ladders.",
        {
            "code": (CODE, '"regular"'),
            "name": ("What members call it.", '"Regular"'),
            "pennant": (
                "Its flag.",
                '{ colors = ["#8a4b22", "#fbf6ee"], field = "disc", outline = "pennant" }',
            ),
            "threshold": ("How much of the ladder's counter, over its window.", "20"),
            "route": (
                "Ways to it.",
                (
                    '[{ need = [{ counter = "flight", at_least = 15 }, '
                    '{ counter = "spend", at_least = 5000 }] }]'
                ),
            ),
            "head_start": (
                "What a program year begins with for whoever holds the tier then: for status only.",
                "600",
            ),
            "expiry": (
                "How points end that are earned at this tier, where not as their unit says.",
                '[{ unit = "point", months = 36 }]',
            ),
            "benefits": ("What it gives, a sentence each.", '["Your cup is ready"]'),
            "by_invitation": (
                "For a tier to which nothing leads that is counted: staff give it, or a plan does.",
                "true",
            ),
        },
    )
    describe(
        TierExpiryTable,
        "How points of a unit end that are earned at a tier: exactly one of `months`, `days`, "
        "`never`, `while_held`.",
        {
            "unit": ("Which points.", '"point"'),
            "months": ("So many months after the activity.", "36"),
            "days": ("So many days after the activity.", "500"),
            "never": ("They do not end.", "true"),
            "while_held": (
                (
                    "No points of the unit end while the member holds the tier, or one above it, "
                    "whenever they were earned: what would end meanwhile ends with it."
                ),
                "true",
            ),
            "round_to": ("The last day is moved to the end of this.", '"year"'),
        },
    )
    describe(
        PennantTable,
        "A signal flag.",
        {
            "colors": ("Two or three.", '["#8a4b22", "#fbf6ee"]'),
            "field": ("How they are laid out.", '"saltire"'),
            "outline": ("Its shape.", '"swallowtail"'),
        },
    )


def _routes() -> None:
    describe(
        RouteTable,
        "One way to a tier. When a route comes into force, members move on that day. One for a "
        "segment or a plan is open to who is in it at that moment; who joins rises at once, if all "
        "else is there, and who leaves keeps the tier to its end.",
        {
            "need": ("What it takes; all of it.", '[{ counter = "spend", at_least = 6000 }]'),
            "keeps": ("Only for those who hold the tier, or a higher one, already.", "true"),
            "for_life": ("Who reaches the tier this way has it for life.", "true"),
            "segment": ("Only for members of this segment.", '"card-holders"'),
            "plan": ("Only for members who have this plan.", '"plus"'),
            "from": ("The first day on which it counts.", "2026-01-01"),
            "until": ("The first day on which it no longer does.", "2027-01-01"),
        },
    )
    describe(
        NeedTable,
        "One requirement: exactly one of `counter`, `activity`, `years_at`.",
        {
            "at_least": ("How much, how many activities, or how many years.", "15"),
            "counter": ("The unit that is counted.", '"flight"'),
            "less": ("What this counter has counted is taken off.", '"returned"'),
            "activity": (
                (
                    "The activity type of which each one is counted, whatever it earned, once it "
                    "is confirmed; what was cancelled is not."
                ),
                '"stay"',
            ),
            "distinct": (
                (
                    "Of activities: the days on which there was one, or the partners or locations "
                    "that had one, instead of each one."
                ),
                '"partner"',
            ),
            "years_at": ("The tier that was held, or one above it.", '"gold"'),
            "window": ("What counts; left out: what counts on the ladder.", '"lifetime"'),
            "window_months": ("How many months, for the window `months`.", "6"),
        },
    )


def _scenarios() -> None:
    describe(
        "Step",
        "",
        {
            "adjust": (
                "Staff add points, or take them.",
                '{ unit = "visit", amount = 19, reason = "From the paper cards" }',
            ),
            "grant": ("Staff give a tier, or match one.", '{ tier = "regular" }'),
        },
    )
    describe(
        AdjustTable,
        "A correction by hand; status follows.",
        {
            "unit": ("Which unit.", '"visit"'),
            "amount": ("How much; below zero it is taken.", "19"),
            "reason": ("Why.", '"From the paper cards"'),
        },
    )
    describe(
        GrantTable,
        "A tier given by hand. It stands beside what was earned, and the highest counts.",
        {
            "tier": ("Which one.", '"regular"'),
            "until": ("Its last day; left out: for life.", "2026-12-31"),
            "matched": ("Whether it answers a tier held elsewhere.", "true"),
            "challenge": (
                "What must be counted until then to keep it.",
                '{ unit = "visit", amount = 5, keeps_until = 2027-12-31 }',
            ),
            "reason": ("Why.", '"Holds Gold at the hotel"'),
        },
    )
    describe(
        ChallengeTable,
        "A matched tier is kept by whoever counts so much from the day it is given to its end.",
        {
            "unit": ("Of which counter.", '"visit"'),
            "amount": ("How much.", "5"),
            "keeps_until": ("The last day for who has done it; left out: for life.", "2027-12-31"),
        },
    )
    _expectations()


def _expectations() -> None:
    describe(
        "Expect",
        "",
        {
            "tier": (
                (
                    "The tier that is held, on the ladder that has the one named; `none` below the "
                    "lowest, on the first ladder."
                ),
                '"regular"',
            ),
            "tier_until": ("Its last day, on the first ladder.", "2027-12-31"),
            "tier_for_life": ("Whether it has no last day, on the first ladder.", "true"),
            "counted": (
                "What counts now towards the next tier of the first ladder, over its window.",
                "12",
            ),
            "ladders": (
                "What is held on ladders, where there are several.",
                '[{ ladder = "regulars", tier = "regular", until = 2027-12-31 }]',
            ),
        },
    )
    describe(
        PlaceTable,
        "A place on a ladder. Name only what matters.",
        {
            "ladder": ("Which ladder.", '"regulars"'),
            "tier": ("The tier that is held.", '"regular"'),
            "until": ("Its last day.", "2027-12-31"),
            "for_life": ("Whether it has no last day.", "true"),
        },
    )
