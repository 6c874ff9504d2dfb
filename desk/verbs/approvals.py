"""Deciding on what a colleague asked for: agree, and it is posted; or decline, with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from common import clock
from desk import roles, say
from desk.verbs.base import Done, VerbForm, reason_field
from members.models import Member
from points import approvals, ledger
from points.models import AdjustmentRequest, Posting
from tiers import standing

RECENT_DAYS = 30


class Decide(VerbForm):
    """What both have: the request in words, and what is known of the member."""

    permission = roles.DECIDE

    @property
    def home(self) -> str:
        return reverse("admin:points_adjustmentrequest_changelist")

    @property
    def facts(self) -> list[tuple[Any, str]]:
        return in_words(self.subject)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        return data


class Approve(Decide):
    title, button = later("Agree"), later("Agree and post it")
    intro = later("It is posted in the name of whoever asked, with yours beside it.")
    has_preview, previews_at_once = True, True

    def act(self, *, actor: str) -> Done:
        row = approvals.approve(self.subject, actor=actor)
        words = {"amount": say.signed(row.amount, row.unit), "member": row.member.name}
        return Done(_("%(amount)s for %(member)s were posted.") % words, self.home)


class Decline(Decide):
    title, button = later("Decline"), later("Decline")
    intro = later("Nothing is posted. Whoever asked reads your reason.")

    reason = reason_field(later("For whoever asked."))

    def act(self, *, actor: str) -> Done:
        approvals.decline(self.subject, actor=actor, reason=self.cleaned_data["reason"])
        return Done(_("It was declined."), self.home)


def in_words(row: AdjustmentRequest) -> list[tuple[Any, str]]:
    """A request and the member it is about, as facts to decide by."""
    member: Member = row.member
    tier = standing.current(member)
    since = clock.now() - timedelta(days=RECENT_DAYS)
    lately = Posting.objects.filter(
        member=member, kind=Posting.Kind.ADJUSTMENT, occurred_at__gte=since
    ).count()
    names = say.staff_names([row.asked_by])
    balance = ledger.balance(member, unit=row.unit_id)
    return [
        (_("Member"), member.name),
        (_("Asked for"), say.signed(row.amount, row.unit)),
        (_("Why"), row.reason),
        (_("By"), say.actor(row.asked_by, names)),
        (_("When"), say.moment(row.asked_at)),
        (_("Balance now"), say.amount(balance, row.unit)),
        (_("Tier"), tier.name if tier else say.NOTHING),
        (_("Member since"), say.day(member.joined_at)),
        (_("Adjusted in the last 30 days"), str(lately)),
    ]
