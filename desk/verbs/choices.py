"""The verb on a choice: staff choose for a member, as the member said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import UnfoldAdminTextInputWidget

from desk import roles, say
from desk.verbs.base import Done, VerbForm, page
from earning import choice_opening, choosing, milestone_words
from earning.models import MilestoneChoice


class Choose(VerbForm):
    title, button = later("Choose for the member"), later("Choose this")
    intro = later("As the member said. It is final, and what is chosen is given at once.")
    permission = roles.CHOOSE

    subject: MilestoneChoice

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for option in choosing.options(self.subject.reached.milestone):
            most = self.subject.many if option.at_most is None else option.at_most
            self.fields[f"pick_{option.code}"] = forms.IntegerField(
                label=option.name,
                required=False,
                min_value=0,
                max_value=min(most, self.subject.many),
                help_text=_("How many; at most %(most)s.") % {"most": min(most, self.subject.many)},
                widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
            )

    @property
    def facts(self) -> list[tuple[Any, str]]:
        row = self.subject
        level = milestone_words.level(row.reached.milestone, row.reached.level)
        due = say.day(row.due_at - choice_opening.MOMENT) if row.due_at else _("none")
        return [
            (row.reached.milestone.name, level),
            (_("Member"), row.member.name),
            (_("To choose"), str(row.many)),
            (_("Last day"), due),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        if not self.errors and sum(self._picks(data).values()) != self.subject.many:
            raise ValidationError(
                _("Choose exactly this many: %(many)s."), params={"many": self.subject.many}
            )
        return data

    @staticmethod
    def _picks(data: dict[str, Any]) -> dict[str, int]:
        found = {key.removeprefix("pick_"): times for key, times in data.items() if times}
        return {code: times for code, times in found.items() if isinstance(times, int)}

    def act(self, *, actor: str) -> Done:
        done = choosing.choose(self.subject, picks=self._picks(self.cleaned_data), actor=actor)
        words = {"member": self.subject.member.name, "milestone": done.reached.milestone.name}
        return Done(
            _("%(milestone)s: what %(member)s chose has been given.") % words,
            page(self.subject.member),
        )
