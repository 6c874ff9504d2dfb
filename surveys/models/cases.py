"""Cases: who was unhappy, whose task that is, what was done and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import public_id
from common.triggers import append_only
from members.models import Member, MemberOwned, User
from points.models import Posting
from surveys.models.answering import Answer
from surveys.models.definition import CaseRule, Survey


class Case(MemberOwned):
    """An answer that somebody must answer for: an owner, two dates by the business clock."""

    class Status(models.TextChoices):
        OPEN = "open", _("nobody has replied")
        REPLIED = "replied", _("replied")
        CLOSED = "closed", _("closed")

    class Cause(models.TextChoices):
        SERVICE = "service", _("service")
        PRODUCT = "product", _("product or room")
        PRICE = "price", _("price")
        PROCESS = "process", _("how we work")
        DIGITAL = "digital", _("website or app")
        OTHER = "other", _("something else")

    class Result(models.TextChoices):
        SOLVED = "solved", _("solved")
        EXPLAINED = "explained", _("explained")
        MADE_GOOD = "made_good", _("made good")
        UNREACHED = "unreached", _("could not be reached")
        UNSOLVED = "unsolved", _("could not be solved")

    member = models.ForeignKey(Member, models.PROTECT, related_name="cases", db_index=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="cases")
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="cases")
    rule = models.ForeignKey(CaseRule, models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="cases")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    opened_at = models.DateTimeField()
    contact_due_at = models.DateTimeField()
    close_due_at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=10, choices=Result.choices, blank=True)
    cause = models.CharField(max_length=8, choices=Cause.choices, blank=True)

    class Meta:
        ordering = ("contact_due_at",)
        indexes: ClassVar = [
            models.Index(
                fields=["contact_due_at"],
                condition=~Q(status="closed"),
                name="surveys_case_unfinished",
            ),  # the board, and what is overdue
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "answer"], name="surveys_case_once_for_each_answer"
            ),
            models.CheckConstraint(
                condition=(
                    Q(status="closed", closed_at__isnull=False) & ~Q(result="") & ~Q(cause="")
                )
                | (~Q(status="closed") & Q(closed_at__isnull=True, result="", cause="")),
                name="surveys_case_closed_has_its_result",
            ),
            models.CheckConstraint(
                condition=~Q(status="open") | Q(replied_at__isnull=True),
                name="surveys_case_replied_is_not_open",
            ),
            models.CheckConstraint(
                condition=~Q(status="replied") | Q(replied_at__isnull=False),
                name="surveys_case_replied_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(close_due_at__gte=F("contact_due_at")),
                name="surveys_case_contact_comes_first",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("case", self.pk)


class CaseStep(MemberOwned):
    """What happened in a case, in order. Written once; the member reads what is for them."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        ASSIGNED = "assigned", _("given to somebody")
        ESCALATED = "escalated", _("escalated")
        NOTE = "note", _("note")
        REPLY = "reply", _("reply to the member")
        GOODWILL = "goodwill", _("points to make good")
        CLOSED = "closed", _("closed")

    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(blank=True)
    posting = models.ForeignKey(Posting, models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.CharField(max_length=80)
    happened_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        triggers = append_only(erasable=("text",))
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind__in=["note", "reply"]) | ~Q(text=""),
                name="surveys_step_says_something",
            ),
            models.CheckConstraint(
                condition=Q(kind="goodwill", posting__isnull=False)
                | (~Q(kind="goodwill") & Q(posting__isnull=True)),
                name="surveys_step_goodwill_has_its_posting",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
