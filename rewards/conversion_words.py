"""What the keys of conversions mean."""

from __future__ import annotations

from program.describing import describe
from program.descriptions import CODE
from rewards.sections import ConversionTable, ExchangeBonusTable, SideTable


def install() -> None:
    """Say it; called once, when the app is ready."""
    describe(
        ConversionTable,
        "One unit for another, in whole steps; what does not fill a step stays where it is.",
        {
            "code": (CODE, '"beans-into-crumbs"'),
            "name": ("What members read.", '"Beans into crumbs"'),
            "takes": ("What is taken at a time.", '{ unit = "bean", amount = 100 }'),
            "gives": ("What is given for it.", '{ unit = "crumb", amount = 3 }'),
            "least": ("The least that can be taken.", "500"),
            "bonus": ("More for those who exchange much.", "{ every = 1000, amount = 5 }"),
            "at_most": ("With `per`: the most that a member exchanges this way.", "240000"),
            "per": ("In which period.", '"day"'),
            "monthly": (
                (
                    "Whether it happens by itself, for what is there as a month ends; what does "
                    "not fill a step stays for the next."
                ),
                "true",
            ),
            "at_once": (
                (
                    "Whether it happens by itself as soon as there is enough: within a minute, in "
                    "whole steps; what does not fill a step stays."
                ),
                "true",
            ),
            "months": (
                (
                    "With `monthly`: as which months end, 1 to 12; left out: as every one does. "
                    "Four of them make quarters."
                ),
                "[2, 5, 8, 11]",
            ),
        },
    )
    describe(
        SideTable,
        "An amount of a unit.",
        {"unit": ("Of what.", '"bean"'), "amount": ("How much.", "100")},
    )
    describe(
        ExchangeBonusTable,
        "So much more for every whole `every` of what is taken.",
        {"every": ("How much must be taken.", "1000"), "amount": ("How much more is given.", "5")},
    )
