"""Verbs about referrals that wait for a clerk: let one count, or refuse it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from desk import roles, say
from desk.verbs.base import Done, VerbForm, reason_field
from earning import referring, vouching
from earning.models import Referral


class _OnReferral(VerbForm):
    permission = roles.DECIDE_REFERRAL

    @property
    def home(self) -> str:
        return reverse("admin:earning_referral_changelist")

    @property
    def facts(self) -> list[tuple[Any, str]]:
        row: Referral = self.subject
        return [
            (_("Friend"), row.member.name),
            (_("Invited by"), row.referrer.name),
            (_("Joined by it"), say.moment(row.referred_at)),
            (_("Why it waits"), row.reason),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        row: Referral = self.subject
        if self.clerk.pk in (row.member.user_id, row.referrer.user_id):
            raise ValidationError(_("This is your own. Ask a colleague to decide it."))
        return data


class Approve(_OnReferral):
    title, button = later("Let it count"), later("It counts")
    intro = later("Both sides are paid once the friend has done their part, or at once if so.")
    has_preview, previews_at_once = True, True

    def act(self, *, actor: str) -> Done:
        vouching.approve(self.subject, actor=actor)
        return Done(_("It counts from now on."), self.home)


class Refuse(_OnReferral):
    title, button = later("Refuse it"), later("It does not count")
    is_grave = True

    reason = reason_field(later("Kept with the invitation, for whoever asks later."))

    def act(self, *, actor: str) -> Done:
        referring.refuse(self.subject, reason=self.cleaned_data["reason"], actor=actor)
        return Done(_("It does not count."), self.home)
