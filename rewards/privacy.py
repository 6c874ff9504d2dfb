"""What the tables of rewards hold about people. A voucher's code names the voucher, and nobody."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from common.privacy import Sheet, house, plain, register, words


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


SHEETS = [
    *house(
        "rewards",
        {
            "Reward": (
                "id code name summary description terms category picture worth unit valid_days "
                "valid_to valid_until per_member_in "
                "lowest_tier segment plan early_tier early_days per_member starts_at ends_at "
                "is_active position least_purchase shared_code step cancel_days percent legal kind "
                "upgrade_to most odds upgrade_from fund codes winners value draws_on"
            ),
            "Fund": "code name about unit position",
            "FundTotal": "fund amount donations",
            "RewardDate": "id reward day name places left",
            "Draw": "id reward seed entries winners actor drawn_at",
            "RewardPrice": "id reward tier segment plan amount starts_on ends_on",
            "RewardPart": "id reward points money step",
            "RewardStock": "id reward slot left",
            "Conversion": (
                "code name gives takes step amount least bonus_step bonus_amount is_monthly "
                "is_at_once months most per is_active position"
            ),
        },
    ),
    Sheet(
        "rewards.Redemption",
        plain(
            "id member reward posting attempt price money unit code status actor issued_at "
            "expires_at used_at used_by used_location cancelled_at cancelled_by least_purchase "
            "percent date value handed_code is_pooled"
        )
        | words("cancel_reason"),
        title=_("Your vouchers"),
        member="member",
    ),
    Sheet(
        "rewards.Reservation",
        plain(
            "id member reward hold attempt price money unit status actor reserved_at ended_at "
            "redemption"
        ),
        title=_("Rewards that were put aside for you"),
        member="member",
    ),
    Sheet(
        "rewards.RedemptionShare",
        plain("id member redemption posting amount"),
        title=_("What you gave for a reward of your household"),
        member="member",
    ),
    Sheet(
        "rewards.Fulfilment",
        plain("id member redemption status tracking ordered_at shipped_at delivered_at")
        | words("address"),
        title=_("Products on their way to you"),
        member="member",
    ),
    Sheet(
        "rewards.RewardCode",
        plain("id reward code redemption_id member_id added_at"),
        title=_("Codes that were given to you"),
        member="member_id",
    ),
    Sheet(
        "rewards.VoucherKey",
        plain("id redemption_id member_id"),
        title=_("Where your vouchers are found"),
        member="member_id",
    ),
]
