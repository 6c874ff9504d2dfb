from common.errors import BrokenRule, Refusal

REFUSALS: dict[str, Refusal] = {
    "tiers_standing_periods_do_not_overlap": (
        BrokenRule,
        "The member already holds a tier of this ladder for part of that period.",
    ),
    "tiers_tier_threshold_is_unique": (
        BrokenRule,
        "Two tiers of one ladder cannot have the same threshold.",
    ),
    "tiers_route_keeps_or_is_for_life": (
        BrokenRule,
        "A way to a tier either keeps it for who has it, or gives it for life. Choose one.",
    ),
}
