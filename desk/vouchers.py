"""Vouchers at the desk: what to say of one, in words and a color, and how often somebody may try a
wrong code.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext as _

from common import counting
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


def state(redemption: Redemption) -> tuple[str, str]:
    """The kind and the label of a verdict, for a column."""
    if redemption.status == Redemption.Status.USED:
        return "used", _("used")
    if redemption.status == Redemption.Status.CANCELLED:
        return "cancelled", _("cancelled")
    return ("expired", _("expired")) if redemption.is_expired else ("ready", _("ready to use"))


def verdict(redemption: Redemption, names: Mapping[str, str] | None = None) -> Verdict:
    """What is to be said of a voucher now; `names` are those of staff, if the caller has them."""
    kind, label = state(redemption)
    if names is None and kind == "used":
        names = say.staff_names([redemption.used_by])
    words = {
        "last": say.last_day(redemption.expires_at),
        "cancelled": say.moment(redemption.cancelled_at),
        "used": say.moment(redemption.used_at),
        "place": redemption.used_location.name if redemption.used_location else "",
        "who": say.actor(redemption.used_by, names),
    }
    sentences = {
        "ready": _("Good until %(last)s."),
        "expired": _("Its last day was %(last)s."),
        "cancelled": _("Cancelled on %(cancelled)s. Its points were given back."),
        "used": _("Used on %(used)s at %(place)s, by %(who)s.")
        if words["place"]
        else _("Used on %(used)s by %(who)s."),
    }
    return Verdict(kind, label, sentences[kind] % words, redemption)


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
    if counting.so_many(key, seconds=WINDOW_S) >= WRONG_AT_MOST:
        raise TooManyWrongCodes(
            _("Too many wrong codes. Wait ten minutes, or look on the member's page instead.")
        )
    try:
        return verdict(vouchers.find(code))
    except VoucherInvalid as error:
        counting.one_more(key, seconds=WINDOW_S)
        return Verdict("unknown", _("unknown"), error.message)
