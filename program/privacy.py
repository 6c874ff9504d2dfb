"""What the tables of the program hold about people: nothing."""

from __future__ import annotations

from common.privacy import house, register


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


SHEETS = house(
    "program",
    {
        "Program": (
            "id code name business tagline time_zone currency language support_email brand_accent "
            "brand_ink brand_paper logo notice hold_minutes hold_minutes_most expiry_notices "
            "household_size is_pooling version"
        ),
        "Unit": (
            "code kind singular plural decimals rounding expiry expiry_count expiry_round_to "
            "expiry_month expiry_day expiry_counts expiry_types expiry_since expiry_min_days "
            "expiry_most_months "
            "is_default position second_person_above transfers transfer_least transfer_step "
            "transfer_sent_most transfer_received_most transfer_per counts"
        ),
        "Partner": "code name contact is_active",
        "Location": "id partner code name earns burns",
        "ActivityType": (
            "code name plural rated_by begins_by tier_by claim_days position confirm confirm_days "
            "return_tier return_rewards"
        ),
        "ActivityAttribute": (
            "id type code name kind singular plural is_required least most choices position "
            "default told_days"
        ),
        "Revision": "id blueprint text changes actor applied_at",
    },
)
