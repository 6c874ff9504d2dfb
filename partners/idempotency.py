"""Idempotency: the same call again gets the first answer, marked, and has no second effect.

The answer is written in the transaction of the effect it tells of: either both are there or
neither. What must stay true: one key of a partner stands for one call; what was refused as
malformed is not remembered, what the program refused is.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from common import bulk, clock
from common.errors import LoyaltyError, translate
from common.problems import problem
from partners import sandbox, signing
from partners.errors import (
    REFUSALS,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    TwinRunning,
)
from partners.models import ApiKey, RememberedCall

HEADER, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
KEPT = timedelta(days=30)
LONGEST = 255
REMEMBERED = frozenset({409})  # refusals of the program: true however often they are asked for
FORGET_AT_ONCE = 5000
MEANING = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """An unsafe call as its caller names it."""

    owner: ApiKey
    key: str
    fingerprint: str

    @property
    def lock(self) -> str:
        return f"{self.owner.partner_id}:{self.owner.kind}:{self.key}"


def key_of(request: HttpRequest, *, is_required: bool) -> str:
    """The caller's key; empty where there is none and none is needed.

    Raises IdempotencyKeyMissing, IdempotencyKeyInvalid.
    """
    key = request.headers.get(HEADER, "").strip()
    if not key and is_required:
        raise IdempotencyKeyMissing(
            f"Send the header {HEADER} with a text of your own, new for every call and the same "
            "when you send a call again: a UUID does."
        )
    if len(key) > LONGEST or not (key.isascii() and (key.isprintable() or not key)):
        raise IdempotencyKeyInvalid(f"A key has 1 to {LONGEST} printable ASCII characters.")
    return key


def fingerprint(method: str, path: str, body: Any) -> str:
    """SHA-256 over what a call means, whatever the order of its fields and form of its numbers."""
    text = MEANING.encode([method, path, _canonical(body)])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {_composed(name): _canonical(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, str):
        return "s" + _composed(value)
    return value if isinstance(value, bool) or value is None else _numeral(value)


@functools.lru_cache(maxsize=4096)
def _numeral(value: int | Decimal) -> str:
    """One form for 1, 1.0 and 10e-1; sign, digits and exponent, so that 1e999999 stays short."""
    return "n" + repr(Decimal(value).normalize().as_tuple()) if value else "n0"


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def perform(call: Call, request: HttpRequest, effect: Callable[[], HttpResponse]) -> HttpResponse:
    """Run `effect` once for all calls with this key; later ones get its answer.

    Raises TwinRunning while the first is on its way, IdempotencyKeyReused for another call under
    the same key, and what `effect` raises.
    """
    with transaction.atomic(), translate(REFUSALS):
        found = _first(call)
        if found is not None:
            return _again(found, call)
        try:
            with sandbox.of(is_test=call.owner.is_test):
                response = effect()
        except LoyaltyError as error:
            if error.status not in REMEMBERED or isinstance(error, TwinRunning):
                raise
            response = problem(request, error)
        remember(call, response)
    return response


def _first(call: Call) -> RememberedCall | None:
    """The remembered call, if there is one; else the key is ours until the transaction ends.

    The lock is taken before the row is looked for, in a statement of its own: a row that was
    written while we waited is then seen.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [call.lock])
        if not cursor.fetchone()[0]:
            raise TwinRunning("The same call is still running. Send it again in a second.")
    owner = call.owner
    rows = RememberedCall.objects.filter(partner=owner.partner_id, kind=owner.kind, key=call.key)
    return rows.first()


def _again(found: RememberedCall, call: Call) -> HttpResponse:
    if found.fingerprint != call.fingerprint:
        raise IdempotencyKeyReused(
            f"The {HEADER} {call.key[:60]!r} was sent with another address or body before. "
            "Use a new key for a new call."
        )
    kind = found.content_type or "application/json"
    response = HttpResponse(signing.reveal(found.body), status=found.status, content_type=kind)
    if not found.content_type:
        del response["Content-Type"]  # there was no body
    response[REPLAYED] = "true"
    return response


def remember(call: Call, response: HttpResponse) -> None:
    """Keep the answer to a call whose lock is ours, in the transaction of its effect.

    A key that was used before is refused by the database, and so is everything written with it.
    """
    row = bulk.new(
        RememberedCall,
        partner_id=call.owner.partner_id,
        kind=call.owner.kind,
        key=call.key,
        fingerprint=call.fingerprint,
        status=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
        body=signing.conceal(response.content.decode()),
        created_at=clock.now(),
    )
    bulk.insert(RememberedCall, [row])


def forget() -> int:
    """Delete what is older than 30 days, a few at a time. Returns how many."""
    old = RememberedCall.objects.filter(created_at__lt=clock.now() - KEPT).order_by("created_at")
    ids = list(old.values_list("pk", flat=True)[:FORGET_AT_ONCE])
    return RememberedCall.objects.filter(pk__in=ids).delete()[0]
