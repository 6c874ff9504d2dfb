"""Checking a file: every line is read, compared with what is recorded, and laid out in chunks of
members; then it is said what they would bring. Nothing is recorded here.

The lines come through COPY into a table of this connection alone, which a crash may take: until
they are laid out, the file itself is kept, and checking begins anew.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import Count

from common import bulk, clock
from common.errors import LoyaltyError
from earning import files, submissions
from earning.errors import ReferenceReused
from earning.submissions import Checked, Submission
from members.models import MemberKey
from partners import imports, naming, reading, sandbox
from partners.errors import FileUnreadable, KeyPlaceDenied, RoleMissing
from partners.models import Import, ImportChunk, ImportLine, ImportPart, ImportProblem
from partners.reading import Defaults, Pieces
from program import attributes, catalog
from program.errors import ProgramMissing
from program.models import Program

CHUNK = 1000  # lines in one transaction: tills that want the same members wait below a second
PORTION = 5000  # lines staged, or looked at, before the progress is written down
State = Import.State
CLEARED = "DROP TABLE IF EXISTS pg_temp.import_stage, pg_temp.import_judged"
STAGE = """
    CREATE TEMPORARY TABLE import_stage (
        line int, person uuid, occurred_at timestamptz, key uuid, hash text, body text)
"""
COLUMNS = "line, person, occurred_at, key, hash, body"
LINE = msgspec.json.Decoder(tuple[str, str, datetime, dict[str, Any], str, str, str])


class Stopped(Exception):
    """Somebody stopped the file while it was being checked."""


def stage(run: Import) -> None:
    """Read a received file into chunks of lines, in the order in which they will be recorded.

    Raises Stopped.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLEARED)
        cursor.execute(STAGE)
    try:
        _read(run)
        with transaction.atomic():
            _lay_out(_claimed(run))
    except (FileUnreadable, ProgramMissing) as error:
        imports.refuse(run, reason=error.message)
    with connection.cursor() as cursor:
        cursor.execute(CLEARED)


def rehearse(run: Import) -> None:
    """Say what a file that is laid out would bring. Raises Stopped."""
    rehearsal, looked_at = files.Rehearsal(enroll_unknown=run.enrolls), 0
    for chunk in run.chunks.order_by("number"):
        with sandbox.of(is_test=run.is_test):
            rehearsal.take([one for _, one in lines_of(chunk, run)])
        looked_at += chunk.lines
        _tell(run, rehearsed=looked_at)
    with transaction.atomic():
        row = _claimed(run)
        row.report |= rehearsal.expected.plain()
        row.state = State.CHECKED
        row.save(update_fields=["report", "state"])


def lines_of(chunk: ImportChunk, run: Import) -> list[tuple[int, Submission]]:
    """The lines of a chunk that wait, with their numbers, a member's in the order of time."""
    rows = ImportLine.objects.filter(run=run, chunk=chunk.number).order_by("id")
    return [(line, _unpacked(body, run)) for line, body in rows.values_list("line", "body")]


def problem_of(run: Import, line: int, error: LoyaltyError) -> ImportProblem:
    """A refusal as it is kept for a line."""
    place = next(iter(naming.problem_places(error)), {"pointer": ""})
    return ImportProblem(
        run=run,
        line=line,
        column=reading.column(place["pointer"], form=run.form),
        code=error.code,
        message=error.message[:400],
    )


def _read(run: Import) -> None:
    """Every line into the stage, or, where it is refused, among the problems."""
    ImportProblem.objects.filter(run=run).delete()
    program, done = catalog.current(), 0
    defaults = Defaults(run.partner_id, type=run.type, location=run.location)
    file = io.BufferedReader(Pieces(_pieces(run)))
    lines = reading.submissions(file, form=run.form, defaults=defaults)
    is_more = True
    while is_more:
        with bulk.unswept():
            portion = list(itertools.islice(lines, PORTION))
            _stage(run, portion, program)
        done, is_more = done + len(portion), len(portion) == PORTION
        _tell(run, lines_read=done)


def _stage(run: Import, portion: Sequence[reading.Read], program: Program) -> None:
    """Some lines into the stage, or among the problems."""
    good: list[tuple[int, Checked]] = []
    wrong: list[ImportProblem] = []
    for number, one in portion:
        try:
            if isinstance(one, LoyaltyError):
                raise one
            _check_place(run, one, program)
            good.append((number, submissions.check(one, index=number, program=program)))
        except LoyaltyError as error:
            wrong.append(problem_of(run, number, error))
    _copy(good)
    bulk.insert(ImportProblem, wrong)


def _check_place(run: Import, one: Submission, program: Program) -> None:
    """Refuse a place that the key does not act for, or that takes no part in earning."""
    if run.locations and one.location not in run.locations:
        raise KeyPlaceDenied(
            f"This import acts for {', '.join(run.locations)}. Name one of them.",
            pointer="/location",
        )
    place = catalog.of(program).location(run.partner_id, one.location)
    if place is not None and "earn" not in place.roles:
        raise RoleMissing(
            f"{place.name} takes no part in earning. Ask whoever runs the program.",
            pointer="/location",
            role="earn",
        )


def _pieces(run: Import) -> Iterator[bytes]:
    """The file as it came, one row at a time."""
    for number in itertools.count(1):
        found = ImportPart.objects.filter(run=run, number=number).values_list("body", flat=True)
        body = found.first()
        if body is None:
            return
        yield bytes(body)


def _copy(good: Sequence[tuple[int, Checked]]) -> None:
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.cursor.copy(f"COPY import_stage ({COLUMNS}) FROM STDIN") as copy,
    ):
        for number, one in good:
            copy.write_row(
                (number, _person(one), one.occurred_at, one.key_id, one.hash, _packed(one))
            )


def _person(one: Checked) -> Any:
    return MemberKey.id_for(*one.identity) if one.identity[1] else None


def _packed(one: Checked) -> str:
    """A checked line in as few words as it takes to check it again."""
    kind, value = one.identity
    values = attributes.plain(one.values)
    told = one.submission
    parts = [told.reference, told.type, one.occurred_at, values, kind, value, told.location]
    return msgspec.json.encode(parts).decode()


def _unpacked(body: str, run: Import) -> Submission:
    reference, type, at, values, kind, value, location = LINE.decode(body)
    return Submission(
        partner=run.partner_id,
        reference=reference,
        type=type,
        occurred_at=at,
        attributes=values,
        kind=kind,
        value=value,
        location=location,
    )


def _lay_out(run: Import) -> None:
    """Leave out what is recorded already, or stands in the file twice; put the rest in chunks."""
    with sandbox.of(is_test=run.is_test), connection.cursor() as cursor:
        cursor.execute("ANALYZE import_stage")
        cursor.execute(JUDGED)
        cursor.execute("SELECT line FROM import_judged WHERE verdict = 'reused' ORDER BY line")
        bulk.insert(ImportProblem, [_reused(run, line) for (line,) in cursor.fetchall()])
        cursor.execute("SELECT count(*) FROM import_judged WHERE verdict = 'repeated'")
        (repeated,) = cursor.fetchone()
        cursor.execute(LAID_OUT, {"run": run.pk, "chunk": CHUNK})
        cursor.execute(SEQUELS, [run.pk])
        sequels = {number for (number,) in cursor.fetchall()}
    counted = ImportLine.objects.filter(run=run).order_by("chunk").values_list("chunk")
    chunks = [
        ImportChunk(run=run, number=number, lines=count, is_sequel=number in sequels)
        for number, count in counted.annotate(count=Count("pk"))
    ]
    bulk.insert(ImportChunk, chunks)
    ImportPart.objects.filter(run=run).delete()
    run.report = {
        "lines": run.lines_read,
        "good": sum(chunk.lines for chunk in chunks),
        "repeated": repeated,
        "refused": run.problems.count(),
    }
    run.staged_at = clock.now()
    if run.is_direct:
        run.state, run.applied_by = State.APPLYING, run.created_by
    run.save(update_fields=["report", "staged_at", "state", "applied_by"])


JUDGED = """
    CREATE TEMPORARY TABLE import_judged AS
    SELECT s.line, CASE
               WHEN s.turn > 1 AND s.hash = s.first THEN 'repeated'
               WHEN s.turn > 1 THEN 'reused'
               WHEN k.id IS NULL OR k.request_hash = '' THEN 'good'
               WHEN k.request_hash = s.hash THEN 'repeated'
               ELSE 'reused' END AS verdict
    FROM (SELECT line, key, hash, row_number() OVER w AS turn, first_value(hash) OVER w AS first
          FROM import_stage WINDOW w AS (PARTITION BY key ORDER BY line)) s
    LEFT JOIN earning_activitykey k ON k.id = s.key
"""
# A chunk holds whoever begins in it, whole: up to two chunks' worth of lines. Who has more than one
# chunk's worth goes on in the next, which waits for this one.
LAID_OUT = """
    INSERT INTO partners_importline (run_id, chunk, line, person, body)
    SELECT %(run)s, 1 + (begins - 1) / %(chunk)s + (turn - 1) / %(chunk)s, line, person, body
    FROM (SELECT s.*, coalesce(s.person, s.key) AS who,
                 rank() OVER (ORDER BY coalesce(s.person, s.key)) AS begins,
                 row_number() OVER (PARTITION BY coalesce(s.person, s.key)
                                    ORDER BY s.occurred_at, s.line) AS turn
          FROM import_stage s JOIN import_judged j USING (line)
          WHERE j.verdict = 'good') laid
    ORDER BY who, occurred_at, line
"""
SEQUELS = """
    SELECT generate_series(min(chunk) + 1, max(chunk)) FROM partners_importline
    WHERE run_id = %s AND person IS NOT NULL GROUP BY person HAVING min(chunk) < max(chunk)
"""


def _reused(run: Import, line: int) -> ImportProblem:
    error = ReferenceReused(
        "The reference stands for another activity, in this file or recorded before. Give this "
        "one a reference of its own.",
        pointer="/reference",
    )
    return problem_of(run, line, error)


def _claimed(run: Import) -> Import:
    """The row under lock, while it is still being checked. Raises Stopped."""
    row = imports.locked(run)
    if row.state != State.RECEIVED:
        raise Stopped
    return row


def _tell(run: Import, **columns: int) -> None:
    """Write down how far it has come. Raises Stopped."""
    if not Import.objects.filter(pk=run.pk, state=State.RECEIVED).update(**columns):
        raise Stopped
