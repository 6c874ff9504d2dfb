"""Vouchers at the desk: what to say of one, in words and a color, and how often somebody may try a
wrong code.
"""

from __future__ import annotations

import dataclasses
import uuid

from django.core.cache import cache
from django.utils.translation import gettext as _

from common.errors import LoyaltyError
from desk import say
from rewards import vouchers
from rewards.errors import VoucherInvalid
from rewards.models import Redemption

WRONG_AT_MOST = (
    10  # wrong codes by one person in one window: plenty for typing errors, nothing for guessing
)
WINDOW_S = 600


class TooManyWrongCodes(LoyaltyError):
    code = "too_many_wrong_codes"
    status = 429
    title = "Too many wrong codes"


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What a till says: `kind` is ready, done, used, expired, cancelled or unknown; `label` one or
    two words.
    """

    kind: str
    label: str
    sentence: str
    redemption: Redemption | None = None

    @property
    def is_good(self) -> bool:
        return self.kind == "ready"


def verdict(redemption: Redemption) -> Verdict:
    """What is to be said of a voucher now."""
    status = Redemption.Status
    if redemption.status == status.USED:
        return Verdict("used", _("used"), _used(redemption), redemption)
    if redemption.status == status.CANCELLED:
        sentence = _("Cancelled on %(when)s. Its points were given back.")
        return Verdict(
            "cancelled",
            _("cancelled"),
            sentence % {"when": say.moment(redemption.cancelled_at)},
            redemption,
        )
    if redemption.is_expired:
        sentence = _("Its last day was %(day)s.") % {"day": say.last_day(redemption.expires_at)}
        return Verdict("expired", _("expired"), sentence, redemption)
    sentence = _("Good until %(day)s.") % {"day": say.last_day(redemption.expires_at)}
    return Verdict("ready", _("ready to use"), sentence, redemption)


def _used(redemption: Redemption) -> str:
    words = {
        "when": say.moment(redemption.used_at),
        "place": redemption.used_location.name if redemption.used_location else "",
        "who": doers(redemption)["used"],
    }
    if words["place"]:
        return _("Used on %(when)s at %(place)s, by %(who)s.") % words
    return _("Used on %(when)s by %(who)s.") % words


def doers(redemption: Redemption) -> dict[str, str]:
    """Who issued, used and cancelled a voucher, by name."""
    actors = {
        "issued": redemption.actor,
        "used": redemption.used_by,
        "cancelled": redemption.cancelled_by,
    }
    names = say.staff_names(actors.values())
    return {what: say.actor(actor, names) for what, actor in actors.items()}


def look_up(code: str, *, clerk: uuid.UUID) -> Verdict:
    """What is to be said of a code. Unknown and mistyped codes get one answer, and are counted.

    Raises TooManyWrongCodes after ten wrong ones in ten minutes, whatever is tried next.
    """
    key = f"desk:wrong-codes:{clerk}"
    if cache.get(key, 0) >= WRONG_AT_MOST:
        raise TooManyWrongCodes(
            _("Too many wrong codes. Wait ten minutes, or look on the member's page instead.")
        )
    try:
        return verdict(vouchers.find(code))
    except VoucherInvalid as error:
        _count(key)
        return Verdict("unknown", _("unknown"), error.message)


def _count(key: str) -> None:
    """One more wrong code.

    Counted in the cache: two at the very same moment may count as one, which is good enough.
    """
    if not cache.add(key, 1, timeout=WINDOW_S):
        try:
            cache.incr(key)
        except ValueError:  # it ran out between the two
            cache.add(key, 1, timeout=WINDOW_S)
