"""What scenarios can expect of points, in words."""

from __future__ import annotations

from points.scenes import LotTable
from program.describing import describe


def install() -> None:
    """Say it; called once, when the app is ready."""
    describe(
        "Expect",
        "",
        {
            "balance": ("What the member has, by unit.", "{ bean = 63, visit = 2 }"),
            "debt": ("What the member owes, by unit.", "{ bean = 20 }"),
            "lots": (
                "What can be spent, in the order in which it is spent.",
                "[{ amount = 40, until = 2026-11-01 }]",
            ),
        },
    )
    describe(
        LotTable,
        "Points that were earned together and end together.",
        {
            "amount": ("What is left of them.", "40"),
            "until": ("Their last day; left out: they never end.", "2026-11-01"),
            "unit": ("Which unit, where it is not the default one.", '"bean"'),
        },
    )
