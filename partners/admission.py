"""Admission: whose key a text is, whether it works, and one call more in its minute.

One statement answers all of it, and tells which program stands, so that nothing else has to ask.
It is a transaction of its own: a call that is refused later was a call, too. It does not wait for
the disk: a crash of the server may forget the last moment's calls, and callers of one key, who
queue for its row, are let through sooner. A key that is revoked is refused by the next request,
because the key's row is read for every one; what is kept in memory is only the object made of it.
"""

from __future__ import annotations

import dataclasses
import functools
from datetime import datetime
from typing import Any

from django.db import models

from common import clock, sql
from partners import keys
from partners.limits import WINDOW_S, Window
from partners.models import ApiKey
from program import catalog
from program.models import Partner

KEPT_MOST = 1000  # keys in memory; more are made anew


@dataclasses.dataclass(frozen=True, slots=True)
class Admitted:
    """A key that works, and the minute that its call was counted in."""

    key: ApiKey
    window: Window


_known: dict[str, tuple[tuple[Any, ...], ApiKey]] = {}


def admit(text: str) -> Admitted:
    """Tell a key by its text, and count the call. One statement, and once a day one more.

    Raises KeyUnknown, KeyRevoked, KeyExpired or PartnerInactive; such calls are not counted.
    """
    if not keys.FORM.fullmatch(text):
        raise keys.unknown()
    now, key_hash = clock.now(), keys.hash_of(text)
    minute = now.replace(second=0, microsecond=0)
    found = sql.rows(_statement(), {"hash": key_hash, "now": now, "minute": minute})
    if not found:
        raise keys.unknown()
    _, calls, version, *row = found[0]
    key = _key(key_hash, tuple(row))
    keys.require_working(key, now)
    _note_use(key, now)
    catalog.told(version)
    return Admitted(key, Window(key.per_minute, calls, WINDOW_S - now.second))


def _note_use(key: ApiKey, now: datetime) -> None:
    if key.last_used_on != now.date():
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=now.date())


def _key(key_hash: str, row: tuple[Any, ...]) -> ApiKey:
    """The object of a row, kept for as long as the row says the same."""
    kept = _known.get(key_hash)
    if kept is not None and kept[0] == row:
        return kept[1]
    own, partner = _names(ApiKey), _names(Partner)
    key = ApiKey.from_db("default", own, row[: len(own)])
    key.partner = Partner.from_db("default", partner, row[len(own) :])
    if len(_known) >= KEPT_MOST:
        _known.clear()
    _known[key_hash] = (row, key)
    return key


def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@functools.cache
def _statement() -> str:
    columns = [f"k.{field.column}" for field in ApiKey._meta.concrete_fields]
    columns += [f"p.{field.column}" for field in Partner._meta.concrete_fields]
    return f"""
        WITH counted AS (
            INSERT INTO partners_ratewindow AS w (key_id, started_at, calls)
            SELECT k.id, %(minute)s, 1
              FROM partners_apikey k JOIN program_partner p ON p.code = k.partner_id
             WHERE k.key_hash = %(hash)s AND p.is_active AND k.revoked_at IS NULL
               AND (k.expires_at IS NULL OR k.expires_at > %(now)s)
                ON CONFLICT (key_id) DO UPDATE SET started_at = EXCLUDED.started_at,
                   calls = CASE WHEN w.started_at = EXCLUDED.started_at THEN w.calls + 1 ELSE 1 END
            RETURNING calls)
        SELECT set_config('synchronous_commit', 'off', true), (SELECT calls FROM counted),
               (SELECT version FROM program_program ORDER BY id LIMIT 1),
               {", ".join(columns)}
          FROM partners_apikey k JOIN program_partner p ON p.code = k.partner_id
         WHERE k.key_hash = %(hash)s
    """  # noqa: S608 (names of columns)
