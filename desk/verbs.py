"""What clerks do, as forms: each asks for what its verb needs, and `act` calls the house's verb with the clerk as its actor.

What must stay true: a form that is sent twice acts once; a refusal says why and keeps what was typed.
"""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from common.errors import LoyaltyError
from desk import fields, finding, roles, rules, say
from desk.attempts import Repeated, acting_once
from earning import intake
from earning.errors import AlreadyClaimed
from earning.models import UnclaimedActivity
from members import claiming, enrolment
from members.models import Card, Member, User
from points import ledger
from points.errors import SourceUsed
from program import catalog
from program.models import Unit
from rewards import codes, offers, redemption
from rewards.models import Redemption
from tiers import standing

REASON_LENGTH = 240  # what the ledger keeps


@dataclasses.dataclass(frozen=True, slots=True)
class Slip:
    """What is handed over the counter. The claim code is shown this once; only its hash is kept."""

    member: Member
    number: str
    claim_code: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """What to say, and where to go; or, where there is a secret to hand over, the page that shows it this once."""

    message: str
    url: str
    handed_over: Any = None
    template: str = "desk/slip.html"


class VerbForm(forms.Form):
    """What every form of a verb has: the row it is about, the clerk, and an attempt made when the page was rendered."""

    title: ClassVar[Any] = ""
    button: ClassVar[Any] = ""
    intro: ClassVar[Any] = ""
    permission: ClassVar[str] = ""
    has_preview: ClassVar[bool] = False
    previews_at_once: ClassVar[bool] = False
    is_grave: ClassVar[bool] = False

    attempt = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, subject: Any, clerk: User, **kwargs: Any) -> None:
        self.subject, self.clerk = subject, clerk
        kwargs["initial"] = {"attempt": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    @property
    def member(self) -> Member | None:
        """Whom it is about, once that is known."""
        return self.subject if isinstance(self.subject, Member) else getattr(self.subject, "member", None)

    @property
    def home(self) -> str:
        """Where to go when nothing is left to do."""
        return page(self.member) if self.member else reverse("admin:members_member_changelist")

    def act(self, *, actor: str) -> Done:
        """Do it. Raises the LoyaltyError that says why not."""
        raise NotImplementedError

    @property
    def facts(self) -> list[tuple[Any, str]]:
        """What it is about, where that is not a member."""
        return []

    def is_ready_to_preview(self) -> bool:
        """Whether enough is known to say what would happen; the reason may still be missing."""
        is_ready = not set(self.errors) - {"reason"}
        if is_ready and "reason" in self.fields:
            self.cleaned_data.setdefault("reason", "…")
        return is_ready and self.member is not None

    def refuse_own(self) -> None:
        """Nobody moves their own points."""
        if self.member is not None and self.member.user_id == self.clerk.pk:
            raise ValidationError(_("These are your own points. Ask a colleague to do this."))


def page(member: Member) -> str:
    """The address of a member's page at the desk."""
    return reverse("admin:members_member_change", args=[member.pk])


def reason_field(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=later("Reason"),
        max_length=REASON_LENGTH,
        help_text=help_text,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


class Adjust(VerbForm):
    title, button = later("Adjust points"), later("Post the adjustment")
    permission, has_preview = roles.ADJUST, True

    unit = forms.ModelChoiceField(
        label=later("What"), queryset=Unit.objects.all(), empty_label=None, widget=UnfoldAdminSelectWidget()
    )
    amount = fields.AmountField(
        label=later("Amount"), help_text=later("A number gives, a number with a minus takes: 500 or -500")
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
        try:
            with transaction.atomic():
                ledger.adjust(member, unit=unit.pk, amount=amount, reason=data["reason"], actor=actor, source=source)
                if unit.kind == Unit.Kind.COUNTER:
                    standing.reassess(member, actor=actor)
        except SourceUsed as error:
            raise Repeated(_("This adjustment was posted already. It was not posted again.")) from error
        words = {"amount": say.signed(amount, unit), "member": member.name}
        return Done(_("%(amount)s for %(member)s.") % words, page(member))


class Correct(VerbForm):
    title, button = later("Correct details"), later("Save")
    permission = roles.CORRECT

    name = forms.CharField(label=later("Name"), max_length=120, widget=UnfoldAdminTextInputWidget())
    phone = forms.CharField(label=later("Phone"), max_length=32, required=False, widget=UnfoldAdminTextInputWidget())

    def __init__(self, *args: Any, subject: Member, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, initial={"name": subject.name, "phone": subject.phone}, **kwargs)

    def act(self, *, actor: str) -> Done:
        data = self.cleaned_data
        language = self.subject.language
        enrolment.update(self.subject, actor=actor, name=data["name"], phone=data["phone"], language=language)
        return Done(_("Saved."), page(self.subject))


class Enrol(VerbForm):
    title, button = later("Enrol a member"), later("Enrol and print the card")
    intro = later("The card works at once. With the claim code the member makes a login of their own, later, on the phone.")
    permission = roles.ENROL

    name = forms.CharField(
        label=later("Name"), max_length=120, widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"})
    )
    email = forms.EmailField(
        label=later("E-mail"), required=False, widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=later("Phone"),
        max_length=32,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "inputmode": "tel"}),
        help_text=later("With the country's code, so that it is found from anywhere: +351 912 345 678"),
    )

    def act(self, *, actor: str) -> Done:
        data = self.cleaned_data
        with acting_once(data["attempt"]), transaction.atomic():
            member = enrolment.enroll(name=data["name"], email=data["email"], phone=data["phone"], actor=actor)
            code = claiming.issue_code(member, actor=actor)
        slip = Slip(member, _number(member), code)
        return Done(_("%(name)s is a member.") % {"name": member.name}, page(member), slip)


class IssueCode(VerbForm):
    title, button = later("Issue a claim code"), later("Issue and print")
    intro = later("A code that was issued before stops working. It is good for 90 days and for one use.")
    permission = roles.ISSUE_CODE

    def act(self, *, actor: str) -> Done:
        code = claiming.issue_code(self.subject, actor=actor)
        return Done(_("A new claim code."), page(self.subject), Slip(self.subject, _number(self.subject), code))


class ReplaceCard(VerbForm):
    title, button = later("Replace the card"), later("Replace and print")
    intro = later("The old number stops working at once. Points and status stay.")
    permission, is_grave = roles.REPLACE_CARD, True

    reason = reason_field(later("Lost, stolen, broken: for whoever asks later."))

    def act(self, *, actor: str) -> Done:
        with acting_once(self.cleaned_data["attempt"]):
            card = enrolment.replace_card(self.subject, actor=actor, reason=self.cleaned_data["reason"])
        return Done(_("The card was replaced."), page(self.subject), Slip(self.subject, card.number))


class Redeem(VerbForm):
    title, button = later("Redeem for the member"), later("Redeem")
    permission, has_preview = roles.REDEEM, True

    reward = forms.ChoiceField(label=later("Reward"), widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, subject: Member, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.offers = offers.for_member(subject, program=catalog.current())
        rows = [(offer.reward.code, _offer(offer)) for offer in self.offers]
        self.fields["reward"].choices = [("", _("Choose a reward")), *rows]  # type: ignore[attr-defined]

    def act(self, *, actor: str) -> Done:
        data = self.cleaned_data
        taken = redemption.redeem(
            self.subject,
            reward=offers.reward_by_code(data["reward"]),
            attempt=data["attempt"] or uuid.uuid4(),
            actor=actor,
        )
        words = {"reward": taken.reward.name, "code": codes.format(taken.code)}
        url = reverse("admin:rewards_redemption_change", args=[taken.pk])
        return Done(_("%(reward)s: the code is %(code)s.") % words, url)


def _offer(offer: offers.Offer) -> str:
    """`Breakfast for two, 3,600 points` and, where it cannot be had, why."""
    unit, words = offer.reward.unit, {"reward": offer.reward.name}
    words["price"] = say.amount(offer.price, unit)
    if offer.lock is not None:
        return _("%(reward)s, %(price)s: for %(tier)s and above") % {**words, "tier": offer.lock.name}
    if offer.is_sold_out:
        return _("%(reward)s, %(price)s: sold out") % words
    if offer.missing:
        return _("%(reward)s, %(price)s: %(missing)s to go") % {**words, "missing": say.amount(offer.missing, unit)}
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
                raise Repeated(_("It belongs to this member already. It was not recorded again.")) from error
            raise
        units = catalog.of(catalog.current()).units
        earned = ", ".join(f"+{say.amount(award.amount, units[award.unit_id])}" for award in recorded.awards)
        words = {"reference": row.reference, "member": self.found.name, "earned": earned or _("nothing")}
        return Done(_("%(reference)s belongs to %(member)s now and earned %(earned)s.") % words, page(self.found))


def _number(member: Member) -> str:
    return Card.objects.get(member=member, is_active=True).number

