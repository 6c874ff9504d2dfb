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
            "brand_ink brand_paper logo notice version"
        ),
        "Unit": (
            "code kind singular plural decimals rounding expiry expiry_count expiry_round_to "
            "expiry_month expiry_day expiry_counts expiry_types expiry_since expiry_min_days "
            "is_default position second_person_above"
        ),
        "Partner": "code name is_active",
        "Location": "id partner code name",
        "ActivityType": "code name plural rated_by begins_by claim_days position",
        "ActivityAttribute": (
            "id type code name kind singular plural is_required least most choices position "
            "default told_days"
        ),
        "Revision": "id blueprint text changes actor applied_at",
    },
)
