"""Examples of choices."""

from __future__ import annotations

from typing import Any

from partners.examples import MEMBER_ID

CHOICE: dict[str, Any] = {
    "id": "chc_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "member": MEMBER_ID,
    "milestone": "fifty",
    "name": "Fifty nights",
    "level": 50,
    "reached": "50 nights",
    "status": "open",
    "is_open": True,
    "choose": 1,
    "last_day": "2025-08-20",
    "ended_at": None,
    "options": [
        {
            "code": "points",
            "name": "5,000 points",
            "unit": "point",
            "amount": 5000,
            "at_most": None,
            "default": 1,
            "chosen": 0,
        },
        {
            "code": "upgrade",
            "name": "A suite for a night",
            "unit": "upgrade",
            "amount": 1,
            "at_most": 1,
            "default": 0,
            "chosen": 0,
        },
    ],
}
CHOSEN: dict[str, Any] = CHOICE | {
    "status": "made",
    "is_open": False,
    "ended_at": "2025-06-21T08:00:00Z",
    "options": [CHOICE["options"][0], CHOICE["options"][1] | {"chosen": 1}],
}
