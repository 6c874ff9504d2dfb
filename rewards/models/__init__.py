"""How points go out: what there is to have, what was taken, and what is put aside."""

from rewards.models.catalogue import (
    Conversion,
    Redemption,
    Reward,
    RewardPrice,
    RewardQuerySet,
    RewardStock,
    VoucherKey,
)
from rewards.models.reservations import RedemptionShare, Reservation

__all__ = [
    "Conversion",
    "Redemption",
    "RedemptionShare",
    "Reservation",
    "Reward",
    "RewardPrice",
    "RewardQuerySet",
    "RewardStock",
    "VoucherKey",
]
