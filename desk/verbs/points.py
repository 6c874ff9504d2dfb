"""Verbs that move points: adjust, redeem, cancel a voucher, claim an activity."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from common.errors import LoyaltyError
from desk import fields, finding, roles, rules, say
from desk.attempts import Repeated
from desk.verbs.base import Done, VerbForm, page, reason_field
from earning import intake
from earning.errors import AlreadyClaimed
from earning.models import UnclaimedActivity
from members.models import Member
from points import approvals
from points.errors import SourceUsed
from program import catalog
from program.models import Unit
from rewards import codes, offers, redemption
from rewards.models import Kind, Redemption, Reward, RewardDate
from rewards.redemption import Choice


class Adjust(VerbForm):
    title, button = later("Adjust points"), later("Post the adjustment")
    permission, has_preview = roles.ADJUST, True

    unit = forms.ModelChoiceField(
        label=later("What"),
        queryset=Unit.objects.all(),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )
    amount = fields.AmountField(
        label=later("Amount"),
        help_text=later("A number gives, a number with a minus takes: 500 or -500"),
    )
    reason = reason_field(later("The member reads this, and so does whoever checks the books."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        amount, unit = data.get("amount"), data.get("unit")
        if amount == 0:
            self.add_error("amount", _("Zero changes nothing. Give or take at least one."))
        elif amount is not None and unit is not None:
            try:
                data["amount"] = fields.smallest(amount, unit)
            except ValidationError as error:
                self.add_error("amount", error)
        return data

    def act(self, *, actor: str) -> Done:
        data, member = self.cleaned_data, self.subject
        unit, amount = data["unit"], data["amount"]
        source = f"adjustment:{data['attempt'] or uuid.uuid4()}"
        wish = approvals.Wish(member, unit.pk, amount, data["reason"], source)
        try:
            outcome = approvals.ask(wish, actor=actor)
        except SourceUsed as error:
            raise Repeated(
                _("This adjustment was posted already. It was not posted again.")
            ) from error
        words = {"amount": say.signed(amount, unit), "member": member.name}
        if outcome.posting is not None:
            return Done(_("%(amount)s for %(member)s.") % words, page(member))
        return Done(
            _("%(amount)s for %(member)s wait for a second person. Nothing was posted yet.")
            % words,
            page(member),
        )

    @property
    def notice(self) -> str:
        """That a second person is needed, as soon as that is known."""
        amount, unit = self.cleaned_data.get("amount"), self.cleaned_data.get("unit")
        actor = f"staff:{self.clerk.pk}"
        if not isinstance(amount, int) or unit is None or unit.second_person_above is None:
            return ""
        if not approvals.is_above(self.subject, unit=unit, amount=amount, actor=actor):
            return ""
        return _(
            "With what you moved for this member today, this is more than the %(most)s that one "
            "person may. It waits until somebody else agrees."
        ) % {"most": say.amount(unit.second_person_above, unit)}


class Redeem(VerbForm):
    title, button = later("Redeem for the member"), later("Redeem")
    permission, has_preview = roles.REDEEM, True

    reward = forms.ChoiceField(label=later("Reward"), widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, subject: Member, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.offers = offers.for_member(subject, program=catalog.current())
        rows = [(offer.reward.code, _offer(offer)) for offer in self.offers]
        self.fields["reward"].choices = [("", _("Choose a reward")), *rows]  # type: ignore[attr-defined]
        days = _dates([offer.reward for offer in self.offers])
        self.fields["date"].choices = [("", _("none")), *days]  # type: ignore[attr-defined]
        if not days:
            del self.fields["date"]
        if not any(offer.reward.kind == Kind.PRODUCT for offer in self.offers):
            del self.fields["address"]

    date = forms.ChoiceField(
        label=later("Date"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=later("For a place on a date."),
    )
    address = forms.CharField(
        label=later("Address"),
        required=False,
        max_length=400,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=later("For a product that is sent."),
    )

    points = forms.DecimalField(
        label=later("Points"),
        required=False,
        min_value=0,
        help_text=later("Fewer than the price, where money is paid beside them. Empty: all of it."),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
    )

    def act(self, *, actor: str) -> Done:
        data = self.cleaned_data
        reward, points = offers.reward_by_code(data["reward"]), data.get("points")
        taken = redemption.redeem(
            self.subject,
            reward=reward,
            attempt=data["attempt"] or uuid.uuid4(),
            actor=actor,
            choice=Choice(
                amount=int(points.scaleb(reward.unit.decimals)) if points else None,
                date=uuid.UUID(data["date"]) if data.get("date") else None,
                address=data.get("address", ""),
            ),
        )
        words = {"reward": taken.reward.name, "code": codes.format(taken.code)}
        url = reverse("admin:rewards_redemption_change", args=[taken.pk])
        if taken.money is not None:
            words["money"] = f"{catalog.current().currency} {taken.money:.2f}"
            told = _("%(reward)s: the code is %(code)s. Collect %(money)s.") % words
            return Done(told, url)
        return Done(_("%(reward)s: the code is %(code)s.") % words, url)


def _dates(rewards: list[Reward]) -> list[tuple[str, str]]:
    """The dates to come of these rewards that have places left, for a drop-down."""
    places = [reward for reward in rewards if reward.kind == Kind.EXPERIENCE]
    if not places:
        return []
    rows = RewardDate.objects.filter(reward__in=places, day__gte=say.today(), left__gt=0)
    return [
        (str(row.pk), f"{row.reward.name}: {say.day(row.day)} {row.name}".strip())
        for row in rows.select_related("reward")
    ]


def _offer(offer: offers.Offer) -> str:
    """`Breakfast for two, 3,600 points` and, where it cannot be had, why."""
    unit, words = offer.reward.unit, {"reward": offer.reward.name}
    words["price"] = say.amount(offer.price, unit)
    if offer.lock is not None:
        return _("%(reward)s, %(price)s: for %(tier)s and above") % {
            **words,
            "tier": offer.lock.name,
        }
    if offer.is_sold_out:
        return _("%(reward)s, %(price)s: sold out") % words
    if offer.missing:
        return _("%(reward)s, %(price)s: %(missing)s to go") % {
            **words,
            "missing": say.amount(offer.missing, unit),
        }
    return _("%(reward)s, %(price)s") % words


class CancelVoucher(VerbForm):
    title, button = later("Cancel the voucher"), later("Cancel and give the points back")
    intro = later("The points go back where they came from, with their old last day.")
    permission, has_preview, is_grave = roles.CANCEL_VOUCHER, True, True
    previews_at_once = True

    reason = reason_field(later("Why the member does not get it after all."))

    @property
    def facts(self) -> list[tuple[Any, str]]:
        row: Redemption = self.subject
        return [
            (_("Reward"), row.reward.name),
            (_("Member"), row.member.name),
            (_("Paid"), say.amount(row.price, row.unit)),
        ]

    def act(self, *, actor: str) -> Done:
        row: Redemption = self.subject
        redemption.cancel(row, reason=self.cleaned_data["reason"], actor=actor)
        words = {"reward": row.reward.name, "amount": say.amount(row.price, row.unit)}
        return Done(_("%(reward)s was cancelled; %(amount)s went back.") % words, page(row.member))


class Claim(VerbForm):
    title, button = later("Claim for a member"), later("Record it for this member")
    intro = later("It is recorded under its own date, and earns what it would have earned then.")
    permission, has_preview = roles.CLAIM, True

    who = forms.CharField(
        label=later("Whose is it?"),
        max_length=254,
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
        help_text=later("Card number, e-mail, phone or reference"),
    )
    found: Member | None = None

    @property
    def member(self) -> Member | None:
        return self.found

    @property
    def home(self) -> str:
        return reverse("admin:earning_unclaimedactivity_changelist")

    @property
    def facts(self) -> list[tuple[Any, str]]:
        row: UnclaimedActivity = self.subject
        program = catalog.current()
        known = catalog.of(program).types.get(row.type_id)
        return [
            (row.type.name, rules.facts_in_words(known, row.attributes, program=program)),
            (_("When"), say.day(row.occurred_at)),
            (_("Where"), row.location.name if row.location else row.partner.name),
            (_("Reference"), row.reference),
        ]

    def clean_who(self) -> str:
        who: str = self.cleaned_data["who"]
        try:
            self.found = finding.one(who)
        except LoyaltyError as error:
            raise ValidationError(error.message) from error
        return who

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        return data

    def act(self, *, actor: str) -> Done:
        assert self.found is not None
        row: UnclaimedActivity = self.subject
        try:
            recorded = intake.claim(row, member=self.found, actor=actor)
        except AlreadyClaimed as error:
            if UnclaimedActivity.objects.filter(pk=row.pk, member_id=self.found.pk).exists():
                raise Repeated(
                    _("It belongs to this member already. It was not recorded again.")
                ) from error
            raise
        units = catalog.of(catalog.current()).units
        earned = ", ".join(
            f"+{say.amount(award.amount, units[award.unit_id])}" for award in recorded.awards
        )
        words = {
            "reference": row.reference,
            "member": self.found.name,
            "earned": earned or _("nothing"),
        }
        return Done(
            _("%(reference)s belongs to %(member)s now and earned %(earned)s.") % words,
            page(self.found),
        )
