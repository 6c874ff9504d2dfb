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
                "lowest_tier segment early_tier early_days per_member starts_at ends_at is_active "
                "position"
            ),
            "RewardPrice": "id reward tier amount starts_on ends_on",
            "RewardStock": "id reward slot left",
            "Conversion": (
                "code name gives takes step amount least bonus_step bonus_amount is_active position"
            ),
        },
    ),
    Sheet(
        "rewards.Redemption",
        plain(
            "id member reward posting attempt price unit code status actor issued_at expires_at "
            "used_at used_by used_location cancelled_at cancelled_by"
        )
        | words("cancel_reason"),
        title=_("Your vouchers"),
        member="member",
    ),
    Sheet(
        "rewards.VoucherKey",
        plain("id redemption_id member_id"),
        title=_("Where your vouchers are found"),
        member="member_id",
    ),
]
