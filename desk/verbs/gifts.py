"""Verbs about points that are promised or sent: release a hold, send, take a transfer back."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from common.errors import LoyaltyError
from desk import fields, finding, roles, say
from desk.verbs.base import Done, VerbForm, page, reason_field
from members.models import Member
from points import holds, transfers
from points.models import Hold, Transfer
from program.models import Unit
from rewards import reservation
from rewards.models import Reservation


class ReleaseHold(VerbForm):
    title, button = later("Release the hold"), later("Let the points go")
    intro = later("The cart or till that held them cannot take them any more.")
    permission, has_preview, is_grave = roles.RELEASE_HOLD, True, True
    previews_at_once = True

    reason = reason_field(later("Why the till does not do it itself."))

    @property
    def facts(self) -> list[tuple[Any, str]]:
        row: Hold = self.subject
        return [
            (_("Held"), say.amount(row.amount, row.account.unit)),
            (_("For"), row.purpose),
            (_("Until"), say.moment(row.expires_at)),
        ]

    def act(self, *, actor: str) -> Done:
        row, reason = self.subject, self.cleaned_data["reason"]
        kept = Reservation.objects.filter(member=row.member_id, hold=row).first()
        if kept is not None:
            reservation.release(kept, reason=reason, actor=actor)
        else:
            holds.release(row, reason=reason, actor=actor)
        words = {"amount": say.amount(row.amount, row.account.unit)}
        return Done(_("%(amount)s are free again.") % words, page(row.member))


class Send(VerbForm):
    title, button = later("Send points to another member"), later("Send them")
    intro = later("The points keep their last days. The program's limits hold here too.")
    permission, has_preview = roles.SEND, True

    who = forms.CharField(
        label=later("To whom?"),
        max_length=254,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=later("Card number, e-mail, phone or reference"),
    )
    unit = forms.ModelChoiceField(
        label=later("What"),
        queryset=Unit.objects.exclude(transfers=Unit.Transfers.NEVER),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )
    amount = fields.AmountField(label=later("Amount"), min_value=0)
    reason = reason_field(later("Both members read this."))
    found: Member | None = None

    def clean_who(self) -> str:
        who: str = self.cleaned_data["who"]
        try:
            self.found = finding.one(who)
        except LoyaltyError as error:
            raise ValidationError(error.message) from error
        return who

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own(self.found)
        amount, unit = data.get("amount"), data.get("unit")
        if amount is not None and unit is not None:
            try:
                data["amount"] = fields.smallest(amount, unit)
            except ValidationError as error:
                self.add_error("amount", error)
        return data

    def act(self, *, actor: str) -> Done:
        assert self.found is not None
        data = self.cleaned_data
        made = transfers.send(
            self.subject,
            self.found,
            unit=data["unit"].pk,
            amount=data["amount"],
            reason=data["reason"],
            actor=actor,
            source=f"transfer:{data['attempt'] or uuid.uuid4()}",
        )
        words = {
            "amount": say.amount(made.amount, data["unit"]),
            "giver": self.subject.name,
            "taker": self.found.name,
        }
        return Done(_("%(giver)s sent %(amount)s to %(taker)s.") % words, page(self.subject))


class TakeBack(VerbForm):
    title, button = later("Take the transfer back"), later("Take back what is left")
    intro = later(
        "Only what is left of the very points that were sent goes back. What was spent, is held, "
        "or has ended stays where it is, and nobody owes anything."
    )
    permission, has_preview, is_grave = roles.TAKE_BACK, True, True
    previews_at_once = True

    reason = reason_field(later("Both members read this."))

    def clean(self) -> dict[str, Any]:
        self.refuse_own(self.subject.receiver)
        return super().clean() or {}

    @property
    def facts(self) -> list[tuple[Any, str]]:
        row: Transfer = self.subject
        return [
            (_("Sent"), say.amount(row.amount, row.unit)),
            (_("From"), row.member.name),
            (_("To"), row.receiver.name),
            (_("When"), say.moment(row.occurred_at)),
        ]

    def act(self, *, actor: str) -> Done:
        row: Transfer = self.subject
        back = transfers.reverse(row, reason=self.cleaned_data["reason"], actor=actor)
        words = {"amount": say.amount(back, row.unit), "member": row.member.name}
        url = reverse("admin:points_transfer_change", args=[row.pk])
        return Done(_("%(amount)s went back to %(member)s.") % words, url)
