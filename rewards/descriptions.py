"""What the keys of rewards and conversions mean, and what scenarios can say about them."""

from __future__ import annotations

from program.describing import describe
from program.descriptions import CODE
from rewards import conversion_words
from rewards.kind_tables import (
    ContestTable,
    DateTable,
    DiscountTable,
    DonationTable,
    FundTable,
    MoreTable,
    UpgradeTable,
)
from rewards.price_section import PartTable, PriceTable
from rewards.scenes import (
    CancelTable,
    DrawTable,
    ExchangeTable,
    FundFound,
    LeftFound,
    LetGoTable,
    RedeemTable,
    ReserveTable,
    SendTable,
    ShareFound,
    TakeTable,
    UploadTable,
    UseTable,
)
from rewards.sections import EarlyTable, RewardTable


def install() -> None:
    """Say it; called once, when the app is ready."""
    _rewards()
    conversion_words.install()
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
                    "What it costs: the lowest price that a member may have on the day. One must "
                    "hold for everybody."
                ),
                '[{ amount = 40 }, { amount = 35, tier_at_least = "regular" }]',
            ),
            "with_money": (
                (
                    "Ways to pay with fewer points and money beside them, which the till collects: "
                    "a combination each, or any number of points in steps."
                ),
                "[{ points = 20, money = 1.50 }]",
            ),
            "description": ("More about it.", '"From the roaster round the corner."'),
            "terms": ("What must be known.", '"One a day."'),
            "picture": ("A picture below static/.", '"rewards/coffee.svg"'),
            "worth": ("What it would cost otherwise, in words.", '"€3"'),
            "valid_days": ("How many days a voucher can be used.", "30"),
            "valid_to": ("Its last day is moved to the end of this.", '"month"'),
            "valid_until": ("Or one last day for all vouchers.", "2026-12-31"),
            "tier_at_least": ("Whom it is for.", '"regular"'),
            "per_member": ("How often one member can have it.", "1"),
            "per_member_in": ("In which time, each time anew; left out: ever.", '"month"'),
            "stock": (
                (
                    "How many there are to begin with; left out: no limit. What was taken since is "
                    "not put back."
                ),
                "40",
            ),
            "segment": ("Only members of this segment see it.", '"students"'),
            "plan": ("Only members who have this plan see it.", '"plus"'),
            "from": ("The first day on which it can be had.", "2026-06-01"),
            "until": ("The first day on which it no longer can.", "2026-09-01"),
            "early": (
                "Who can have it before `from`.",
                '{ tier_at_least = "regular", days = 7 }',
            ),
        },
    )
    _terms()
    _kinds()
    _parts()


def _terms() -> None:
    describe(
        RewardTable,
        "",
        {
            "kind": ("What members get. Each kind has keys of its own below.", '"product"'),
            "codes": (
                (
                    "Who makes the codes: Pennant, another system in a list that staff upload, or "
                    "nobody, because all share one."
                ),
                '"uploaded"',
            ),
            "shared_code": ("The one code for all.", '"SUMMER10"'),
            "discount": ("For money off.", "{ amount = 20, least_purchase = 75 }"),
            "gift_card": ("What the card holds, in the program's currency.", "25"),
            "more": (
                "For a gift card or an amount off: members may pay more than the price.",
                "{ step = 100, most = 5000 }",
            ),
            "donation": (
                "For a gift to a fund. The price is the least that can be given.",
                '{ fund = "shade-trees", step = 50 }',
            ),
            "cancel_days": (
                "So many days before its date a place can still be given back by the member.",
                "2",
            ),
            "date": (
                "The days of an experience, each with places of its own.",
                "[{ on = 2026-07-04, places = 12 }]",
            ),
            "contest": (
                "For entries in a draw; `per_member` limits how many one member can have.",
                (
                    '{ draws_on = 2026-12-24, winners = 3, odds = "3 in all entries", '
                    'legal = "No purchase needed: entries by post are free." }'
                ),
            ),
            "upgrade": (
                "For something better than what was booked.",
                '{ from = "A small cup", to = "A large cup" }',
            ),
        },
    )


def _parts() -> None:
    describe(
        EarlyTable,
        "A head start for a tier and those above it.",
        {
            "tier_at_least": ("Which tier.", '"regular"'),
            "days": ("So many days earlier.", "7"),
        },
    )
    describe(
        PartTable,
        "So many points, and money beside them; the points are less than the price. With a `step`: "
        "any number of points from there up to the price, in such steps, and the money for each "
        "step that is missing.",
        {
            "points": ("With so many points, or at least with so many.", "20"),
            "money": ("How much money, in the program's currency.", "1.50"),
            "step": ("In which steps more points can be paid.", "5"),
        },
    )
    describe(
        PriceTable,
        "A price: for everybody, from a tier upwards, for a segment, or for who has a plan. The "
        "lowest that a member may have is what they pay.",
        {
            "amount": ("How much.", "40"),
            "tier_at_least": ("For this tier and higher ones.", '"regular"'),
            "segment": ("For members of this segment.", '"students"'),
            "plan": ("For members who have this plan.", '"plus"'),
            "from": ("The first day on which it holds.", "2026-06-01"),
            "until": ("The first day on which it no longer does.", "2026-09-01"),
        },
    )


def _kinds() -> None:
    describe(
        MoreTable,
        "More than the price, in steps; it is worth as much more, in proportion, rounded down to "
        "cents.",
        {
            "step": ("How much at a time.", "100"),
            "most": ("The most that is taken at once; left out: there is none.", "5000"),
        },
    )
    describe(
        FundTable,
        "Something that members give to. One that is no longer listed keeps what it was given.",
        {
            "code": (CODE, '"shade-trees"'),
            "name": ("What members read.", '"Trees that shade coffee"'),
            "unit": ("What is given.", '"bean"'),
            "about": ("What becomes of the gifts.", '"Planted by the farmers we buy from."'),
        },
    )
    describe(
        DiscountTable,
        "Money off: an amount, or percent. It stands on the voucher as it was when it was taken.",
        {
            "amount": ("In the program's currency.", "20"),
            "percent": ("Of the purchase.", "10"),
            "least_purchase": ("The smallest purchase it is taken off.", "75"),
        },
    )
    describe(
        DonationTable,
        "A gift.",
        {
            "fund": ("Which fund.", '"shade-trees"'),
            "step": ("A donor may add so much at a time to the price.", "50"),
            "most": ("The most that is taken in one gift.", "1000"),
        },
    )
    describe(
        DateTable,
        "A day of an experience. A voucher for it waits until that day.",
        {
            "on": ("Which day.", "2026-07-04"),
            "places": ("How many can come; what was taken since is not put back.", "12"),
            "name": ("Where a day has several.", '"10:00"'),
        },
    )
    describe(
        ContestTable,
        "A draw. A clerk makes it once, from that day on; its seed and entries are kept, so that "
        "it can be made again. Odds and legal notice are published with the reward.",
        {
            "draws_on": ("The day of the draw; entries close when it begins.", "2026-12-24"),
            "winners": ("How many entries win, one for each member at most.", "3"),
            "odds": ("The chances, in words.", '"3 in all entries"'),
            "legal": ("What the law asks to be said.", '"Open to members of 18 and above."'),
        },
    )
    describe(
        UpgradeTable,
        "From what to what.",
        {
            "to": ("What members get.", '"A large cup"'),
            "from": ("What they booked or bought.", '"A small cup"'),
        },
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
            "send": ("An order is sent, or arrives.", '{ voucher = "beans-at-home" }'),
            "draw": ("A contest is drawn.", '{ reward = "coffee-machine" }'),
            "upload": (
                "Codes of another system are uploaded.",
                '{ reward = "museum", codes = ["A1", "A2"] }',
            ),
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
            "amount": ("How much a donor gives; left out: the price.", "150"),
            "date": ("Which day of an experience.", "2026-07-04"),
            "address": ("Where a product goes.", '"4 Harbour Street"'),
        },
    )
    describe(
        ReserveTable,
        "Putting a reward aside at a cart or till: price, points and stock are held for it.",
        {
            "reward": ("Which one.", '"coffee"'),
            "as": ("What later steps call it; left out: as the reward.", '"order"'),
            "amount": ("With how many points, where money is paid beside them.", "20"),
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
    _later_steps()
    _expectations()


def _later_steps() -> None:
    describe(DrawTable, "A draw.", {"reward": ("Of which contest.", '"coffee-machine"')})
    describe(
        SendTable,
        "What the desk does with an order.",
        {
            "voucher": ("Which one.", '"beans-at-home"'),
            "delivered": ("Whether it arrived; left out: it is sent.", "true"),
        },
    )
    describe(
        UploadTable,
        "Codes of another system.",
        {"reward": ("For which reward.", '"museum"'), "codes": ("The list.", '["A1", "A2"]')},
    )


def _expectations() -> None:
    describe(
        FundFound,
        "What a fund was given.",
        {"fund": ("Which one.", '"shade-trees"'), "amount": ("How much.", "150")},
    )
    describe(
        ShareFound,
        "How many of those who redeemed something gave to a fund.",
        {
            "from": ("The first day.", "2026-03-01"),
            "until": ("The first day after it.", "2026-08-01"),
            "redeemers": ("Members who redeemed something.", "50"),
            "donors": ("Those of them who gave.", "4"),
            "percent": ("Donors of a hundred redeemers.", "8"),
        },
    )
    describe(
        "Expect",
        "",
        {
            "paid": ("What the step's reward took.", "35"),
            "money": ("What is paid in money beside the points; 0: nothing.", "1.50"),
            "fund": ("What a fund was given so far.", '{ fund = "shade-trees", amount = 150 }'),
            "donors": (
                "The share of donors among those who redeemed.",
                (
                    "{ from = 2026-03-01, until = 2026-08-01, "
                    "redeemers = 50, donors = 4, percent = 8 }"
                ),
            ),
            "winners": ("How many entries the step's draw picked.", "3"),
            "left": ("How many of a reward are left.", '{ reward = "coffee", count = 39 }'),
        },
    )
    describe(
        LeftFound,
        "How many of a reward are left.",
        {"reward": ("Which one.", '"coffee"'), "count": ("How many.", "39")},
    )
