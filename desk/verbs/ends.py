"""Verbs that move when points end: let them live longer, bring back what has ended."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget

from common.text import number, scaled
from desk import roles, say
from desk.verbs.base import Done, VerbForm, page, reason_field
from members.models import Member
from points import approvals, expiry
from program import catalog

ALL = "all"


def until_field() -> forms.DateField:
    return forms.DateField(label=later("New last day"), widget=UnfoldAdminDateWidget())


class Extend(VerbForm):
    title, button = later("Let points live longer"), later("Move their end")
    intro = later(
        "An end is only ever moved to a later day. What ends later anyway stays as it is."
    )
    permission, has_preview = roles.EXTEND, True

    which = forms.ChoiceField(label=later("Which points"), widget=UnfoldAdminSelectWidget())
    until = until_field()
    reason = reason_field(later("The member reads this beside the new day."))

    def __init__(self, *args: Any, subject: Member, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        units = catalog.of(catalog.current()).units
        ends = [end for end in expiry.calendar(subject) if end.at is not None]
        whole = {end.unit: units[end.unit].plural for end in ends}
        rows = [
            (f"{code}:{ALL}", _("All %(units)s") % {"units": name}) for code, name in whole.items()
        ]
        rows += [
            (
                f"{end.unit}:{end.at:%Y-%m-%dT%H:%M:%S%z}",
                _("%(amount)s, good until %(day)s")
                % {"amount": say.amount(end.amount, units[end.unit]), "day": say.last_day(end.at)},
            )
            for end in ends
        ]
        self.fields["which"].choices = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        return data

    def act(self, *, actor: str) -> Done:
        data = self.cleaned_data
        unit, _colon, end = data["which"].partition(":")
        expiry.extend(
            self.subject,
            unit=unit,
            lots=None if end == ALL else self._lots(unit, end),
            until=data["until"],
            reason=data["reason"],
            actor=actor,
            source=f"extension:{data['attempt'] or uuid.uuid4()}",
        )
        words = {"member": self.subject.name, "day": say.day(data["until"])}
        told = _("Points of %(member)s are good until %(day)s now.") % words
        return Done(told, page(self.subject))

    def _lots(self, unit: str, end: str) -> list[uuid.UUID]:
        rows = self.subject.lots.live().filter(account__unit=unit, expires_at=end)
        return list(rows.values_list("pk", flat=True))


class Reinstate(VerbForm):
    title, button = later("Bring back points that ended"), later("Bring them back")
    intro = later("They come back as a movement of their own, once, with a new last day.")
    permission, has_preview = roles.REINSTATE, True

    which = forms.ChoiceField(label=later("What ended"), widget=UnfoldAdminSelectWidget())
    until = until_field()
    reason = reason_field(later("The member reads this, and so does whoever checks the books."))

    def __init__(self, *args: Any, subject: Member, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        rows = [
            (
                str(entry.pk),
                _("%(amount)s, ended on %(day)s")
                % {
                    "amount": say.amount(-entry.amount, entry.account.unit),
                    "day": say.last_day(entry.occurred_at),
                },
            )
            for entry in expiry.expiries(subject)
        ]
        self.fields["which"].choices = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        return data

    def act(self, *, actor: str) -> Done:
        data, member = self.cleaned_data, self.subject
        outcome = approvals.bring_back(
            member,
            expired=uuid.UUID(data["which"]),
            until=data["until"],
            reason=data["reason"],
            actor=actor,
            source=f"bring-back:{data['attempt'] or uuid.uuid4()}",
        )
        if outcome.posting is None:
            entry = expiry.ended(member, uuid.UUID(data["which"]))
            words = {
                "amount": say.amount(-entry.amount, entry.account.unit),
                "member": member.name,
            }
            told = _("%(amount)s for %(member)s wait for a second person. Nothing was posted yet.")
            return Done(told % words, page(member))
        entries = list(outcome.posting.entries.select_related("account__unit"))
        unit = entries[0].account.unit
        total = number(scaled(sum(entry.amount for entry in entries), unit.decimals))
        words = {"total": total, "units": unit.plural, "day": say.day(data["until"])}
        told = _("%(total)s %(units)s are back, good until %(day)s.") % words
        return Done(told, page(member))
