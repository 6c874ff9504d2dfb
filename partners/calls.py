"""What every call of a partner has in common: who calls, in which books, once or again, by page.

A view only reads what was sent, calls the verb and shows what came of it; everything here happens
around it.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar, TypeVar

import msgspec
from django.db import models
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import ApiViewSet
from common.ids import parse_public_id, public_id
from partners import idempotency, limits, sandbox
from partners.errors import (
    CursorInvalid,
    KeyPlaceDenied,
    NothingThere,
    ParameterInvalid,
    RoleMissing,
    ValueLimitReached,
)
from partners.idempotency import Call
from partners.models import ApiKey
from program import catalog
from program.models import Location

PAGE, PAGE_MAX = 50, 200  # rows of a page: what is usual, and the most
MONTHS = (1970, 9000)  # the years of statements: every calendar has them whole
BATCH_BYTES = 2 * 1024 * 1024  # a batch of 1,000 activities with room to spare
NO_PART = {
    "earn": "{place} takes no part in earning. Ask whoever runs the program.",
    "burn": "{place} takes no part in burning. Ask whoever runs the program.",
}
SAFE = frozenset({"GET", "HEAD"})
M = TypeVar("M", bound=models.Model)
Handler = Callable[..., HttpResponse]


class PartnerViewSet(ApiViewSet):
    """The base of every noun of the API.

    `scopes` names the scope of each action, `parameters` what may stand after the question mark;
    `asking` are POSTs that record nothing, `natural` those that another name makes safe to repeat,
    `whole` those whose one verb does all that has to be done in one transaction.
    """

    scopes: ClassVar[dict[str, str]] = {}
    parameters: ClassVar[dict[str, tuple[str, ...]]] = {}
    asking: ClassVar[frozenset[str]] = frozenset()
    natural: ClassVar[frozenset[str]] = frozenset()
    whole: ClassVar[frozenset[str]] = frozenset()
    bodies: ClassVar[dict[str, int]] = {}  # the most bytes of a body, where that is not usual
    http_method_names = ["get", "head", "post", "patch", "delete"]
    action: str

    @property
    def body_max(self) -> int | None:
        return self.bodies.get(self.action)

    def meaning(self, request: Request) -> Any:
        """What a call says, as it is logged and told from another call under the same key."""
        return request.data or {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        known = self.parameters.get(self.action, ())
        for name in request.query_params if request.META.get("QUERY_STRING") else ():
            if name not in known:
                raise ParameterInvalid(
                    f"There is no parameter {name[:40]!r} here. "
                    + (f"There are: {', '.join(known)}." if known else "Leave it out.")
                )
        method = str(request.method).lower()
        handler = getattr(self, method, None)
        if handler is not None:
            setattr(self, method, self._around(handler))

    def _around(self, handler: Handler) -> Callable[..., HttpResponse]:
        """The handler in its books: asked as it is, or performed once under the caller's key."""

        def call(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            key = key_of(request)
            if request.method in SAFE or self.action in self.asking:
                if not key.is_test:
                    return _tagged(request, rendered(handler(request, *args, **kwargs)))
                with sandbox.entered():
                    return _tagged(request, rendered(handler(request, *args, **kwargs)))
            return self._perform(request, lambda: rendered(handler(request, *args, **kwargs)))

        return call

    def beforehand(self, request: Request) -> None:
        """What an action has to ask of others, who may be slow, before its transaction begins.

        It refuses nothing by itself: a call that is sent again gets its first answer, whatever
        they say by now.
        """

    def at_once(self, request: Request, call: Call | None) -> HttpResponse | None:
        """The answer of an action that takes its caller's key, if it has one, in the same breath as
        it acts; None where nothing was done, and the key has to be asked for first.
        """
        return None

    def _perform(self, request: Request, effect: Callable[[], HttpResponse]) -> HttpResponse:
        key, plain = key_of(request), request._request
        name = idempotency.key_of(plain, is_required=self.action not in self.natural)
        body = self.meaning(request)
        plain.api_body = body  # type: ignore[attr-defined]
        call = None
        if name:
            meant = idempotency.fingerprint(str(request.method), plain.path, body)
            call = Call(key, name, meant)
        self.beforehand(request)
        try:
            done = self.at_once(request, call)
            if done is not None:
                return done
            if not plain.api_is_fresh:  # type: ignore[attr-defined]
                catalog.look_again()
            if call is not None:
                return idempotency.perform(call, plain, effect)
            if self.action in self.whole and not key.is_test:
                return effect()
            with sandbox.of(is_test=key.is_test):
                return effect()
        except ValueLimitReached:
            limits.alert_refused(key)
            raise


def rendered(response: HttpResponse) -> HttpResponse:
    """The bytes that leave, made here so that a repeat gets the very same; a file leaves as it is
    made.
    """
    if not isinstance(response, Response):
        return response
    plain = answered(response.data, status=response.status_code)
    for name, value in response.headers.items():
        if name.lower() != "content-type":
            plain[name] = value
    if response.data is None:
        del plain["Content-Type"]
    return plain


def answered(data: Any, *, status: int) -> HttpResponse:
    """An answer in JSON, of structs and plain values; None is none."""
    raw = b"" if data is None else msgspec.json.encode(data)
    return HttpResponse(raw, status=status, content_type="application/json")


def _tagged(request: Request, response: HttpResponse) -> HttpResponse:
    """An answer with its ETag, or 304 for who has it already."""
    if request.method not in SAFE or response.status_code != 200 or response.streaming:
        return response
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    given = [part.strip() for part in request.headers.get("If-None-Match", "").split(",")]
    if tag in given or f"W/{tag}" in given or given == ["*"]:
        response = HttpResponse(status=304)
        del response["Content-Type"]
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"  # keep it, and ask before every use
    return response


def key_of(request: Request) -> ApiKey:
    """The key that is calling."""
    key = request.auth
    assert isinstance(key, ApiKey)
    return key


def actor_of(request: Request) -> str:
    """How the caller is written down beside what it does."""
    return f"partner:{key_of(request).partner_id}"


def place_of(
    key: ApiKey, code: str | None, *, role: str, pointer: str = "/location"
) -> Location | None:
    """The place a call is for, checked against the key and the place's part (`earn`, `burn`).

    Raises UnknownLocation, KeyPlaceDenied, RoleMissing.
    """
    if not code and not key.locations:
        return None
    found = catalog.of(catalog.current()).location(key.partner_id, code or "")
    if key.locations and (found is None or found.code not in key.locations):
        raise KeyPlaceDenied(
            f"The key {key.hint} acts for {', '.join(key.locations)}. Name one of them.",
            pointer=pointer,
        )
    if found is not None and role not in found.roles:
        raise RoleMissing(
            NO_PART[role].format(place=found.name),
            pointer=pointer,
            role=role,
        )
    return found


def identified(prefix: str, text: str) -> uuid.UUID:
    """The UUID behind a public id. Raises NothingThere, whatever is wrong with it."""
    try:
        return parse_public_id(prefix, text)
    except ValueError:
        raise nothing(prefix) from None


def nothing(prefix: str) -> NothingThere:
    """The one answer for an id that leads nowhere for this caller."""
    return NothingThere(f"Nothing of yours has this id. It has the form {prefix}_… and is yours.")


def page(
    request: Request, rows: models.QuerySet[M], *, prefix: str, is_ascending: bool = False
) -> tuple[Sequence[M], str | None]:
    """One page of rows by id, newest first (or oldest), and the cursor of the next one.

    Raises CursorInvalid, ParameterInvalid.
    """
    size = _size(request.query_params.get("limit", str(PAGE)))
    after = request.query_params.get("cursor")
    if after is not None:
        border = "pk__gt" if is_ascending else "pk__lt"
        rows = rows.filter(**{border: _cursor(after, prefix)})
    found = list(rows.order_by("pk" if is_ascending else "-pk")[: size + 1])
    more = len(found) > size
    last = found[size - 1].pk if more else None
    return found[:size], None if last is None else _cursor_to(last, prefix)


def last_cursor(rows: Sequence[models.Model], prefix: str) -> str | None:
    """The cursor behind the last of these rows, for those who come back for what is new."""
    return _cursor_to(rows[-1].pk, prefix) if rows else None


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= PAGE_MAX):
        raise ParameterInvalid(f"limit is a whole number from 1 to {PAGE_MAX}.")
    return int(text)


def _cursor_to(pk: uuid.UUID, prefix: str) -> str:
    return base64.urlsafe_b64encode(public_id(prefix, pk).encode()).decode().rstrip("=")


def _cursor(text: str, prefix: str) -> uuid.UUID:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        return parse_public_id(prefix, raw)
    except ValueError:
        raise CursorInvalid(
            "Take cursor from `next` of the page before, as it is, or leave it out."
        ) from None


def day_parameter(request: HttpRequest | Request, name: str) -> date | None:
    """A date after the question mark; None where there is none. Raises ParameterInvalid."""
    text = (
        request.GET.get(name)
        if isinstance(request, HttpRequest)
        else request.query_params.get(name)
    )
    if text is None:
        return None
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ParameterInvalid(f"{name} is a date like 2026-03-31.") from None


def month_of(text: str) -> date:
    """The first day of a month in an address. Raises ParameterInvalid."""
    try:
        if len(text) != 7 or not text.isascii():
            raise ValueError
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ParameterInvalid("A month is written like 2026-03.") from None
    if not MONTHS[0] <= first.year <= MONTHS[1]:
        raise ParameterInvalid(f"Name a month from {MONTHS[0]} to {MONTHS[1]}.")
    return first
