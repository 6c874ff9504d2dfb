"""Leaving for good, and what is held: a code by e-mail proves that it is really the member."""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from common import clock, counting
from members.models import Member
from points.models import Account
from program import catalog
from program.models import Program, Unit
from rewards.models import Redemption

KEPT = "leaving"  # in the session
LIFE = timedelta(minutes=15)
TRIES = 5  # of a code of a million
LETTERS_AN_HOUR, EXPORTS_AN_HOUR = 5, 6


@dataclasses.dataclass(frozen=True, slots=True)
class Leaving:
    """What goes, and what stays, when a member leaves."""

    member: Member
    balances: list[tuple[int, Unit]]
    vouchers: list[Redemption]


def gather(member: Member, *, program: Program) -> Leaving:
    """What the member would lose. Three queries."""
    from portal.pages import vouchers

    units = catalog.of(program).units
    rows = Account.objects.filter(member=member, balance__gt=0, unit__kind=Unit.Kind.SPENDABLE)
    ready = vouchers.mine(member).filter(
        status=Redemption.Status.ISSUED, expires_at__gt=clock.now()
    )
    return Leaving(
        member=member,
        balances=[(row.balance, units[row.unit_id]) for row in rows],
        vouchers=list(ready),
    )


def allowed(what: str, member: Member, *, most: int) -> bool:
    """Count one more within the hour; False when it is one too many."""
    return counting.one_more(f"portal:{what}:{member.pk}", seconds=3600) <= most


def send_code(request: HttpRequest, member: Member) -> None:
    """Send a fresh code to the login's address, and remember its hash for a while."""
    assert member.user is not None
    code = f"{secrets.randbelow(10**6):06d}"
    request.session[KEPT] = {
        "hash": _hash(code),
        "until": (clock.now() + LIFE).isoformat(),
        "left": TRIES,
    }
    text = render_to_string("portal/email/leaving.txt", {"code": code, "member": member})
    send_mail(_("Your code to leave"), text, None, [member.user.email])


def is_waiting(request: HttpRequest) -> bool:
    """Whether a code was sent that may still be typed."""
    kept: dict[str, Any] | None = request.session.get(KEPT)
    return bool(kept and kept["left"] and datetime.fromisoformat(kept["until"]) > clock.now())


def check_code(request: HttpRequest, typed: str) -> bool:
    """Whether this is the code that was sent; a wrong one counts."""
    if not is_waiting(request):
        return False
    kept = request.session[KEPT]
    if secrets.compare_digest(kept["hash"], _hash("".join(typed.split()))):
        return True
    request.session[KEPT] = {**kept, "left": kept["left"] - 1}
    return False


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
