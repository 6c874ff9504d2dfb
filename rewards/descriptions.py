"""What the keys of rewards and conversions mean, and what scenarios can say about them."""

from __future__ import annotations

from program.describing import describe
from program.descriptions import CODE
from rewards.scenes import (
    CancelTable,
    ExchangeTable,
    LetGoTable,
    RedeemTable,
    ReserveTable,
    TakeTable,
    UseTable,
)
from rewards.sections import (
    ConversionTable,
    EarlyTable,
    ExchangeBonusTable,
    PriceTable,
    RewardTable,
    SideTable,
)


def install() -> None:
    """Say it; called once, when the app is ready."""
    _rewards()
    _conversions()
    _scenarios()


def _rewards() -> None:
    describe(
        RewardTable,
        "Something to be had for points. One that is no longer listed is withdrawn; vouchers that "
        "were issued for it stay good.",
        {
            "code": (CODE, '"coffee"'),
            "name": ("What members read.", '"A coffee"'),
            "summary": ("In a sentence.", '"Any size, any milk."'),
            "category": ("Where it is listed.", '"Drinks"'),
            "unit": ("What it is paid with.", '"bean"'),
            "price": (
                (
                    "What it costs: the lowest price that holds for a member on the day. One must "
                    "hold for everybody."
                ),
                '[{ amount = 40 }, { amount = 35, tier_at_least = "regular" }]',
            ),
            "description": ("More about it.", '"From the roaster round the corner."'),
            "terms": ("What must be known.", '"One a day."'),
            "picture": ("A picture below static/.", '"rewards/coffee.svg"'),
            "worth": ("What it would cost otherwise, in words.", '"€3"'),
            "valid_days": ("How long a voucher can be used.", "30"),
            "tier_at_least": ("Whom it is for.", '"regular"'),
            "per_member": ("How often one member can have it.", "1"),
            "stock": (
                (
                    "How many there are to begin with; left out: no limit. What was taken since is "
                    "not put back."
                ),
                "40",
            ),
            "segment": ("Only members of this segment see it.", '"students"'),
            "from": ("The first day on which it can be had.", "2026-06-01"),
            "until": ("The first day on which it no longer can.", "2026-09-01"),
            "early": (
                "Who can have it before `from`.",
                '{ tier_at_least = "regular", days = 7 }',
            ),
        },
    )
    describe(
        EarlyTable,
        "A head start for a tier and those above it.",
        {
            "tier_at_least": ("Which tier.", '"regular"'),
            "days": ("So many days earlier.", "7"),
        },
    )
    describe(
        PriceTable,
        "A price, for everybody or from a tier upwards.",
        {
            "amount": ("How much.", "40"),
            "tier_at_least": ("For whom.", '"regular"'),
            "from": ("The first day on which it holds.", "2026-06-01"),
            "until": ("The first day on which it no longer does.", "2026-09-01"),
        },
    )


def _conversions() -> None:
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


def _scenarios() -> None:
    describe(
        "Step",
        "",
        {
            "redeem": ("The member takes a reward.", '{ reward = "coffee" }'),
            "reserve": ("A till puts a reward aside.", '{ reward = "coffee", as = "order" }'),
            "take": ("What was put aside is taken.", '{ reserved = "order" }'),
            "let_go": ("What was put aside is let go.", '{ reserved = "order" }'),
            "cancel": ("A voucher is cancelled.", '{ voucher = "coffee" }'),
            "use": ("A voucher is used at the till.", '{ voucher = "coffee" }'),
            "exchange": (
                "The member exchanges one unit for another.",
                '{ conversion = "beans-into-crumbs", amount = 250 }',
            ),
        },
    )
    describe(
        RedeemTable,
        "Taking a reward.",
        {
            "reward": ("Which one.", '"coffee"'),
            "as": ("What later steps call the voucher; left out: as the reward.", '"first"'),
            "together": ("Paid with the points of the household.", "true"),
        },
    )
    describe(
        ReserveTable,
        "Putting a reward aside at a cart or till: price, points and stock are held for it.",
        {
            "reward": ("Which one.", '"coffee"'),
            "as": ("What later steps call it; left out: as the reward.", '"order"'),
        },
    )
    describe(
        TakeTable,
        "Taking what was put aside; later steps call the voucher the same.",
        {"reserved": ("Which one.", '"order"')},
    )
    describe(
        LetGoTable,
        "Letting go of what was put aside.",
        {"reserved": ("Which one.", '"order"'), "reason": ("Why.", '"They left"')},
    )
    describe(
        CancelTable,
        "Cancelling; points go back to where they came from, with their old end.",
        {"voucher": ("Which one.", '"first"'), "reason": ("Why.", '"The machine is broken"')},
    )
    describe(UseTable, "Using.", {"voucher": ("Which one.", '"first"')})
    describe(
        ExchangeTable,
        "An exchange.",
        {
            "conversion": ("Which one.", '"beans-into-crumbs"'),
            "amount": ("Up to how much is taken.", "250"),
        },
    )
    describe("Expect", "", {"paid": ("What the step's reward took.", "35")})
