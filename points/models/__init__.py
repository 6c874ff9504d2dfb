"""The ledger, the promises made on it, and what lies beside it."""

from points.models.ledger import (
    ACCOUNT_SPACE,
    KEPT,
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

# Tables of this app that lie beside the ledger; Django looks for them here.
from points.records import AdjustmentRequest, AuditRun, OpeningRow, OpeningRun  # isort: skip

__all__ = [
    "ACCOUNT_SPACE",
    "KEPT",
    "LIMIT",
    "Account",
    "AdjustmentRequest",
    "AuditRun",
    "Entry",
    "ExpiryNotice",
    "Extension",
    "Hold",
    "HoldLot",
    "Lot",
    "LotQuerySet",
    "LotUse",
    "OpeningRow",
    "OpeningRun",
    "Posting",
    "Transfer",
]
