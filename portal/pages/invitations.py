"""Inviting: a member's link and code, and what became of each invitation.

Of a friend no more is shown than the first name.
"""

from __future__ import annotations

import dataclasses

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from common.errors import LoyaltyError
from earning import referring
from earning.models import Referral, ReferralTerms
from members.models import Member
from program.models import Program

SHOWN = 50
KEPT = "invited_by"  # the code of an invitation, kept in the session until somebody has joined
Status = Referral.Status


@dataclasses.dataclass(frozen=True, slots=True)
class Friend:
    """One invitation: a first name, what state it is in, and whether that is good news."""

    name: str
    state: str
    is_paid: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Invitations:
    """The page: what is offered, the link and its code, who came."""

    terms: ReferralTerms
    link: str
    code: str
    friends: list[Friend]
    paid: int


def gather(request: HttpRequest, member: Member, *, program: Program) -> Invitations | None:
    """The page of a member; None where nobody can be invited."""
    offered = referring.active(program)
    if not offered:
        return None
    code = referring.code_of(member)
    rows = Referral.objects.filter(referrer=member).select_related("member")
    shown = rows.exclude(status=Status.REFUSED, member=member)[:SHOWN]
    return Invitations(
        terms=offered[0],
        link=request.build_absolute_uri(reverse("portal:join", args=[code])),
        code=code,
        friends=[_friend(row) for row in shown],
        paid=rows.filter(status=Status.PAID).count(),
    )


def _friend(row: Referral) -> Friend:
    words = {
        Status.OPEN: _("has joined"),
        Status.DOUBTED: _("is being looked at"),
        Status.REFUSED: _("does not count"),
        Status.PAID: _("paid"),
        Status.MISSED: _("did not come about"),
    }
    name = row.member.name.partition(" ")[0] or _("A friend")
    return Friend(name, words[Status(row.status)], is_paid=row.status == Status.PAID)


def keep(request: HttpRequest, code: str) -> str:
    """Remember an invitation until its reader has joined. Returns who invites, by first name.

    Raises ReferralUnknown.
    """
    referrer = referring.referrer_of(code)
    request.session[KEPT] = code
    return referrer.name.partition(" ")[0]


def accept(request: HttpRequest, member: Member) -> None:
    """Note that somebody who has just joined came by the invitation that was kept; once."""
    code = request.session.pop(KEPT, "")
    if not code:
        return
    try:
        referring.refer(member, code=code, actor=f"member:{member.pk}")
    except LoyaltyError:  # it was withdrawn meanwhile, or another one came first
        return
