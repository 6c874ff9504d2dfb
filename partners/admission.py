"""Admission: whose key a text is, whether it works, and one call more in its minute.

One statement answers all of it, and tells which program stands, so that nothing else has to ask.
It is a transaction of its own: a call that is refused later was a call, too. It does not wait for
the disk: a crash of the server may forget the last moment's calls, and callers of one key, who
queue for its row, are let through sooner.

A process trusts what it was told for a quarter of a second (KEY_TRUST_S), for at most a hundredth
of the key's calls a minute, and counts what came by then with the next statement. So a key that is
revoked is refused within that time, a key with fewer than 100 calls a minute is looked at every
time, and of a larger limit each process may let a hundredth more through.
"""

from __future__ import annotations

import dataclasses
import functools
import threading
import time
from datetime import datetime
from typing import Any

from django.conf import settings

from common import bulk, clock, sql
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
    is_fresh: bool = True  # PostgreSQL was asked for this very call


@dataclasses.dataclass(slots=True)
class _Trust:
    """What the database said of a key last, until when that is believed (`time.monotonic`), and
    how many calls have come since.
    """

    key: ApiKey
    version: int | None
    minute: datetime
    calls: int
    until: float
    since: int = 0

    @property
    def is_good(self) -> bool:
        most = min(self.key.per_minute // 100, self.key.per_minute - self.calls)
        return self.since < most and time.monotonic() < self.until


_trusted: dict[str, _Trust] = {}
_mutex = threading.Lock()
_known: dict[str, tuple[tuple[Any, ...], ApiKey]] = {}


def admit(text: str) -> Admitted:
    """Tell a key by its text, and count the call. At most one statement, and once a day one more.

    Raises KeyUnknown, KeyRevoked, KeyExpired or PartnerInactive; such calls are not counted.
    """
    if not keys.FORM.fullmatch(text):
        raise keys.unknown()
    now, key_hash = clock.now(), keys.hash_of(text)
    minute = now.replace(second=0, microsecond=0)
    known, untold = _one_more(key_hash, minute)
    if known is None:
        calls = 1 + untold
        given = {"hash": key_hash, "now": now, "minute": minute, "calls": calls}
        found = sql.rows(_statement(), given)
        if not found:
            raise keys.unknown()
        _, counted, version, *row = found[0]
        key = _key(key_hash, tuple(row))
        keys.require_working(key, now)
        _note_use(key, now)
        until = time.monotonic() + settings.KEY_TRUST_S
        _trust(key_hash, _Trust(key, version, minute, counted, until))
    else:
        key, version, counted = known.key, known.version, known.calls + untold
        keys.require_working(key, now)
    catalog.told(version)
    window = Window(key.per_minute, counted, WINDOW_S - now.second)
    return Admitted(key, window, is_fresh=known is None)


def _one_more(key_hash: str, minute: datetime) -> tuple[_Trust | None, int]:
    """Count a call with what is believed of its key, and how many came since it was told; None
    where the database has to be asked, with how many it has not been told of.
    """
    with _mutex:
        known = _trusted.get(key_hash)
        if known is None or known.minute != minute:
            return None, 0
        if known.is_good:
            known.since += 1
            return known, known.since
        return None, _trusted.pop(key_hash).since


def _trust(key_hash: str, told: _Trust) -> None:
    """Believe from now on; calls that another thread let through meanwhile stay to be told."""
    with _mutex:
        before = _trusted.get(key_hash)
        if before is not None and before.minute == told.minute:
            told.since = before.since
        if len(_trusted) >= KEPT_MOST:
            _trusted.clear()
        _trusted[key_hash] = told


def _note_use(key: ApiKey, now: datetime) -> None:
    if key.last_used_on != now.date():
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=now.date())


def _key(key_hash: str, row: tuple[Any, ...]) -> ApiKey:
    """The object of a row, kept for as long as the row says the same."""
    kept = _known.get(key_hash)
    if kept is not None and kept[0] == row:
        return kept[1]
    own, partner = bulk.columns(ApiKey), bulk.columns(Partner)
    key = ApiKey.from_db("default", own, row[: len(own)])
    key.partner = Partner.from_db("default", partner, row[len(own) :])
    if len(_known) >= KEPT_MOST:
        _known.clear()
    _known[key_hash] = (row, key)
    return key


@functools.cache
def _statement() -> str:
    columns = [f"k.{field.column}" for field in ApiKey._meta.concrete_fields]
    columns += [f"p.{field.column}" for field in Partner._meta.concrete_fields]
    return f"""
        WITH counted AS (
            INSERT INTO partners_ratewindow AS w (key_id, started_at, calls)
            SELECT k.id, %(minute)s, %(calls)s
              FROM partners_apikey k JOIN program_partner p ON p.code = k.partner_id
             WHERE k.key_hash = %(hash)s AND p.is_active AND k.revoked_at IS NULL
               AND (k.expires_at IS NULL OR k.expires_at > %(now)s)
                ON CONFLICT (key_id) DO UPDATE SET started_at = EXCLUDED.started_at,
                   calls = CASE WHEN w.started_at = EXCLUDED.started_at THEN w.calls ELSE 0 END
                           + EXCLUDED.calls
            RETURNING calls)
        SELECT set_config('synchronous_commit', 'off', true), (SELECT calls FROM counted),
               (SELECT version FROM program_program ORDER BY id LIMIT 1),
               {", ".join(columns)}
          FROM partners_apikey k JOIN program_partner p ON p.code = k.partner_id
         WHERE k.key_hash = %(hash)s
    """  # noqa: S608 (names of columns)
