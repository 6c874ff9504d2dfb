"""What the keys of rules and milestones mean, and what scenarios can say about earning."""

from __future__ import annotations

from earning.conditions import WhenTable
from earning.mapping import DateTable, MappingTable, MemberTable, SourceTable, SumTable
from earning.scenes import (
    ActivityTable,
    AmendTable,
    CancelActivityTable,
    ConfirmTable,
    ReferTable,
)
from earning.sections import (
    LimitTable,
    PerTable,
    RuleExpiryTable,
    RuleTable,
)
from program.describing import Document, describe, document
from program.descriptions import CODE

UNTIL = "The first day on which it no longer does. Left out: for good."


def install() -> None:
    """Say it; called once, when the app is ready."""
    _rules()
    _conditions()
    _scenarios()
    _mappings()


def _rules() -> None:
    describe(
        RuleTable,
        "What an activity earns: exactly one of `fixed`, `per`, `percent`. Base awards are worked "
        "out first, then bonuses, then percentages of the base, then limits; each award is rounded "
        "once. What has paid is not edited: give it an `until`, and write a second table with the "
        "same code and a later `from`.",
        {
            "code": (CODE, '"beans"'),
            "name": ("What members read in front of the arithmetic.", '"Purchase"'),
            "activity": ("The activity type that earns.", '"purchase"'),
            "unit": ("What it earns.", '"bean"'),
            "class": ("Base, or a bonus: percentages are of the base.", '"bonus"'),
            "fixed": ("So much for each activity.", "10"),
            "per": ("So much for each of an attribute.", '{ attribute = "amount", amount = 1 }'),
            "percent": ("So many percent of the base awards of the activity.", "50"),
            "of": ("The unit whose base it is a percentage of; left out: its own.", '"point"'),
            "group": ("Of the rules of a group only the one that pays best does.", '"occasion"'),
            "limit": (
                "The most it pays. What does not fit is cut off, and said.",
                '[{ per = "member", period = "month", amount = 1000 }]',
            ),
            "when": ("Conditions; all must hold.", '[{ weekday = ["mon", "tue"] }]'),
            "counted": (
                "Whether counters that count its unit (`counts` of a unit) count what it pays.",
                "false",
            ),
            "expiry": (
                "How what it pays ends, where not as unit or tier say; no activity moves it.",
                "{ days = 60 }",
            ),
            "from": ("The first day on which it pays.", "2026-04-01"),
            "until": (UNTIL, "2026-07-01"),
        },
    )
    _parts()


def _parts() -> None:
    describe(
        PerTable,
        "So much for every so many of an attribute.",
        {
            "attribute": ("A number of the activity.", '"amount"'),
            "amount": ("How much for each step.", "1"),
            "step": ("How many of the attribute make a step.", "2"),
            "whole_steps": ("Whether only full steps count.", "true"),
            "above": ("Only what lies above this counts.", "50"),
            "up_to": ("Only what lies below this, or is equal to it, counts.", "100"),
        },
    )
    describe(
        RuleExpiryTable,
        "How what a rule pays ends: exactly one of `months`, `days`, `on`, `never`.",
        {
            "months": ("So many months after the activity; 0: on its own day.", "6"),
            "days": ("So many days after the activity.", "60"),
            "on": ("On this day, the last on which it can be spent.", "2026-12-31"),
            "never": ("It does not end.", "true"),
            "round_to": ("The last day is moved to the end of this.", '"month"'),
        },
    )
    describe(
        LimitTable,
        "At most an `amount`, or so many `times`, in a calendar period of the activity's own day.",
        {
            "per": ("Whose limit it is: a budget is everybody's together.", '"member"'),
            "period": ("How long it holds before it begins anew.", '"month"'),
            "amount": ("The most that is paid.", "1000"),
            "times": ("The most often that it pays.", "1"),
            "code": ("Rules that name one code share one limit.", '"beans-a-month"'),
            "each": (
                "An attribute of the activity, `location` or `partner`: it holds for each value.",
                '"brand"',
            ),
        },
    )


def _conditions() -> None:
    describe(
        WhenTable,
        "One condition: an `attribute` with one comparison, or one of the other keys. Either-or is "
        "two rules. An attribute that was not told meets no condition.",
        {
            "attribute": (
                (
                    "An attribute of the activity, compared by the next seven; one that is a day "
                    "by `weekday`, `month` and `month_day` too."
                ),
                '"nights"',
            ),
            "is": ("It is this.", '"stayed"'),
            "in": ("It is one of these.", '["terrace", "garden"]'),
            "not_in": ("It is none of these.", '["cancelled"]'),
            "at_least": ("It is so much or more.", "7"),
            "at_most": ("It is so much or less.", "13"),
            "from": ("It is this day or a later one.", "2026-04-01"),
            "until": ("It is an earlier day.", "2026-07-01"),
            "tier": ("The member held one of these when it happened.", '["regular"]'),
            "tier_at_least": ("The member held this one or one above it.", '"regular"'),
            "not_tier": ("The member held none of these.", '["regular"]'),
            "partner": ("One of these reported it.", '["till"]'),
            "not_partner": ("None of these reported it.", '["garage"]'),
            "location": ("It happened at one of these.", '["main-street"]'),
            "not_location": ("It happened at none of these.", '["airport"]'),
            "weekday": (
                "It happened, or the day in `attribute` is, on one of these.",
                '["sat", "sun"]',
            ),
            "month": ("In one of these months, 1 to 12, likewise.", "[7, 8]"),
            "month_day": ("On one of these days of the month, likewise.", "[1, 15]"),
            "from_hour": ("It happened in this hour of the day or later.", "14"),
            "to_hour": ("It happened in this hour or earlier: 15 is until 15:59.", "15"),
            "segment": ("The member is in one of these groups.", '["students"]'),
            "not_segment": ("The member is in none of these groups.", '["employees"]'),
            "plan": ("The member had one of these plans when it happened.", '["plus"]'),
            "not_plan": ("The member had none of these plans when it happened.", '["plus"]'),
            "offer": ("One of these offers held: the member had activated it.", '["autumn"]'),
            "not_offer": ("None of these offers held for the member.", '["autumn"]'),
            "birthday": (
                "It is the member's birthday, its week (from Monday), or month.",
                '"week"',
            ),
            "age_at_least": ("The member is so many years old or more.", "60"),
            "age_at_most": ("The member is so many years old or less.", "25"),
            "first": ("It is the member's first activity of this type, or is not.", "true"),
            "member_for_months": ("The member joined so many months ago or more.", "12"),
            "member_up_to_months": ("The member joined so many months ago or less.", "3"),
        },
    )


def _scenarios() -> None:
    describe(
        "Step",
        "",
        {
            "activity": (
                "A partner reports an activity of the member.",
                '{ type = "purchase", attributes = { amount = "9.80" } }',
            ),
            "refer": ("The member has come by somebody's invitation.", '{ by = "ana" }'),
            "cancel_activity": (
                "An earlier activity is cancelled whole.",
                '{ activity = "receipt-1" }',
            ),
            "amend": (
                "A part of an earlier activity changes.",
                '{ activity = "receipt-1", returned = { amount = "3.20" } }',
            ),
            "confirm": ("A pending activity is confirmed.", '{ activity = "receipt-1" }'),
        },
    )
    _changes()
    describe(ReferTable, "An invitation.", {"by": ("Whose it was.", '"ana"')})
    _told()
    describe(
        "Expect",
        "",
        {
            "earned": (
                (
                    "What the step's activity earned of the units that are named, or its change "
                    "took back (below zero); `{}`: nothing at all. What waits for its confirmation "
                    "has earned nothing yet: see `pending`."
                ),
                "{ bean = 9, visit = 1 }",
            ),
            "pending": ("What is expected of all that waits, by unit.", "{ bean = 9 }"),
            "referral": (
                "How the member's invitation stands: open, doubted, refused, paid, missed or none.",
                '"paid"',
            ),
            "sentences": ("How each award is explained.", '["Visit: 1 visit"]'),
        },
    )


def _changes() -> None:
    describe(
        CancelActivityTable,
        "All that an activity earned is taken back.",
        {
            "activity": ("The reference under which it was, or will be, reported.", '"receipt-1"'),
            "reason": ("Why, in words that the member reads.", '"Brought back"'),
            "partner": ("Whose reference it is; left out: whoever reported it.", '"till"'),
        },
    )
    describe(
        AmendTable,
        "What it would not have earned is taken back; what it would have, given.",
        {
            "activity": ("The reference under which it was, or will be, reported.", '"receipt-1"'),
            "attributes": ("New values, instead of those that were told.", "{ cups = 1 }"),
            "returned": ("Amounts that came back.", '{ amount = "3.20" }'),
            "reason": ("Why, in words that the member reads.", '"Brought back"'),
            "partner": ("Whose reference it is; left out: whoever reported it.", '"till"'),
        },
    )
    describe(
        ConfirmTable,
        "From now on it counts, under its own date.",
        {
            "activity": ("The reference under which it was reported.", '"receipt-1"'),
            "partner": ("Whose reference it is; left out: whoever reported it.", '"till"'),
        },
    )


def _told() -> None:
    describe(
        ActivityTable,
        "An activity.",
        {
            "type": ("Its activity type.", '"purchase"'),
            "attributes": ("What is told about it.", '{ amount = "9.80", cups = 2 }'),
            "partner": ("Who reports it; left out: the partner named first.", '"till"'),
            "location": ("Where it happened.", '"main-street"'),
            "reference": ("The partner's own number for it.", '"receipt-1"'),
            "on": ("The day on which it happened, where it is reported later.", "2026-02-27"),
        },
    )


def _mappings() -> None:
    document(
        Document(
            "A file of activities: the mapping",
            "`manage.py import_activities FILE.csv.gz --map MAPPING.toml` reads a file; the "
            "mapping says what its columns mean. `blueprints/hotel/bookings.toml` is one.",
            lambda: MappingTable,
        )
    )
    describe(
        MappingTable,
        "",
        {
            "partner": ("Whose activities they are.", '"front-desk"'),
            "type": ("Their activity type.", '"stay"'),
            "reference": (
                "What makes each row its own: columns in braces, or `{line}`.",
                '"booking-{line}"',
            ),
            "occurred_on": ("The column that has the day.", '{ column = "date" }'),
            "member": (
                "The column that names the member.",
                '{ column = "customer", reference = "customer-{value}" }',
            ),
            "attributes": ("Where each attribute comes from.", '{ amount = { column = "total" } }'),
            "location": ("Where the place comes from.", '{ column = "hotel" }'),
            "skip": ("What stands where nobody is named.", '["NULL", ""]'),
        },
    )
    describe(
        DateTable,
        "A column with days.",
        {
            "column": ("Which one.", '"date"'),
            "format": ("How they are written, in the manner of strptime.", '"%m/%d/%Y"'),
        },
    )
    describe(
        MemberTable,
        "A column that names members. Whoever is not known yet is enrolled.",
        {
            "column": ("Which one.", '"agent"'),
            "reference": ("What they are known by here.", '"agent-{value}"'),
            "name": ("What to call those who are new.", '"Agent {value}"'),
            "kind": ("What the column holds: reference, card, email or phone.", '"card"'),
        },
    )
    describe(
        SourceTable,
        "Where a value comes from.",
        {
            "column": ("A column.", '"reservation_status"'),
            "values": ("What its values mean; others are mistakes.", '{ "Check-Out" = "stayed" }'),
            "is_one_of": ("Whether the column has one of these: true or false.", '["G", "H"]'),
            "sum": ("Columns to add.", '["weekend_nights", "week_nights"]'),
            "product": (
                "Columns, or sums, to multiply.",
                '["rate", { sum = ["weekend_nights", "week_nights"] }]',
            ),
            "always": ("The same for every row.", "true"),
        },
    )
    describe(SumTable, "A sum inside a product.", {"sum": ("Columns to add.", '["a", "b"]')})
