"""Verbs on activities: cancel one, take a part of one back, let a pending one count."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import UnfoldAdminTextInputWidget

from desk import roles, rules, say
from desk.attempts import Repeated
from desk.verbs.base import Done, VerbForm, page, reason_field
from earning import confirmations, returns, states
from earning.changing import Changed
from earning.errors import PendingEnded
from earning.models import Activity, PendingActivity
from program import attributes, catalog


class ActivityVerb(VerbForm):
    """What the verbs on an activity share: what it says, and that nobody changes their own."""

    subject: Activity | PendingActivity

    @property
    def facts(self) -> list[tuple[Any, str]]:
        row, program = self.subject, catalog.current()
        said = attributes.plain(self.state.amended.values)
        return [
            (row.type.name, rules.facts_in_words(self.state.type, said, program=program)),
            (_("Member"), row.member.name),
            (_("When"), say.day(row.occurred_at)),
            (_("Reference"), row.reference),
        ]

    @property
    def state(self) -> states.State:
        """What the activity says by now."""
        row = self.subject
        type = catalog.of(catalog.current()).types[row.type_id]
        changes = row.changes.order_by("number") if isinstance(row, Activity) else ()
        return states.of(type, row.attributes, changes)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        return data

    def words(self, actor: str) -> dict[str, Any]:
        """What every change of the subject says."""
        return {
            "partner": self.subject.partner_id,
            "activity": self.subject.public_id,
            "reference": f"desk:{self.cleaned_data['attempt'] or uuid.uuid4()}",
            "reason": self.cleaned_data["reason"],
            "actor": actor,
        }


class CancelActivity(ActivityVerb):
    title, button = later("Cancel the activity"), later("Cancel and take its points back")
    intro = later("All it earned is taken back. What was spent already, the member owes.")
    permission, has_preview, is_grave = roles.RETURN, True, True
    previews_at_once = True

    reason = reason_field(later("Why it does not count after all. The member reads this."))

    def act(self, *, actor: str) -> Done:
        done = returns.cancel(**self.words(actor))
        if done.is_replay:
            raise Repeated(_("This has been cancelled already."))
        words = {"reference": self.subject.reference, "taken": _moved(done)}
        return Done(_("%(reference)s was cancelled: %(taken)s.") % words, page(self.subject.member))


class AmendActivity(ActivityVerb):
    title, button = later("Take a part of it back"), later("Change it")
    intro = later("Say what came back. What it would not have earned is taken back.")
    permission, has_preview = roles.RETURN, True

    reason = reason_field(later("What came back, and why. The member reads this."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = self.state.amended.values
        for attribute in self.state.type.attributes.all():
            if attribute.kind in attributes.COUNTED and left.get(attribute.code):
                self.fields[f"back_{attribute.code}"] = forms.DecimalField(
                    label=attribute.name,
                    required=False,
                    min_value=0,
                    max_value=left[attribute.code],
                    help_text=_("Of %(left)s") % {"left": left[attribute.code]},
                    widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
                )
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and not self._back(data):
            raise ValidationError(_("Say how much of what came back."))
        return data

    @staticmethod
    def _back(data: dict[str, Any]) -> dict[str, str]:
        found = {k.removeprefix("back_"): v for k, v in data.items() if k.startswith("back_")}
        return {code: format(amount, "f") for code, amount in found.items() if amount}

    def act(self, *, actor: str) -> Done:
        done = returns.amend(**self.words(actor), returned=self._back(self.cleaned_data))
        if done.is_replay:
            raise Repeated(_("This has been taken back already."))
        words = {"reference": self.subject.reference, "taken": _moved(done)}
        return Done(_("%(reference)s was changed: %(taken)s.") % words, page(self.subject.member))


class ConfirmActivity(ActivityVerb):
    title, button = later("Confirm the activity"), later("Let it count now")
    intro = later("It is recorded under its own date. What it earns is the member's from now on.")
    permission, has_preview, previews_at_once = roles.CONFIRM, True, True

    subject: PendingActivity

    def act(self, *, actor: str) -> Done:
        try:
            done = confirmations.count(self.subject, actor=actor)
        except PendingEnded as error:
            raise Repeated(_("It has been confirmed already, and counts.")) from error
        units = catalog.of(catalog.current()).units
        earned = [f"+{say.amount(one.amount, units[one.unit_id])}" for one in done.awards]
        words = {"reference": self.subject.reference, "earned": ", ".join(earned) or _("nothing")}
        return Done(
            _("%(reference)s counts now and earned %(earned)s.") % words, page(self.subject.member)
        )


class CancelPending(CancelActivity):
    title, button = later("Cancel the pending activity"), later("Cancel it")
    intro = later("It has not counted yet, and never will.")
    permission, has_preview, previews_at_once = roles.CONFIRM, False, False


def _moved(done: Changed) -> str:
    """What a change took back and gave, by unit."""
    units, totals = catalog.of(catalog.current()).units, dict[str, int]()
    for row in done.corrections:
        totals[row.unit_id] = totals.get(row.unit_id, 0) + row.amount
    told = [say.amount(amount, units[unit]) for unit, amount in totals.items() if amount]
    return ", ".join(told) or _("nothing moved")
