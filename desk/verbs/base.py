"""What every form of a verb has."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as later
from unfold.widgets import UnfoldAdminTextareaWidget

from members.models import Member, User
from points import approvals
from points.errors import OwnPoints

REASON_LENGTH = 240  # what the ledger keeps


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """What to say, and where to go; or, where there is a secret to hand over, the page that shows
    it this once.
    """

    message: str
    url: str
    handed_over: Any = None
    template: str = "desk/slip.html"


class VerbForm(forms.Form):
    """What every form of a verb has: the row it is about, the clerk, and an attempt made when the
    page was rendered.
    """

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
        return (
            self.subject
            if isinstance(self.subject, Member)
            else getattr(self.subject, "member", None)
        )

    @classmethod
    def begun(cls, query: Mapping[str, str]) -> dict[str, Any]:
        """What stands in the form at first, because the address asks for it."""
        return {}

    @property
    def beginnings(self) -> list[tuple[str, str]]:
        """Other ways to begin: what they are called, and the query that asks for them."""
        return []

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

    @property
    def notice(self) -> str:
        """What to know beside what it would do, once enough is typed."""
        return ""

    def refuse_own(self, *others: Member | None) -> None:
        """Nobody moves their own points, or those of whom they live with, from or to anybody."""
        for member in filter(None, (self.member, *others)):
            try:
                approvals.require_other(member, actor=f"staff:{self.clerk.pk}")
            except OwnPoints as error:
                raise ValidationError(error.message) from error


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
