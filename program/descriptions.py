"""What the keys of the program's own tables mean, and those that every scenario has."""

from __future__ import annotations

from program import blueprint, scenarios
from program.activity_types import ActivityTypeTable, AttributeTable, ReturnsTable
from program.describing import Document, describe, document
from program.sections import (
    BrandTable,
    HoldTable,
    HouseholdsTable,
    LocationTable,
    PartnerTable,
    ProgramTable,
)
from program.units import (
    ExpiryTable,
    InactivityTable,
    TransferTable,
    UnitTable,
    YearlyDayTable,
)

CODE = "What everything else calls it: lower-case letters, digits, hyphens. It is for life."


def install() -> None:
    """Say it; called once, when the app is ready."""
    _documents()
    _program()
    _units()
    _partners()
    _activity_types()
    _scenarios()


def _documents() -> None:
    document(
        Document(
            "A program: `program.toml`",
            "Tables may stand in any order. What is left out is at its default; a key that does "
            "not exist is a mistake. Numbers may have a fraction and are kept exactly.",
            blueprint.type_of,
        ),
        Document(
            "A scenario: `scenarios/*.toml`",
            "A story and what must come of it. Steps happen one after the other, on an empty "
            "database, through the same code that serves members; afterwards nothing is left of "
            "them. `manage.py program test FOLDER` tells them all.",
            scenarios.type_of,
        ),
    )


def _program() -> None:
    describe(
        ProgramTable,
        "The program itself. There is one in a deployment.",
        {
            "code": ("What it is called in files and logs.", '"corner-club"'),
            "name": ("What members call it.", '"Corner Club"'),
            "business": ("Who runs it.", '"Corner Café"'),
            "time_zone": ("Where its days begin and end.", '"Europe/Berlin"'),
            "currency": ("What money attributes are in.", '"EUR"'),
            "brand": (
                "Its colors and logo.",
                '{ accent = "#8a4b22", ink = "#2b1d14", paper = "#fbf6ee" }',
            ),
            "tagline": ("A line below the name.", '"The usual, and a little more."'),
            "language": ("What the sentences behind awards are written in.", '"en"'),
            "support_email": ("Where members turn to.", '"club@corner.example"'),
            "hold": ("How long a cart or till holds points.", "{ minutes = 10, at_most = 30 }"),
            "household": ("What people who live together share.", "{ pooling = true }"),
            "expiry_notices": (
                "How many days before points end a notice is given; [] gives none.",
                "[30, 7]",
            ),
        },
    )
    describe(
        HoldTable,
        "Points that an open cart or till holds: they are not spent elsewhere, nor end meanwhile.",
        {
            "minutes": ("How long, where the cart or till does not say.", "10"),
            "at_most": ("The longest it can say, in minutes; never above a day.", "30"),
        },
    )
    describe(
        HouseholdsTable,
        "A household. Status is shared where the ladder says so; points stay each one's own.",
        {
            "at_most": ("How many people it has.", "6"),
            "pooling": (
                "Who agrees to it lets the others redeem with their points too.",
                "true",
            ),
        },
    )
    describe(
        BrandTable,
        "Three colors that everything is drawn with. Contrast is made sure of.",
        {
            "accent": ("Buttons, and what was just earned.", '"#8a4b22"'),
            "ink": ("Words.", '"#2b1d14"'),
            "paper": ("What is behind them.", '"#fbf6ee"'),
            "logo": ("A picture below static/; without one the pennant flies.", '"brand/logo.svg"'),
        },
    )


def _units() -> None:
    describe(
        UnitTable,
        "Something that is counted: points to spend, or a counter that leads to status. A program "
        "has at least one that can be spent. Kind and decimals are for life.",
        {
            "code": (CODE, '"bean"'),
            "kind": ("Whether members can spend it, or it only counts.", '"spendable"'),
            "singular": ("One of it.", '"bean"'),
            "plural": ("Several of it.", '"beans"'),
            "decimals": ("Digits after the point.", "2"),
            "rounding": ("What happens to what is finer, once for each award.", '"half_up"'),
            "expiry": ("When it ends; left out: never.", '{ months = 24, round_to = "month" }'),
            "transfer": (
                "Whom members may send it to; left out: nobody.",
                '{ to = "anyone", least = 10, sent_at_most = 500, per = "month" }',
            ),
            "second_person_above": (
                "What one of the staff may give or take by hand for a member in a day; more waits.",
                "500",
            ),
            "counts": (
                (
                    "For a counter: it counts whatever rules and milestones pay of this unit that "
                    "can be spent, bonuses included and after limits, one for one, and goes down "
                    "with what is taken back. Spending, expiring, sending, and what staff give by "
                    "hand do not move it. Rules may pay the counter itself beside that. For life."
                ),
                '"bean"',
            ),
            "default": ("Shown first, everywhere. At most one unit is.", "true"),
        },
    )
    _sending()


def _sending() -> None:
    describe(
        TransferTable,
        "What is sent keeps its last day. Counters are never sent.",
        {
            "to": ("To whom.", '"household"'),
            "least": ("The least that can be sent.", "10"),
            "step": ("Only multiples of this can be sent.", "10"),
            "sent_at_most": ("The most that one member sends in a period.", "500"),
            "received_at_most": ("The most that one member is sent in a period.", "1000"),
            "per": ("The period: the calendar day, month or year.", '"month"'),
        },
    )
    _ends()


def _ends() -> None:
    describe(
        ExpiryTable,
        "When points end: exactly one of `months`, `days`, `fixed_day`, `inactivity`. They live to "
        "the end of their last day. A new policy holds for what is earned from then on.",
        {
            "months": (
                (
                    "So many months after the activity; 0 and a `round_to`: to the end of the "
                    "month, quarter or year in which it happened."
                ),
                "24",
            ),
            "days": ("So many days after the activity.", "180"),
            "fixed_day": ("On a day of the year.", "{ month = 3, day = 31 }"),
            "inactivity": ("After so many months in which nothing happens.", "{ months = 18 }"),
            "round_to": ("The last day is moved to the end of this.", '"quarter"'),
            "since": ("Points of activities before this day never end.", "2017-07-10"),
            "at_least_days": ("They live so long at least, from when they are posted.", "30"),
            "at_most_months": (
                (
                    "With `inactivity`: however much happens, they end so many months after the "
                    "activity that earned them."
                ),
                "48",
            ),
        },
    )
    describe(
        YearlyDayTable,
        "A day of every year. 29 February is the 28th in common years.",
        {
            "month": ("Its month.", "3"),
            "day": ("Its day.", "31"),
            "years": ("0 is the next such day, 1 the one after.", "1"),
        },
    )
    describe(
        InactivityTable,
        "All points of a member live as long as something that counts keeps happening.",
        {
            "months": ("How long nothing may happen.", "18"),
            "counts": (
                (
                    "What keeps them alive: earning this unit, earning or spending it (any), or "
                    "activities of these types."
                ),
                '["purchase"]',
            ),
        },
    )


def _partners() -> None:
    describe(
        PartnerTable,
        "A system that reports activities or takes vouchers: a till, a booking engine. One that is "
        "no longer listed is no longer listened to.",
        {
            "code": (CODE, '"till"'),
            "name": ("What staff and members read.", '"The till"'),
            "contact": (
                "Who is written to when a key of it nears what it may credit in a day.",
                '"it@till.example"',
            ),
            "location": ("Its places.", '[{ code = "main-street", name = "Main Street" }]'),
        },
    )
    describe(
        LocationTable,
        "A place of a partner: a hotel, a shop.",
        {
            "code": (CODE, '"main-street"'),
            "name": ("What staff and members read.", '"Main Street"'),
            "roles": (
                "What is done there: `earn` reports activities, `burn` takes points and vouchers.",
                '["earn"]',
            ),
        },
    )


def _activity_types() -> None:
    describe(
        ActivityTypeTable,
        "Something that a member does and a partner reports: a purchase, a stay, a review.",
        {
            "code": (CODE, '"purchase"'),
            "name": ("One of them.", '"Purchase"'),
            "plural": ("Several of them.", '"Purchases"'),
            "attribute": (
                "What is told about it.",
                '[{ code = "amount", name = "Amount", type = "money" }]',
            ),
            "rated_by": (
                (
                    "The date attribute that decides which rules are in force; left out: the day "
                    "on which it happened."
                ),
                '"bought_on"',
            ),
            "begins_by": (
                "The date attribute on which it begins: it earns at the tier held then.",
                '"departure"',
            ),
            "tier_by": (
                (
                    "A choice attribute whose choices are codes of tiers: the tier that is told "
                    "counts for this one activity, where it is higher than the one held. A sister "
                    "program's status is honored so, or a cashier's word."
                ),
                '"honored"',
            ),
            "claim_days": ("How many days later it can still be reported.", "90"),
            "confirm": (
                (
                    "When what it earns is the member's: at once, after so many days (then "
                    "`confirm_days` is given), or when the partner or staff confirm it. Until then "
                    "it is pending: shown with what is expected, never spent, in no balance."
                ),
                '"days"',
            ),
            "confirm_days": ("How many days after it happened it counts.", "30"),
            "returns": (
                "What becomes of status and of unused rewards when it comes back.",
                '{ tier = "reexamined", rewards = "cancelled" }',
            ),
        },
    )
    _returns()
    _attributes()


def _returns() -> None:
    describe(
        ReturnsTable,
        "What becomes of status and rewards when an activity is cancelled, or a part of it "
        "comes back.",
        {
            "tier": (
                (
                    "A status that its counters no longer carry is kept to the end of its period "
                    "(on a ladder for life: for life), or examined again at once."
                ),
                '"reexamined"',
            ),
            "rewards": (
                (
                    "Unused rewards that were bought with the points taken back are kept, and the "
                    "member owes the points; or they are cancelled first."
                ),
                '"cancelled"',
            ),
        },
    )


def _attributes() -> None:
    describe(
        AttributeTable,
        "One fact about an activity, checked when it is reported. Its type is for life.",
        {
            "code": ("Its name in a report: lower-case letters, digits, underscores.", '"nights"'),
            "name": ("What staff and members read.", '"Nights"'),
            "type": ("What it may be.", '"integer"'),
            "singular": ("One of it, in a sentence.", '"night"'),
            "plural": ("Several of it, in a sentence.", '"nights"'),
            "required": ("Whether a report must have it.", "false"),
            "least": ("The least it can be.", "0"),
            "most": ("The most it can be.", "365"),
            "choices": (
                "For the type choice: code and words of each.",
                '{ stayed = "Stayed", cancelled = "Cancelled" }',
            ),
            "default": ("For the type choice: what holds where none is told.", '"stayed"'),
            "told_within_days": (
                "So many days after the activity another choice than the default can be told.",
                "14",
            ),
        },
    )


def _scenarios() -> None:
    describe(
        "Scenario",
        "One story.",
        {
            "title": ("What it shows, as a sentence.", '"A visit counts once a day"'),
            "note": ("Where it comes from.", '"Published terms of May 2026, section 4"'),
            "step": (
                "What happens, in order.",
                '[{ on = 2026-03-02, enroll = { name = "Emil" } }]',
            ),
        },
    )
    describe(
        "Step",
        "One moment: something happens, something is expected, or both. A step without a date "
        "happens when the one before it did. Whenever time has passed, what has ended expires. "
        "What a step does is done in the order of this table: one step can enrol somebody and go "
        "on.",
        {
            "on": ("The day; it is noon.", "2026-03-02"),
            "at": ("The moment, in the program's time zone.", "2026-03-02T14:30:00"),
            "member": ("Whom it is about; left out: whoever the step before was about.", '"Emil"'),
            "note": ("Why, for whoever reads it.", '"The terms say: in the birthday week"'),
            "expect": ("What must be so afterwards.", '{ tier = "regular" }'),
        },
    )
    describe(
        "Expect",
        "What must be so. Name only what matters.",
        {
            "refused": (
                "The step is refused, with this code (they are listed below), or `true`: with any.",
                '"insufficient_points"',
            )
        },
    )
