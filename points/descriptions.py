"""What scenarios can expect of points, in words."""

from __future__ import annotations

from points.scenes import (
    CaptureTable,
    ExtendTable,
    GiftTable,
    HoldTable,
    LotTable,
    ReinstateTable,
    ReleaseTable,
    TakeBackTable,
)
from program.describing import describe


def install() -> None:
    """Say it; called once, when the app is ready."""
    describe(
        "Expect",
        "",
        {
            "balance": (
                "What the member has, by unit; below zero where they owe.",
                "{ bean = 63, visit = 2 }",
            ),
            "debt": ("What the member owes, by unit.", "{ bean = 20 }"),
            "lots": (
                "What can be spent, of each unit in the order in which it is spent.",
                "[{ amount = 40, until = 2026-11-01 }]",
            ),
            "available": ("What of it can be spent now, by unit.", "{ bean = 40 }"),
            "held": ("What of it carts and tills hold, by unit.", "{ bean = 23 }"),
        },
    )
    describe(
        "Step",
        "",
        {
            "hold": ("A cart or till holds points.", '{ amount = 40, as = "cart" }'),
            "capture": ("What is held is spent.", '{ hold = "cart" }'),
            "release": ("What is held is let go.", '{ hold = "cart" }'),
            "give": ("The step's member sends points.", '{ to = "Ida", amount = 40 }'),
            "take_back": ("Staff take a transfer back.", "{}"),
            "extend": ("Points live longer.", "{ until = 2026-12-31 }"),
            "reinstate": ("Points that ended come back.", "{ until = 2026-12-31 }"),
        },
    )
    _steps()
    describe(
        LotTable,
        "Points that end together. What stands side by side in the order of spending, and ends on "
        "one day, can be named as one lot or as several.",
        {
            "amount": ("What is left of them.", "40"),
            "until": ("Their last day; left out: they never end.", "2026-11-01"),
            "unit": ("Which unit, where it is not the default one.", '"bean"'),
        },
    )


UNIT = ("Which unit, where it is not the default one.", '"bean"')
WHY = ("Why, in words.", '"A long illness"')


def _steps() -> None:
    describe(
        HoldTable,
        "Points held at a cart or till: nobody else spends them, and they do not end meanwhile.",
        {
            "amount": ("How much.", "40"),
            "unit": UNIT,
            "minutes": ("How long, where not as long as usual.", "5"),
            "as": ("What later steps call it.", '"cart"'),
        },
    )
    describe(
        CaptureTable,
        "What is held is spent; what is not captured of it is released.",
        {"hold": ("Which hold.", '"cart"'), "amount": ("How much of it; all, if left out.", "25")},
    )
    describe(
        ReleaseTable,
        "What is held is let go.",
        {"hold": ("Which hold.", '"cart"'), "reason": WHY},
    )
    describe(
        GiftTable,
        "Points sent to another member, with their last days.",
        {
            "to": ("To whom.", '"Ida"'),
            "amount": ("How much.", "40"),
            "unit": UNIT,
            "reason": ("What both read.", '"Happy birthday"'),
            "as": ("What later steps call it.", '"gift"'),
        },
    )
    describe(
        TakeBackTable,
        "Staff take back what is left of a transfer.",
        {"transfer": ("Which one.", '"gift"'), "reason": WHY},
    )
    describe(
        ExtendTable,
        "All live points of a unit are good until a later day.",
        {"until": ("Their new last day.", "2026-12-31"), "unit": UNIT, "reason": WHY},
    )
    describe(
        ReinstateTable,
        "The latest points that ended come back.",
        {"until": ("Their last day.", "2026-12-31"), "unit": UNIT, "reason": WHY},
    )
