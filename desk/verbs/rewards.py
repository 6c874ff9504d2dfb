"""Verbs about rewards and orders: upload codes, draw winners, send a parcel, say it arrived."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from desk import roles, say
from desk.verbs.base import Done, VerbForm
from rewards import contests, delivery, stock
from rewards.models import Fulfilment, Redemption, Reward

CODE_LENGTH = 80


class _OnReward(VerbForm):
    """About a reward and nobody in particular."""

    @property
    def home(self) -> str:
        return reverse("admin:rewards_reward_change", args=[self.subject.pk])


class UploadCodes(_OnReward):
    title, button = later("Upload codes"), later("Add these codes")
    intro = later("Each is given to one member, in the order in which it came.")
    permission = roles.UPLOAD_CODES

    codes = forms.CharField(
        label=later("Codes"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
        help_text=later("One a line, as the shop that takes them wrote them."),
    )
    file = forms.FileField(
        label=later("Or a file"),
        required=False,
        help_text=later("A text file with one code a line."),
    )

    @property
    def facts(self) -> list[tuple[Any, str]]:
        reward: Reward = self.subject
        left = stock.left_of(reward, today=say.today()) or 0
        return [(_("Reward"), reward.name), (_("Codes left"), f"{left:,}")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        lines = (data.get("codes") or "").splitlines()
        if data.get("file"):
            try:
                lines += data["file"].read().decode("utf-8-sig").splitlines()
            except UnicodeDecodeError:
                self.add_error("file", _("This is not a text file. Save it as UTF-8 text."))
        data["lines"] = [line.strip().strip('",;') for line in lines if line.strip()]
        if not data["lines"]:
            self.add_error("codes", _("There is no code in it. Write one a line."))
        elif any(len(line) > CODE_LENGTH for line in data["lines"]):
            self.add_error("codes", _("A code has at most 80 letters. Is each on a line?"))
        return data

    def act(self, *, actor: str) -> Done:
        count = stock.upload(self.subject, self.cleaned_data["lines"])
        words = {"count": f"{count:,}"}
        said = ngettext("%(count)s code was added.", "%(count)s codes were added.", count)
        return Done(said % words, self.home)


class DrawWinners(_OnReward):
    title, button = later("Draw the winners"), later("Draw now")
    intro = later(
        "The draw is made once and stays. Its seed and the list of entries are kept, so that "
        "anybody can make it again and find the same winners."
    )
    permission, is_grave = roles.DRAW, True

    @property
    def facts(self) -> list[tuple[Any, str]]:
        reward: Reward = self.subject
        return [
            (_("Contest"), reward.name),
            (_("Day of the draw"), say.day(reward.draws_on)),
            (_("Winners"), f"{reward.winners or 0:,}"),
            (_("Entries"), f"{len(contests.entries_of(reward)):,}"),
        ]

    def act(self, *, actor: str) -> Done:
        made = contests.draw(self.subject, actor=actor)
        count = len(made.winners)
        said = ngettext("%(count)s winner was drawn.", "%(count)s winners were drawn.", count)
        url = reverse("admin:rewards_draw_change", args=[made.pk])
        return Done(said % {"count": f"{count:,}"}, url)


class _OnParcel(VerbForm):
    """About an order."""

    @property
    def home(self) -> str:
        return reverse("admin:rewards_fulfilment_changelist")

    @property
    def facts(self) -> list[tuple[Any, str]]:
        row: Fulfilment = self.subject
        taken: Redemption = row.redemption
        return [
            (_("Product"), taken.reward.name),
            (_("Member"), row.member.name),
            (_("Address"), row.address),
            (_("Ordered"), say.moment(row.ordered_at)),
        ]


class Ship(_OnParcel):
    title, button = later("Send it"), later("It has been sent")
    permission = roles.SEND_PRODUCT

    tracking = forms.CharField(
        label=later("Parcel number"),
        max_length=80,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=later("The member reads it, and can follow the parcel."),
    )

    def act(self, *, actor: str) -> Done:
        delivery.ship(self.subject, tracking=self.cleaned_data["tracking"], actor=actor)
        return Done(_("It is on its way."), self.home)


class Deliver(_OnParcel):
    title, button = later("It arrived"), later("It has arrived")
    intro = later("From now on it cannot be cancelled.")
    permission = roles.SEND_PRODUCT

    def act(self, *, actor: str) -> Done:
        delivery.deliver(self.subject, actor=actor)
        return Done(_("It has arrived."), self.home)
