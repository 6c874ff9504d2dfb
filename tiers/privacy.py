"""What the tables of tiers hold about people: what was held when, and why it was given."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from common.privacy import Sheet, house, plain, register, words


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


SHEETS = [
    *house(
        "tiers",
        {
            "Ladder": (
                "code name counter window window_months validity validity_years validity_months "
                "downgrade shared rolls_over uses_up carries_at_most year_starts position "
                "validity_round_to"
            ),
            "Tier": ("id ladder code name rank threshold head_start colors field outline benefits"),
            "TierExpiry": "id tier unit expiry expiry_count expiry_round_to",
            "TierRoute": "id tier position starts_on ends_on keeps for_life segment plan",
            "TierNeed": "id route unit less type distinct held at_least window window_months",
        },
    ),
    Sheet(
        "tiers.Standing",
        plain(
            "id member ladder tier source starts_at ends_at actor merge cause recorded_at "
            "challenge_unit challenge_amount keeps_until kept_at"
        )
        | words("reason"),
        title=_("Your tiers"),
        member="member",
    ),
]
