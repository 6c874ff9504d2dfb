"""The ledger and the promises made on it."""

from points.models.ledger import (
    ACCOUNT_SPACE,
    LIMIT,
    Account,
    Entry,
    Extension,
    Lot,
    LotQuerySet,
    LotUse,
    Posting,
)
from points.models.promises import ExpiryNotice, Hold, HoldLot, Transfer

__all__ = [
    "ACCOUNT_SPACE",
    "LIMIT",
    "Account",
    "Entry",
    "ExpiryNotice",
    "Extension",
    "Hold",
    "HoldLot",
    "Lot",
    "LotQuerySet",
    "LotUse",
    "Posting",
    "Transfer",
]
