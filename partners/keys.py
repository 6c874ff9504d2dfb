"""Keys: issuing, revoking, and telling whose key a text is.

A key is 256 random bits, so its plain SHA-256 cannot be turned back or guessed, and looking the
hash up tells nothing by the time it takes. A key that is revoked is refused within a quarter of a
second (`partners.admission`).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from common import clock
from common.errors import translate
from common.ids import ALPHABET
from events import outbox
from partners.errors import (
    REFUSALS,
    KeyExpired,
    KeyInvalid,
    KeyRevoked,
    KeyUnknown,
    PartnerInactive,
)
from partners.models import ApiKey, Scope
from partners.models.keys import PER_MINUTE
from program.models import Partner

BITS = 256
LETTERS = 52  # of base 32, 5 bits each, hold 256 bits
FORM = re.compile(rf"pn_(live|test)_[{ALPHABET}]{{{LETTERS}}}")
SLOTS = (1, 2)  # so many keys of one name may work at once


def issue(
    partner: Partner,
    *,
    name: str,
    actor: str,
    scopes: Iterable[str] = Scope.values,
    expires_at: datetime | None = None,
    kind: str = ApiKey.Kind.LIVE,
    locations: Iterable[str] = (),
    per_minute: int = PER_MINUTE,
    points_per_day: int | None = None,
) -> tuple[ApiKey, str]:
    """Make a key. Returns it with its text, which is shown once and known to nobody afterwards.

    Raises KeyInvalid when it has no name, no scopes, unknown ones, places that are not the
    partner's, ends before it starts, or two keys of its name work already; and PartnerInactive
    when the partner takes part no more.
    """
    if not partner.is_active:
        raise PartnerInactive(f"{partner} takes part no more. Make it active first.")
    wanted, places = _checked(partner, set(scopes), set(locations))
    text = _random(kind)
    key = ApiKey(
        partner=partner,
        name=" ".join(name.split()),
        kind=kind,
        locations=places,
        per_minute=per_minute,
        points_per_day=points_per_day,
        last_four=text[-4:],
        key_hash=hash_of(text),
        scopes=wanted,
        created_by=actor,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    with transaction.atomic(), translate(REFUSALS):
        key.slot = _free_slot(key)
        key.save(force_insert=True)
        _publish("api_key_issued", key, actor=actor)
    return key, text


def _checked(
    partner: Partner, scopes: set[str], locations: set[str]
) -> tuple[list[str], list[str]]:
    """Scopes and places in order. Raises KeyInvalid naming those that there are not."""
    unknown = sorted(scopes - set(Scope.values))
    if unknown:
        raise KeyInvalid(
            f"There is no scope {', '.join(unknown)}. Use some of: {', '.join(Scope.values)}.",
            pointer="/scopes",
        )
    strange = sorted(locations - set(partner.locations.values_list("code", flat=True)))
    if strange:
        raise KeyInvalid(
            f"{partner} has no place {', '.join(strange)}. Choose some of its own.",
            pointer="/locations",
        )
    return sorted(scopes), sorted(locations)


def _free_slot(key: ApiKey) -> int:
    """Where a key may stand beside others of its name; those that have expired make room."""
    Partner.objects.select_for_update(no_key=True).get(pk=key.partner_id)
    rows = ApiKey.objects.filter(
        partner=key.partner_id, kind=key.kind, name=key.name, revoked_at=None
    )
    rows.filter(expires_at__lte=key.created_at).update(
        revoked_at=key.created_at, revoked_by="system:expired"
    )
    free = set(SLOTS) - set(rows.values_list("slot", flat=True))
    if not free:
        raise KeyInvalid(
            f"Two keys named {key.name} work already. Revoke one of them, or use another name.",
            pointer="/name",
        )
    return min(free)


def revoke(key: ApiKey, *, actor: str) -> ApiKey:
    """Refuse a key from now on. Revoking it again changes nothing."""
    with transaction.atomic():
        locked = ApiKey.objects.select_for_update().get(pk=key.pk)
        if locked.revoked_at is None:
            locked.revoked_at, locked.revoked_by = clock.now(), actor
            locked.save(update_fields=["revoked_at", "revoked_by"])
            _publish("api_key_revoked", locked, actor=actor)
    return locked


def require_working(key: ApiKey, now: datetime) -> None:
    """Refuse a key that does not work at a moment.

    Raises KeyRevoked, KeyExpired, PartnerInactive.
    """
    if key.revoked_at is not None:
        raise KeyRevoked(f"The key {key.hint} was revoked. Ask for a new one.")
    if not key.is_active(now):
        raise KeyExpired(f"The key {key.hint} has expired. Ask for a new one.")
    if not key.partner.is_active:
        raise PartnerInactive(f"{key.partner} takes part no more. Ask whoever runs the program.")


def unknown() -> KeyUnknown:
    """The one answer for a text that is no key of anybody's."""
    return KeyUnknown("No such key. Check that all of it was copied: pn_live_ and 52 letters.")


def _random(kind: str) -> str:
    number, letters = secrets.randbits(BITS), []
    for _ in range(LETTERS):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return f"pn_{kind}_{''.join(letters)}"


def hash_of(text: str) -> str:
    """What is kept of a key: the SHA-256 of its text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _publish(type: str, key: ApiKey, *, actor: str) -> None:
    facts = {"partner": key.partner_id, "name": key.name, "scopes": key.scopes, "actor": actor}
    outbox.publish(type, subject=key.public_id, payload=facts)
