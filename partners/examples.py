"""Examples of bodies and answers. The bodies run as they are against the demo."""

from __future__ import annotations

from typing import Any

CARD = "482109376621"  # well formed; in the demo the document shows a card that there is
AGENT = "agent-9"  # a member of the demo, by the reference of the front desk
MEMBER_ID = "mem_01k6r3b1q9e8tv4x3a7m5n2c0d"
KNOWN = f"ref:{AGENT}"  # the same member, as a part of an address
BOOKING = "booking-2025-0614-7"
ACTIVITY_AT = f"ref:{BOOKING}"  # the activity of STAY, as a part of an address
STAY = {
    "reference": "booking-2025-0614-7",
    "type": "stay",
    "occurred_at": "2025-06-14",
    "member": {"reference": AGENT},
    "location": "resort-hotel",
    "attributes": {"outcome": "stayed", "nights": 7, "suite": True, "revenue": "1180.00"},
}
RECORDED = {
    "id": "act_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "status": "recorded",
    "reference": "booking-2025-0614-7",
    "type": "stay",
    "occurred_at": "2025-06-13T23:00:00Z",
    "awards": [
        {
            "unit": "night",
            "amount": 7,
            "class": "base",
            "rule": "nights",
            "sentence": "Nights: 7 nights × 1 = 7 nights",
        },
        {
            "unit": "night",
            "amount": 7,
            "class": "base",
            "rule": "suite-nights",
            "sentence": "Suite, once more: 7 nights × 1 = 7 nights",
        },
        {
            "unit": "point",
            "amount": 11800,
            "class": "base",
            "rule": "revenue",
            "sentence": "Room revenue: EUR 1,180.00 × 10 = 11,800 points",
        },
    ],
    "balances": {"night": 14, "point": 11800},
    "tier": {"code": "skiff", "name": "Skiff"},
}
NOBODY = {name: value for name, value in STAY.items() if name != "member"} | {
    "reference": "booking-2025-0614-8"
}
UNCLAIMED = {
    "id": "act_01k6r3b1q9e8tv4x3a7m5n2c0e",
    "status": "unclaimed",
    "reference": "booking-2025-0614-8",
    "type": "stay",
    "occurred_at": "2025-06-13T23:00:00Z",
    "message": "It names nobody. The activity is kept and earns under its own date once it is "
    "claimed.",
}
MEMBER = {
    "id": MEMBER_ID,
    "card": CARD,
    "name": "Marta S.",
    "status": "active",
    "balances": {"point": 11800, "night": 14},
    "units": {
        "point": {"kind": "spendable", "singular": "point", "plural": "points", "decimals": 0},
        "night": {"kind": "counter", "singular": "night", "plural": "nights", "decimals": 0},
    },
    "tier": {"code": "skiff", "name": "Skiff", "since": "2025-06-14", "until": None},
    "progress": {
        "next_tier": {"code": "sloop", "name": "Sloop"},
        "unit": "night",
        "value": 14,
        "missing": 16,
    },
    "next_expiry": {"unit": "point", "amount": 11800, "last_day": "2027-06-30"},
}
STATEMENT: dict[str, Any] = {
    "member": MEMBER_ID,
    "month": "2025-06",
    "is_open": False,
    "sheets": [
        {
            "unit": "point",
            "opening": 0,
            "received": 11800,
            "given": 0,
            "closing": 11800,
            "movements": [
                {
                    "occurred_at": "2025-06-13T23:00:00Z",
                    "reason": "Room revenue: EUR 1,180.00 × 10 = 11,800 points",
                    "amount": 11800,
                    "balance": 11800,
                    "recorded_at": "2025-06-20T09:12:44Z",
                }
            ],
            "endings": [{"amount": 11800, "last_day": "2027-06-30"}],
        }
    ],
}
BALANCES = {"night": 14, "point": 11800}
BATCH = {
    "activities": [
        STAY | {"reference": "booking-2025-0614-9"},
        {name: value for name, value in STAY.items() if name != "member"}
        | {"reference": "booking-2025-0614-10"},
    ]
}
BATCHED = {
    "recorded": 1,
    "replayed": 0,
    "unclaimed": 1,
    "pending": 0,
    "refused": 0,
    "results": [
        {"index": 0, "status": 201, "is_replay": False, "activity": RECORDED, "problem": None},
        {"index": 1, "status": 202, "is_replay": False, "activity": UNCLAIMED, "problem": None},
    ],
}
SHOWN: dict[str, Any] = {
    "id": "act_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "status": "recorded",
    "reference": BOOKING,
    "type": "stay",
    "occurred_at": "2025-06-13T23:00:00Z",
    "recorded_at": "2025-06-20T09:12:44Z",
    "member": MEMBER_ID,
    "location": "resort-hotel",
    "attributes": STAY["attributes"],
    "awards": RECORDED["awards"],
    "earned": {"night": 14, "point": 11800},
    "changes": [],
    "expected": [],
    "due_on": None,
}
AMENDMENT = {
    "reference": "credit-note-2025-311",
    "reason": "The minibar was charged twice",
    "attributes": {"revenue": "1062.00"},
}
AMENDED: dict[str, Any] = {
    "id": "chg_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "activity": "act_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "kind": "amend",
    "status": "recorded",
    "reference": "credit-note-2025-311",
    "reason": "The minibar was charged twice",
    "occurred_at": "2025-06-21T10:00:00Z",
    "corrections": [
        {
            "unit": "point",
            "amount": -1180,
            "rule": "revenue",
            "sentence": "Room revenue, corrected: EUR 1,062.00 × 10 = 10,620 points; 11,800 before",
        }
    ],
    "expected": [],
    "balances": {"night": 14, "point": 10620},
    "tier": {"code": "skiff", "name": "Skiff"},
}
CANCELLATION = {"reference": "no-show-2025-0614-7", "reason": "The guest never arrived"}
CANCELLED: dict[str, Any] = AMENDED | {
    "kind": "cancel",
    **CANCELLATION,
    "corrections": [
        {
            "unit": "point",
            "amount": -11800,
            "rule": "revenue",
            "sentence": "Room revenue, cancelled: 11,800 points are taken back",
        }
    ],
    "balances": {"night": 0, "point": 0},
    "tier": None,
}
PARKED: dict[str, Any] = CANCELLED | {
    "status": "parked",
    "corrections": [],
    "balances": {},
    "tier": None,
}
QUOTE = {
    "member": {"reference": AGENT},
    "activity": {
        "type": "stay",
        "occurred_at": "2025-06-14",
        "location": "resort-hotel",
        "attributes": STAY["attributes"],
    },
    "basket": {"amount": "42.50"},
}
QUOTED = {
    "member": MEMBER_ID,
    "awards": [
        {
            "unit": "point",
            "amount": 11800,
            "rule": "revenue",
            "sentence": "Room revenue: EUR 1,180.00 × 10 = 11,800 points",
        }
    ],
    "earned": {"point": 11800},
    "balances": BALANCES,
    "tier": {"code": "skiff", "name": "Skiff"},
    "payable": [
        {
            "reward": "late-checkout",
            "name": "Late checkout",
            "unit": "point",
            "price": 2500,
            "points": 2500,
            "money": None,
            "worth": "EUR 40",
            "pays": None,
            "left_to_pay": None,
        }
    ],
}
REWARD: dict[str, Any] = {
    "code": "late-checkout",
    "name": "Late checkout",
    "kind": "code",
    "needs": [],
    "summary": "Stay until four.",
    "description": "",
    "terms": "",
    "category": "Stay",
    "worth": "EUR 40",
    "unit": "point",
    "price": 2500,
    "with_money": [],
    "left": None,
    "value": None,
    "percent": None,
    "least_purchase": None,
    "step": None,
    "most": None,
    "dates": [],
    "tier": None,
    "missing": 0,
    "is_available": True,
}
REDEMPTION: dict[str, Any] = {
    "id": "red_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "status": "issued",
    "member": MEMBER_ID,
    "reward": "late-checkout",
    "name": "Late checkout",
    "unit": "point",
    "price": 2500,
    "money": None,
    "code": "7KQ29XAB03TM",
    "issued_at": "2025-06-20T09:12:44Z",
    "last_day": "2026-06-20",
    "used_at": None,
    "used_location": None,
    "cancelled_at": None,
    "value": None,
    "percent": None,
    "date": None,
    "handed_code": "",
}
RESERVATION: dict[str, Any] = {
    "id": "rsv_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "status": "held",
    "member": MEMBER_ID,
    "reward": "late-checkout",
    "name": "Late checkout",
    "unit": "point",
    "price": 2500,
    "money": None,
    "reserved_at": "2025-06-20T09:12:44Z",
    "held_until": "2025-06-20T09:22:44Z",
    "ended_at": None,
    "redemption": None,
}
VOUCHER: dict[str, Any] = {
    "redemption": "red_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "status": "ready",
    "reward": "late-checkout",
    "name": "Late checkout",
    "terms": "",
    "holder": "Marta S.",
    "money": None,
    "last_day": "2026-06-20",
    "used_at": None,
    "used_location": None,
    "value": None,
    "percent": None,
    "least_purchase": None,
}
USED = VOUCHER | {
    "status": "used",
    "used_at": "2025-06-21T08:00:00Z",
    "used_location": "resort-hotel",
}
EVENT = {
    "id": "evt_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "type": "activity_recorded",
    "occurred_at": "2025-06-13T23:00:00Z",
    "member": MEMBER_ID,
    "data": {
        "subject": "act_01k6r3b1q9e8tv4x3a7m5n2c0d",
        "type": "stay",
        "partner": "front-desk",
        "awards": [{"unit": "point", "amount": 11800}],
    },
}
ENDPOINT: dict[str, Any] = {
    "id": "whe_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "url": "https://till.example.com/pennant",
    "description": "Till server",
    "contact": "it@till.example.com",
    "types": ["activity_recorded", "voucher_used"],
    "status": "active",
    "failing_since": None,
    "created_at": "2025-06-20T09:12:44Z",
    "counts": {"waiting": 0, "delivered": 12, "given_up": 0},
}
DELIVERY: dict[str, Any] = {
    "id": "whd_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "event": "evt_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "type": "activity_recorded",
    "state": "delivered",
    "created_at": "2025-06-20T09:12:44Z",
    "due_at": None,
    "ended_at": "2025-06-20T09:12:46Z",
    "attempts": [
        {
            "at": "2025-06-20T09:12:46Z",
            "status": 204,
            "problem": "",
            "answer": "",
            "ms": 118,
        }
    ],
}
CSV_FILE = (
    "reference,type,occurred_at,member,outcome,nights,revenue\r\n"
    "B-2025-0614,stay,2025-06-14,agent-9,stayed,2,240.00\r\n"
    "B-2025-0615,stay,2025-06-15,agent-9,stayed,1,120.00\r\n"
)
NDJSON_FILE = (
    '{"reference":"B-2025-0616","type":"stay","occurred_at":"2025-06-16","member":'
    '{"reference":"agent-9"},"attributes":{"outcome":"stayed","nights":1,"revenue":"98.00"}}\n'
)
REFUSED_LINES = (
    "line,column,code,what to do\r\n"
    "7,nights,attributes_invalid,Nights: 'x' is not a whole number.\r\n"
)
IMPORT_SENT: dict[str, Any] = {
    "id": "imp_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "state": "received",
    "file": "bookings.csv",
    "format": "csv",
    "size": 118,
    "created_at": "2025-06-20T09:12:44Z",
    "finished_at": None,
    "progress": {"read": 0, "looked_at": 0, "to_apply": 0, "applied": 0},
    "report": None,
    "outcome": None,
    "problem": "",
    "refused": [],
}
IMPORT = IMPORT_SENT | {
    "state": "checked",
    "progress": {"read": 3, "looked_at": 2, "to_apply": 2, "applied": 0},
    "report": {
        "lines": 3,
        "good": 2,
        "repeated": 0,
        "refused": 1,
        "types": {"stay": 2},
        "earned": {"point": 3600},
        "unclaimed": 0,
        "pending": 0,
        "new_members": 0,
    },
    "refused": [
        {
            "line": 4,
            "column": "nights",
            "code": "attributes_invalid",
            "detail": "Nights: 'x' is not a whole number.",
        }
    ],
}
