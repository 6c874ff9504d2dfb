"""The request log: what was called with which key, and what came of it. Bodies are kept without
what is personal or secret, and for a month.
"""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse

from common import bulk, clock
from common.afterwards import Afterwards
from partners.idempotency import HEADER, REPLAYED
from partners.models import ApiRequest
from program import catalog

KEPT = timedelta(days=30)
FORGET_AT_ONCE = 5000
LONGEST = 4000  # characters of a body
# `instance` repeats the path, which has a column of its own, without what it may say of somebody.
PERSONAL = frozenset({"name", "email", "phone", "birthday", "contact", "address", "instance"})
SECRET = frozenset({"card", "code", "handed_code", "secret", "voucher"})  # the last four are told
HIDDEN = "…"
SHORTEST = 12  # digits of a card
DIGITS = re.compile(rf"[0-9]{{{SHORTEST},}}")
ADDRESS = re.compile(r"[^\s@\"]+@[^\s@\"]+")

LINES = Afterwards(ApiRequest, wait=lambda: timedelta(seconds=settings.API_LOG_WAIT_S))

log = structlog.get_logger("pennant.api")


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """Write a line for every call that came with a key that works, and tell its limits."""

    def handle(request: HttpRequest) -> HttpResponse:
        request.api_started = time.perf_counter()  # type: ignore[attr-defined]
        with catalog.one_call():
            response = get_response(request)
        if getattr(request, "api_key", None) is not None:
            for name, value in request.api_window.headers().items():  # type: ignore[attr-defined]
                response[name] = value
            _write(request, response)
        return response

    return handle


def _write(request: HttpRequest, response: HttpResponse) -> None:
    """One line. A log that cannot be written is no reason to take an answer back.

    Of refusals wrong codes are counted, so their line is there before the answer; all others wait a
    moment for more of their kind.
    """
    try:
        row = _row(request, response)
        is_urgent = response.status_code >= 400 or settings.API_LOG_WAIT_S == 0
        if is_urgent or not LINES.take(row):
            with transaction.atomic():  # what is around us goes on, whatever becomes of the line
                row.save(force_insert=True)
    except DatabaseError as error:
        log.error("request_not_logged", exc_info=error)


def _row(request: HttpRequest, response: HttpResponse) -> ApiRequest:
    seconds = time.perf_counter() - request.api_started  # type: ignore[attr-defined]
    return bulk.new(
        ApiRequest,
        key=request.api_key,  # type: ignore[attr-defined]
        request_id=getattr(request, "request_id", ""),
        method=request.method or "",
        path=_path(request),
        query=_query(request),
        idempotency_key=_kept(request.headers.get(HEADER, ""))[:255],
        is_replay=response.headers.get(REPLAYED) == "true",
        status=response.status_code,
        code=_code(response),
        ms=round(seconds * 1000),
        body=_text(redacted(getattr(request, "api_body", None))),
        answer=_answer(response),
        at=clock.now(),
    )


def redacted(value: Any) -> Any:
    """The same without names, addresses and codes: `…2366` for a card."""
    if isinstance(value, dict):
        return {str(name): _hidden(str(name), item) for name, item in value.items()}
    if isinstance(value, list):
        return [redacted(item) for item in value[:20]]
    return _text_without(value) if isinstance(value, str) else value


def _text_without(text: str) -> str:
    """A text without what it may say of somebody: most are too short, and name no address."""
    if len(text) >= SHORTEST:
        text = DIGITS.sub(lambda found: HIDDEN + found[0][-4:], text)
    return ADDRESS.sub(HIDDEN, text) if "@" in text else text


def _hidden(name: str, value: Any) -> Any:
    if isinstance(value, str) and name in PERSONAL:
        return HIDDEN
    if isinstance(value, str) and (name in SECRET or _is_card(name, value)):
        return HIDDEN + value[-4:] if len(value) > 8 else HIDDEN
    return redacted(value)


def _is_card(name: str, value: str) -> bool:
    """Whether a member is named by the card, as a path and a query may, and not by our id."""
    return name == "member" and not value.startswith("mem_")


def _query(request: HttpRequest) -> str:
    """What stands behind the path, written anew: decoded first, so that no code hides anything."""
    given = request.META.get("QUERY_STRING", "")
    if not given:
        return ""
    pairs = parse_qsl(given, keep_blank_values=True)
    told = [(_text_without(name), str(_hidden(name, value))) for name, value in pairs]
    text = urlencode(told, safe="/:,").replace(quote(HIDDEN), HIDDEN)
    return _kept(text)[:400]


def _path(request: HttpRequest) -> str:
    path = request.path
    match = request.resolver_match
    for name, value in (match.kwargs if match else {}).items():
        if name == "code" or _is_card(name, str(value)):
            path = path.replace(str(value), HIDDEN + str(value)[-4:])
    return _kept(path)[:200]


def _kept(text: str) -> str:
    """What a text column can keep: no database keeps the character zero."""
    return text.replace("\x00", "\ufffd")


def _answer(response: HttpResponse) -> str:
    if response.streaming or not response.content or len(response.content) > 64 * 1024:
        return ""
    try:
        return _text(redacted(msgspec.json.decode(response.content)))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _code(response: HttpResponse) -> str:
    if response.status_code < 400:
        return ""
    try:
        return str(msgspec.json.decode(response.content).get("code", ""))[:60]
    except (msgspec.DecodeError, AttributeError):
        return ""


def _text(value: Any) -> str:
    return "" if value in (None, {}) else msgspec.json.encode(value).decode()[:LONGEST]


def as_curl(row: ApiRequest, *, origin: str) -> str:
    """The call as a line for a shell, with the key and what was redacted left to fill in."""
    target = quote(row.path, safe="/:").replace(quote(HIDDEN), HIDDEN)
    target += f"?{row.query}" if row.query else ""
    lines = [
        f"curl -sS -X {shlex.quote(row.method)} \"{origin}\"'{_quoted(target)}'",
        '  -H "Authorization: Bearer $KEY"',
    ]
    if row.idempotency_key:
        lines.append(f"  -H '{HEADER}: {_quoted(row.idempotency_key)}'")
    if row.body:
        lines.append("  -H 'Content-Type: application/json'")
        lines.append(f"  -d '{_quoted(row.body)}'")
    return " \\\n".join(lines)


def _quoted(text: str) -> str:
    return text.replace("'", "'\\''")


def forget() -> int:
    """Delete what is older than a month, a few at a time. Returns how many."""
    old = ApiRequest.objects.filter(at__lt=clock.now() - KEPT).order_by("at")
    return ApiRequest.objects.filter(
        pk__in=list(old.values_list("pk", flat=True)[:FORGET_AT_ONCE])
    ).delete()[0]
