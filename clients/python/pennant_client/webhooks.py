"""Checking that a webhook came from Pennant (Standard Webhooks 1.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

TOLERANCE_S = 300
LONGEST = 12  # digits of a moment in seconds


class InvalidSignature(Exception):
    """Not from Pennant, changed on the way, or too old. Answer 400 and do nothing."""


def verify(
    secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None
) -> dict[str, Any]:
    """The event of a webhook. Raises InvalidSignature. `body` is what came, byte for byte."""
    given = {name.lower(): value for name, value in headers.items()}
    id, stamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    at = time.time() if now is None else now
    is_moment = stamp.isascii() and stamp.isdigit() and len(stamp) <= LONGEST
    if not is_moment or abs(at - int(stamp)) > TOLERANCE_S:
        raise InvalidSignature("the timestamp is missing or too far from now")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{id}.{stamp}.".encode(errors="replace") + body
    made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    found = given.get("webhook-signature", "").split(" ")
    wanted = f"v1,{made}".encode()
    if not any(hmac.compare_digest(one.encode(errors="replace"), wanted) for one in found):
        raise InvalidSignature("no signature fits")
    event: dict[str, Any] = json.loads(body)
    return event
