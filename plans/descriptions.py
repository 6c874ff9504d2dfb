"""What the keys of plans mean, and what scenarios can say about them."""

from __future__ import annotations

from plans.scenes import (
    BenefitTable,
    ChargedTable,
    PayTable,
    SavesTable,
    SubscribeTable,
    UnsubscribeTable,
)
from plans.sections import (
    PlanBenefitTable,
    PlanCreditTable,
    PlanPriceTable,
    PlanTable,
    RefundTable,
)
from program.describing import describe
from program.descriptions import CODE


def install() -> None:
    """Say it; called once, when the app is ready."""
    _plans()
    _parts()
    _steps()
    _expectations()


def _plans() -> None:
    describe(
        PlanTable,
        "Something members pay for by the month, by the year, or once for life. The business's own "
        "payment system moves the money and reports what came of it; no card data is kept here.",
        {
            "code": (CODE, '"plus"'),
            "name": ("What members call it.", '"Corner Plus"'),
            "summary": ("What it is, in a sentence.", '"A refill with every cup."'),
            "price": (
                "What a period costs.",
                '[{ period = "month", amount = 4.99 }, { period = "year", amount = 49 }]',
            ),
            "trial_days": ("So many days cost nothing, once for each member.", "30"),
            "attempts": ("How often a charge is tried before the plan ends.", "4"),
            "retry_days": ("Days from one try to the next, and from the last to the end.", "7"),
            "refund": (
                "Whether who has used nothing gets everything back; left out: never.",
                '[{ policy = "within", business_days = 3 }]',
            ),
            "refund_governed_by": (
                "Which day decides which refund terms hold: that of the request, or of the start.",
                '"start"',
            ),
            "members_start": (
                "Whether members start it themselves in the portal; else they ask at the desk.",
                "true",
            ),
            "tier": ("A tier that is held at least while the plan runs.", '"regular"'),
            "credit": ("What every paid period begins with.", '[{ unit = "visit", amount = 5 }]'),
            "benefit": ("What it gives.", '[{ code = "refill", name = "A refill" }]'),
        },
    )


def _parts() -> None:
    describe(
        PlanPriceTable,
        "A price in the program's currency. A charge has the price of the first day of its period, "
        "the lowest of those that are for the member.",
        {
            "period": ("For how long it pays.", '"year"'),
            "amount": ("How much.", "49.90"),
            "segment": ("Only for members of this group.", '"students"'),
            "from": ("The first day on which it holds.", "2026-06-01"),
            "until": ("The first day on which it no longer does.", "2026-06-01"),
        },
    )
    describe(
        RefundTable,
        "A full refund for who has used no benefit in the period. What has been used is not paid "
        "back in part.",
        {
            "policy": ("At any time in the period, within some days, or never.", '"any_time"'),
            "business_days": (
                "Monday to Friday, counted from the day after the first paid day.",
                "3",
            ),
            "from": ("The first day on which it holds.", "2026-06-01"),
            "until": ("The first day on which it no longer does.", "2026-06-01"),
        },
    )
    describe(
        PlanCreditTable,
        "An amount of a counter with which each paid period begins: for status, not for "
        "milestones.",
        {"unit": ("Which counter.", '"visit"'), "amount": ("How much.", "5")},
    )
    describe(
        PlanBenefitTable,
        "One thing that the plan gives.",
        {
            "code": (CODE, '"refill"'),
            "name": ("What members read.", '"A refill with every cup"'),
            "at_most": ("How often it can be used; left out: as often as one likes.", "2"),
            "per": (
                (
                    "In what: the plan's paid period, or a day, a week (from Monday), a month or a "
                    "year of the calendar. What is not used is not carried over."
                ),
                '"day"',
            ),
            "minutes_apart": (
                "How many minutes lie between two uses at least; left out: none.",
                "120",
            ),
        },
    )


def _steps() -> None:
    describe(
        "Step",
        "",
        {
            "means": (
                "How the member pays, in the order in which it is tried.",
                '["Visa ending in 42", "Bank account"]',
            ),
            "subscribe": ("The member takes a plan.", '{ plan = "plus", period = "month" }'),
            "unsubscribe": ("The member cancels it.", '{ plan = "plus" }'),
            "pay": (
                "The payment system reports a try of the charge that is due.",
                '{ outcome = "declined", means = "Visa ending in 42" }',
            ),
            "benefit": ("The member uses a benefit.", '{ plan = "plus", benefit = "refill" }'),
        },
    )
    describe(
        SubscribeTable,
        "A plan that begins.",
        {
            "plan": ("Which one.", '"plus"'),
            "period": ("Paid by what.", '"year"'),
            "trial": ("Whether it begins with the trial.", "true"),
        },
    )
    describe(
        UnsubscribeTable,
        "A plan that ends: with its period, or at once and paid back.",
        {
            "plan": ("Which one.", '"plus"'),
            "at_once": ("Whether it ends now, paid back where the terms say so.", "true"),
        },
    )
    describe(
        PayTable,
        "One try.",
        {
            "plan": ("Of which plan; left out: the only one.", '"plus"'),
            "outcome": ("What came of it.", '"paid"'),
            "means": ("What was tried; left out: what was next.", '"Bank account"'),
        },
    )
    describe(
        BenefitTable,
        "One use of a benefit.",
        {"plan": ("Of which plan.", '"plus"'), "benefit": ("Which one.", '"refill"')},
    )


def _expectations() -> None:
    describe(
        "Expect",
        "",
        {
            "plan": (
                "The newest plan: trialing, active, past_due, cancelled, ended, or none.",
                '"active"',
            ),
            "plan_until": ("The last day of its period.", "2026-12-31"),
            "charges": (
                "Every charge, the first one first.",
                '[{ on = 2026-01-31, amount = 4.99, status = "paid" }]',
            ),
            "refunded": ("What was paid back in all.", "49"),
            "saves": (
                "What a year costs less than twelve months.",
                '{ plan = "plus", amount = 10.88 }',
            ),
        },
    )
    describe(
        ChargedTable,
        "A charge.",
        {
            "on": ("The day on which it is due.", "2026-01-31"),
            "amount": ("How much.", "4.99"),
            "status": ("due, paid, failed, refunded or waived.", '"paid"'),
            "means": ("What it was paid with, or is tried with next.", '"Bank account"'),
        },
    )
    describe(
        SavesTable,
        "A comparison of prices on the step's day.",
        {
            "plan": ("Which plan.", '"plus"'),
            "segment": ("For members of this group.", '"students"'),
            "amount": ("How much is saved.", "10.88"),
        },
    )
