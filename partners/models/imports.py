"""Imports: files of activities as they came, line by line while they wait, and what came of them.

What must stay true: a file that was acknowledged is kept until its lines are; a line is kept until
it is recorded or refused; a chunk's lines, its mark and what they earned commit together.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import public_id, uuid7
from partners.models.keys import ApiKey
from program.models import Partner


class Import(models.Model):
    """A file of activities: received, checked line by line, then applied in chunks of members."""

    class State(models.TextChoices):
        RECEIVED = "received", _("being checked")
        CHECKED = "checked", _("checked, nothing recorded")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        CANCELLED = "cancelled", _("stopped")
        REFUSED = "refused", _("cannot be read")

    class Form(models.TextChoices):
        CSV = "csv", "CSV"
        NDJSON = "ndjson", "NDJSON"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="imports", db_index=False)
    kind = models.CharField(max_length=8, choices=ApiKey.Kind.choices, default=ApiKey.Kind.LIVE)
    key = models.ForeignKey(ApiKey, models.PROTECT, null=True, blank=True, related_name="imports")
    locations = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text=_("The only places its lines may name; empty: all of the partner's."),
    )
    file_name = models.CharField(max_length=200)
    form = models.CharField(max_length=6, choices=Form.choices)
    size = models.PositiveBigIntegerField(help_text=_("In bytes, as it came."))
    digest = models.CharField(
        max_length=64, help_text=_("SHA-256 of the file and of how it is read.")
    )
    type = models.CharField(max_length=40, blank=True, help_text=_("Of lines that name none."))
    location = models.CharField(max_length=40, blank=True, help_text=_("Of lines that name none."))
    enrolls = models.BooleanField(
        default=False, help_text=_("A reference that nobody has makes a new member.")
    )
    is_direct = models.BooleanField(
        default=False, help_text=_("Applied as soon as it is checked, without a report first.")
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.RECEIVED)
    lines_read = models.PositiveIntegerField(default=0)
    rehearsed = models.PositiveIntegerField(default=0, help_text=_("Lines looked at beforehand."))
    report = models.JSONField(default=dict, help_text=_("What it would do."))
    outcome = models.JSONField(default=dict, help_text=_("What it did."))
    problem = models.CharField(max_length=400, blank=True)
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    staged_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.CharField(max_length=80, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["partner", "-id"], name="partners_import_by_partner"),
            models.Index(fields=["digest"], name="partners_import_by_digest"),  # a second upload
            models.Index(  # what a worker has to do
                fields=["id"],
                condition=Q(state__in=["received", "applying"]),
                name="partners_import_waiting",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "kind", "digest"],
                condition=Q(state__in=["received", "checked", "applying"]),
                name="partners_import_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state="received", applied_by="", finished_at__isnull=True)
                | Q(
                    state="checked",
                    applied_by="",
                    staged_at__isnull=False,
                    finished_at__isnull=True,
                )
                | (
                    Q(state="applying", staged_at__isnull=False, finished_at__isnull=True)
                    & ~Q(applied_by="")
                )
                | (
                    Q(state="applied", staged_at__isnull=False, finished_at__isnull=False)
                    & ~Q(applied_by="")
                )
                | (
                    Q(state__in=["cancelled", "refused"], finished_at__isnull=False)
                    & ~Q(problem="")
                ),
                name="partners_import_state_implies_its_columns",
            ),
            models.CheckConstraint(
                condition=Q(key__isnull=False) | Q(kind="live"),
                name="partners_import_of_the_desk_is_live",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def public_id(self) -> str:
        return public_id("imp", self.pk)

    @property
    def is_test(self) -> bool:
        return self.kind == ApiKey.Kind.TEST


class ImportPart(models.Model):
    """A piece of the file as it came, kept until its lines are read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(Import, models.PROTECT, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "number"], name="partners_importpart_number_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class ImportChunk(models.Model):
    """Lines that are recorded in one transaction, and the mark that they were."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(Import, models.PROTECT, related_name="chunks", db_index=False)
    number = models.PositiveIntegerField()
    lines = models.PositiveIntegerField()
    is_sequel = models.BooleanField(
        default=False,
        help_text=_("It goes on with a member of the chunk before, and waits until that is done."),
    )
    counts = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        indexes: ClassVar = [
            models.Index(  # the next one to record, and the one before it
                fields=["run", "number"],
                condition=Q(done_at__isnull=True),
                name="partners_importchunk_waiting",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "number"], name="partners_importchunk_number_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, counts={}) | Q(done_at__isnull=False),
                name="partners_importchunk_counts_once_done",
            ),
            models.CheckConstraint(
                condition=Q(lines__gte=1), name="partners_importchunk_has_lines"
            ),
            models.CheckConstraint(
                condition=Q(is_sequel=False) | Q(number__gt=1),
                name="partners_importchunk_sequel_has_one_before",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class ImportLine(models.Model):
    """A line that waits to be recorded. `person` follows from what it names a member by, and is
    empty where it names nobody.
    """

    id = models.BigAutoField(primary_key=True)  # a plain count: millions are made and go again
    run = models.ForeignKey(Import, models.PROTECT, related_name="waiting", db_index=False)
    chunk = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    person = models.UUIDField(null=True, blank=True)
    body = models.TextField(help_text=_("The activity, as it is going to be recorded."))

    class Meta:
        ordering = ("chunk", "id")
        indexes: ClassVar = [
            models.Index(fields=["run", "chunk"], name="partners_importline_by_chunk"),
            models.Index(fields=["person"], name="partners_importline_by_person"),  # erasure
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(chunk__gte=1, line__gte=1), name="partners_importline_has_its_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}"


class ImportProblem(models.Model):
    """A line that was refused: where it stands, what is wrong, and what to do."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Import, models.PROTECT, related_name="problems", db_index=False)
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=60)
    message = models.CharField(max_length=400)

    class Meta:
        ordering = ("line", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "line"], name="partners_importproblem_line_is_refused_once"
            ),
            models.CheckConstraint(
                condition=~Q(message="") & ~Q(code=""), name="partners_importproblem_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.message}"


__all__ = ["Import", "ImportChunk", "ImportLine", "ImportPart", "ImportProblem"]
