"""The program as data: the one row, its units, who reports what, and where."""

from program.models.activities import ActivityAttribute, ActivityType, Location, Partner
from program.models.programs import (
    CODE,
    HOLD_CEILING,
    Program,
    Revision,
    Unit,
    is_code,
    is_color,
    notice_days,
)

__all__ = [
    "CODE",
    "HOLD_CEILING",
    "ActivityAttribute",
    "ActivityType",
    "Location",
    "Partner",
    "Program",
    "Revision",
    "Unit",
    "is_code",
    "is_color",
    "notice_days",
]
