"""Verbs about paid plans: start, cancel, arrange means of payment, report a try, waive, use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from common import clock
from desk import roles, say
from desk.attempts import acting_once
from desk.verbs.base import Done, VerbForm, page, reason_field
from members.models import Member
from plans import benefits, billing, paying, refunds, subscribing
from plans.models import Charge, ChargeAttempt, PaymentMeans, Period, Plan, Subscription
from program import catalog


def _home(subscription: Subscription) -> str:
    return reverse("admin:plans_subscription_change", args=[subscription.pk])


class StartPlan(VerbForm):
    title, button = later("Start a plan"), later("Start it")
    intro = later(
        "The first charge is announced to the payment system; report here, or there, what came of "
        "it."
    )
    permission, has_preview = roles.START_PLAN, True

    plan = forms.ModelChoiceField(
        label=later("Plan"),
        queryset=Plan.objects.filter(is_active=True),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )
    period = forms.ChoiceField(
        label=later("Paid by"), choices=Period.choices, widget=UnfoldAdminSelectWidget()
    )
    with_trial = forms.BooleanField(
        label=later("Begin with the trial"), required=False, widget=UnfoldBooleanSwitchWidget()
    )

    def clean(self) -> dict[str, Any]:
        self.refuse_own()
        return super().clean() or {}

    def act(self, *, actor: str) -> Done:
        data, member = self.cleaned_data, self.subject
        verb = subscribing.start_trial if data["with_trial"] else subscribing.start
        with acting_once(data["attempt"]):
            made = verb(member, plan=data["plan"].code, period=data["period"], actor=actor)
        words = {"plan": data["plan"].name, "member": member.name}
        return Done(_("%(member)s has %(plan)s now.") % words, _home(made))


class ArrangeMeans(VerbForm):
    title, button = later("Means of payment"), later("Save")
    intro = later(
        "Labels only, such as “Visa ending in 42”: card data stay with the payment system."
    )
    permission = roles.START_PLAN

    labels = forms.CharField(
        label=later("One a line, the first to be tried first"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, subject: Member, **kwargs: Any) -> None:
        rows = PaymentMeans.objects.filter(member=subject, is_active=True)
        known = "\n".join(rows.values_list("label", flat=True))
        super().__init__(*args, subject=subject, initial={"labels": known}, **kwargs)

    def act(self, *, actor: str) -> Done:
        lines = self.cleaned_data["labels"].splitlines()
        labels = [line.strip() for line in lines if line.strip()]
        paying.arrange(self.subject, labels=labels, actor=actor)
        return Done(_("Saved."), page(self.subject))


class UseBenefit(VerbForm):
    title, button = later("Use a benefit"), later("Write it down")
    permission = roles.USE_BENEFIT

    benefit = forms.ChoiceField(label=later("Benefit"), widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, subject: Subscription, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        rows = subject.plan.benefits.filter(is_active=True)
        self.fields["benefit"].choices = list(rows.values_list("code", "name"))  # type: ignore[attr-defined]

    def act(self, *, actor: str) -> Done:
        row, data = self.subject, self.cleaned_data
        with acting_once(data["attempt"]):
            benefits.use(row.member, plan=row.plan_id, benefit=data["benefit"], actor=actor)
        return Done(_("Written down."), _home(row))


class CancelPlan(VerbForm):
    title, button = later("Cancel to the end of the period"), later("Cancel it")
    permission, is_grave = roles.CANCEL_PLAN, True

    reason = reason_field(later("The member reads this."))

    @property
    def facts(self) -> list[tuple[Any, str]]:
        row: Subscription = self.subject
        return [(_("Runs to"), say.last_day(row.period_ends_at))]

    def act(self, *, actor: str) -> Done:
        row = subscribing.cancel(self.subject, reason=self.cleaned_data["reason"], actor=actor)
        return Done(_("It is cancelled; nothing more is charged."), _home(row))


class CancelPlanNow(VerbForm):
    title, button = later("Cancel at once"), later("End it now")
    permission, is_grave = roles.CANCEL_PLAN, True

    reason = reason_field(later("The member reads this."))

    @property
    def facts(self) -> list[tuple[Any, str]]:
        found = refunds.eligibility(self.subject, asked_at=clock.now(), program=catalog.current())
        return [(_("Paid back"), found.sentence)]

    def act(self, *, actor: str) -> Done:
        row = subscribing.cancel_now(self.subject, reason=self.cleaned_data["reason"], actor=actor)
        return Done(_("The plan has ended."), _home(row))


class ReportTry(VerbForm):
    title, button = later("Report a try"), later("Write it down")
    intro = later("For payments that the payment system does not report by itself.")
    permission = roles.REPORT_CHARGE

    outcome = forms.ChoiceField(
        label=later("What came of it"),
        choices=ChargeAttempt.Outcome.choices,
        widget=UnfoldAdminSelectWidget(),
    )
    means = forms.ModelChoiceField(
        label=later("Tried with"),
        queryset=PaymentMeans.objects.none(),
        required=False,
        empty_label=later("what was next"),
        widget=UnfoldAdminSelectWidget(),
    )
    reference = forms.CharField(
        label=later("Reference"),
        max_length=100,
        required=False,
        help_text=later("The payment system's own number for it."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, *args: Any, subject: Charge, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        field: Any = self.fields["means"]
        field.queryset = PaymentMeans.objects.filter(member=subject.member_id, is_active=True)

    @property
    def facts(self) -> list[tuple[Any, str]]:
        row: Charge = self.subject
        return [
            (_("Amount"), refunds.money(row.amount, row.currency)),
            (_("Next in line"), row.means.label if row.means else say.NOTHING),
        ]

    def act(self, *, actor: str) -> Done:
        data, charge = self.cleaned_data, self.subject
        with acting_once(data["attempt"]):
            billing.attempt(
                charge,
                outcome=data["outcome"],
                means=data["means"],
                reference=data["reference"],
                actor=actor,
            )
        return Done(_("Written down."), reverse("admin:plans_charge_change", args=[charge.pk]))


class WaiveCharge(VerbForm):
    title, button = later("Waive the charge"), later("Waive it")
    permission, is_grave = roles.REPORT_CHARGE, True

    reason = reason_field(later("The member reads this, and so does whoever checks the books."))

    def clean(self) -> dict[str, Any]:
        self.refuse_own()
        return super().clean() or {}

    def act(self, *, actor: str) -> Done:
        charge = billing.waive(self.subject, reason=self.cleaned_data["reason"], actor=actor)
        return Done(_("Waived."), reverse("admin:plans_charge_change", args=[charge.pk]))
