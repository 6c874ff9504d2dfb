"""What was answered.

What must stay true: an answer knows its survey and its circumstances, and nobody's name. Whose it
was is written in `Authorship`, which a trigger refuses for anonymous answers; those have random ids
and a month instead of a moment, no tier and no place, so that no column leads from them to a
member. `surveys.anonymity` sees to it that the transaction and the place on disk lead nowhere
either.
"""

from __future__ import annotations

import re
import uuid
from typing import ClassVar, Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import public_id, uuid7
from members.models import Member, MemberOwned
from program.models import Location
from surveys.models.asking import Invitation
from surveys.models.definition import Question, Survey, Version

WORD = re.compile(r"\w+")
TEXT_MAX = 2000  # characters of a comment or of a text that is answered


class AnswerQuerySet(models.QuerySet["Answer"]):
    def with_words(self) -> Self:
        """Those in which something was written, the newest first."""
        return self.exclude(comment="").order_by("-answered_on", "-id")

    def saying(self, text: str) -> Self:
        """Those whose comment has words that begin like these; all where `text` has no word."""
        words = WORD.findall(text)
        if not words:
            return self
        query = SearchQuery(
            " & ".join(f"{word}:*" for word in words), search_type="raw", config="simple"
        )
        return self.annotate(said=SearchVector("comment", config="simple")).filter(said=query)


class Answer(models.Model):
    """One answer: the score first, then what was added. Scale and direction are stored with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="answers")
    version = models.ForeignKey(Version, models.PROTECT, related_name="answers")
    series = models.CharField(max_length=40, help_text=_("Kind, scale, direction and mapping."))
    is_anonymous = models.BooleanField(default=False)
    is_made_up = models.BooleanField(default=False)
    score = models.PositiveSmallIntegerField()
    least = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()
    items = models.JSONField(default=list, blank=True, help_text=_("Scores of the further items."))
    index = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True,
        help_text=_("The loyalty index, once every item was answered."),
    )  # fmt: skip
    comment = models.TextField(blank=True, max_length=TEXT_MAX)
    tags = models.JSONField(default=list, blank=True)
    answered_on = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)
    trigger = models.CharField(max_length=40, blank=True)
    tier = models.CharField(max_length=40, blank=True)
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ("-answered_on", "-id")
        indexes: ClassVar = [
            models.Index(
                fields=["survey", "-answered_on", "-id"],
                condition=~Q(comment=""),
                name="surveys_answer_with_words",
            ),  # comments, newest first
            models.Index(fields=["-answered_on", "-id"], name="surveys_answer_by_day"),  # the list
            GinIndex(fields=["tags"], name="surveys_answer_by_tag"),
            GinIndex(
                SearchVector("comment", config="simple"), name="surveys_answer_by_word"
            ),  # comments with a word
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(score__gte=F("least"), score__lte=F("most")),
                name="surveys_answer_score_is_on_the_scale",
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=True, answered_at__isnull=True)
                | Q(is_anonymous=False, answered_at__isnull=False),
                name="surveys_answer_anonymous_has_no_moment",
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=False) | Q(id__regex=r"^.{14}4"),
                name="surveys_answer_anonymous_has_a_random_id",
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=False) | Q(tier="", location__isnull=True),
                name="surveys_answer_anonymous_has_no_tier_or_place",
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=False) | Q(answered_on__day=1),
                name="surveys_answer_anonymous_has_only_its_month",
            ),
            models.CheckConstraint(
                condition=Q(index__isnull=True) | Q(index__gte=0, index__lte=100),
                name="surveys_answer_index_is_on_its_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.score}"

    @property
    def public_id(self) -> str:
        return public_id("ans", self.pk)


class Authorship(MemberOwned):
    """Whose an answer is. There is none for an anonymous one: the database refuses it."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="answers", db_index=False)
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="+")
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="authors")

    class Meta:
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="anonymous_has_none",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=(
                    "IF EXISTS (SELECT 1 FROM surveys_answer"
                    " WHERE id = NEW.answer_id AND is_anonymous) THEN"
                    " RAISE EXCEPTION 'an anonymous answer has no author'"
                    " USING ERRCODE = 'check_violation',"
                    " CONSTRAINT = 'surveys_authorship_anonymous_has_none'; END IF; RETURN NEW;"
                ),
            ),
            pgtrigger.Protect(name="rows_are_final", operation=pgtrigger.Update),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "answer"], name="surveys_authorship_one_author"
            ),
            models.UniqueConstraint(
                fields=["member", "invitation"], name="surveys_authorship_one_answer"
            ),
        ]

    def __str__(self) -> str:
        return str(self.answer_id)


class Line(models.Model):
    """The answer to one question of one's own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="lines", db_index=False)
    question = models.ForeignKey(Question, models.PROTECT, related_name="lines")
    value = models.CharField(max_length=TEXT_MAX)

    class Meta:
        ordering = ("question__position",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["answer", "question"], name="surveys_line_question_is_answered_once"
            ),
            models.CheckConstraint(condition=~Q(value=""), name="surveys_line_says_something"),
        ]

    def __str__(self) -> str:
        return str(self.question.options.get(self.value, self.value))


class Tally(models.Model):
    """How often each score was given, by month, tier, place and trigger: counted by a job, dated.

    `asked` counts invitations that were opened, `eligible` those who were decided upon; a row
    without a score holds only those, or answers that are not complete.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="+")
    series = models.CharField(max_length=40, blank=True)
    month = models.DateField()
    tier = models.CharField(max_length=40, blank=True)
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    trigger = models.CharField(max_length=40, blank=True)
    value = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    answers = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    made_up = models.PositiveIntegerField(default=0)
    eligible = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()

    class Meta:
        ordering = ("survey", "month")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return f"{self.survey_id} {self.month:%Y-%m}"
