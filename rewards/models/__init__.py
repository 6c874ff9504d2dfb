"""How points go out: what there is to have, what was taken, and what is put aside."""

from rewards.goods import (
    Draw,
    Fulfilment,
    Fund,
    FundTotal,
    RewardCode,
    RewardDate,
    VoucherKey,
)
from rewards.kinds import Codes, Kind
from rewards.models.catalogue import (
    Often,
    Redemption,
    Reward,
    RewardQuerySet,
    RewardStock,
)
from rewards.models.conversions import Conversion
from rewards.models.parts import RewardPart
from rewards.models.prices import RewardPrice
from rewards.models.reservations import RedemptionShare, Reservation

__all__ = [
    "Codes",
    "Conversion",
    "Draw",
    "Fulfilment",
    "Fund",
    "FundTotal",
    "Kind",
    "Often",
    "Redemption",
    "RedemptionShare",
    "Reservation",
    "Reward",
    "RewardCode",
    "RewardDate",
    "RewardPart",
    "RewardPrice",
    "RewardQuerySet",
    "RewardStock",
    "VoucherKey",
]
