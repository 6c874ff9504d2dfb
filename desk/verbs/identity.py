"""Verbs about who somebody is: merge two memberships, part them again, erase a person."""

from __future__ import annotations

import dataclasses
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from common.errors import LoyaltyError
from common.privacy import Sheet
from desk import finding, roles, say
from desk.verbs.base import Done, VerbForm, page, reason_field
from members import erasure, lineage, merging
from members.merges import MemberMerge
from members.models import Card, Member
from points.models import Account
from program import catalog
from program.models import Program
from rewards import offers


@dataclasses.dataclass(frozen=True, slots=True)
class Compared:
    """One thing about two members, side by side."""

    label: Any
    kept: str
    gone: str


class Merge(VerbForm):
    title, button = later("Merge with another"), later("Merge the two")
    intro = later(
        "This member goes on. The other's points, counts and tier come here with their dates; the "
        "other card, e-mail, phone and reference find this member from now on. It can be undone "
        "for 30 days."
    )
    permission, has_preview, is_grave = roles.MERGE, True, True
    who = forms.CharField(
        label=later("Who is the same person?"),
        max_length=254,
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
        help_text=later("Card number, e-mail, phone or reference of the other membership"),
    )
    reason = reason_field(later("How you know that they are one person."))
    found: Member | None = None

    def clean_who(self) -> str:
        who: str = self.cleaned_data["who"]
        try:
            self.found = finding.one(who)
        except LoyaltyError as error:
            raise ValidationError(error.message) from error
        if self.found.pk == self.subject.pk:
            raise ValidationError(_("This is the member you came from. Name the other one."))
        return who

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own(self.found)
        return data

    @property
    def compared(self) -> list[Compared]:
        """Both members, side by side."""
        if self.found is None:
            return []
        program = catalog.current()
        sides = zip(_facts(self.subject, program), _facts(self.found, program), strict=True)
        return [Compared(label, kept, gone) for (label, kept), (_label, gone) in sides]

    def act(self, *, actor: str) -> Done:
        assert self.found is not None
        row = merging.merge(
            self.subject, self.found, reason=self.cleaned_data["reason"], actor=actor
        )
        words = {"gone": self.found.name, "kept": self.subject.name, "until": say.day(row.until)}
        said = _("%(gone)s is part of %(kept)s now. It can be undone until %(until)s.")
        return Done(said % words, page(self.subject))


def _facts(member: Member, program: Program) -> list[tuple[Any, str]]:
    cards = Card.objects.filter(member__in=lineage.ids(member), is_active=True)
    accounts = {row.unit_id: row.balance for row in Account.objects.filter(member=member)}
    tiers = ", ".join(tier.name for tier in offers.held(member, program=program))
    login = _("signs in on the portal") if member.user_id else _("none")
    return [
        (_("Name"), member.name),
        (_("Card"), ", ".join(map(str, cards)) or say.NOTHING),
        (_("E-mail"), member.email or say.NOTHING),
        (_("Phone"), member.phone or say.NOTHING),
        (_("Birthday"), say.day(member.birthday)),
        (_("Joined"), say.day(member.joined_at)),
        (_("Login"), login),
        (_("Tier"), tiers or say.NOTHING),
        *(
            (unit.plural.capitalize(), say.amount(accounts.get(code, 0), unit))
            for code, unit in catalog.of(program).units.items()
        ),
    ]


def _table(sheet: Sheet) -> str:
    return str(capfirst(sheet.table._meta.verbose_name_plural))


class Unmerge(VerbForm):
    title, button = later("Undo the merge"), later("Make two of them again")
    intro = later(
        "What is left of what came goes back, with its dates. What was earned, spent or expired "
        "since stays with the member who went on."
    )
    permission, has_preview, is_grave = roles.UNMERGE, True, True
    reason = reason_field(later("How you know that they are two."))

    @property
    def member(self) -> Member:
        row: MemberMerge = self.subject
        return row.survivor

    @property
    def facts(self) -> list[tuple[Any, str]]:
        row: MemberMerge = self.subject
        return [
            (_("Goes on"), row.survivor.name),
            (_("Was merged into it"), row.absorbed.name),
            (_("On"), say.day(row.merged_at)),
            (_("Because"), row.reason),
            (_("Can be undone until"), say.moment(row.until)),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        return data

    def act(self, *, actor: str) -> Done:
        row: MemberMerge = self.subject
        merging.undo(row, reason=self.cleaned_data["reason"], actor=actor)
        words = {"gone": row.absorbed.name, "kept": row.survivor.name}
        return Done(_("%(kept)s and %(gone)s are two members again.") % words, page(row.absorbed))


class Erase(VerbForm):
    title, button = later("Erase the person"), later("Erase for good")
    intro = later(
        "Name, addresses, card and login leave every table, and what was typed about them; points "
        "are forfeited. The books keep their amounts, under nobody's name. Vouchers that were paid "
        "for still work. This cannot be undone."
    )
    permission, is_grave = roles.ERASE, True
    why = forms.ChoiceField(
        label=later("Why"), choices=erasure.Reason.choices, widget=UnfoldAdminSelectWidget()
    )
    confirmed = forms.CharField(
        label=later("Type the member's name"),
        max_length=120,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=later("So that it is nobody else."),
    )

    def clean_confirmed(self) -> str:
        typed = " ".join(self.cleaned_data["confirmed"].split())
        if typed.casefold() != self.subject.name.casefold():
            raise ValidationError(_("This is not the member's name."))
        return typed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        return data

    @property
    def compared(self) -> list[Compared]:
        """How many rows are held, and what becomes of them."""
        held = erasure.scan(erasure.person(self.subject))
        gone, kept = _("removed"), _("kept, without a name")
        return [
            Compared(_table(one.sheet), str(one.rows), gone if one.sheet.is_deleted else kept)
            for one in held
        ]

    def act(self, *, actor: str) -> Done:
        done = erasure.erase(self.subject, reason=self.cleaned_data["why"], actor=actor)
        if done.traces:
            places = ", ".join(sorted({f"{one.table}.{one.column}" for one in done.traces}))
            said = _("Erased, but something is left in %(places)s. Tell whoever runs the program.")
            return Done(said % {"places": places}, page(self.subject))
        return Done(_("Erased. A second look found nothing in any table."), page(self.subject))
