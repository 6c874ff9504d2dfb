"""Opening balances: members with their lots, counters and tiers, brought over from another system.

A file is read into rows and reconciled with what the source says it adds up to; only then is it
posted, in portions, each lot under its own date and with its own end. What must stay true: nothing
is posted unless the totals agree; a lot is posted once, however often its file is read and in
whatever order its lines stand; a run that was killed goes on where it stopped.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

from django.db import connection, transaction
from django.db.models import Count, Q, Sum

from common import bulk, clock
from common.errors import translate
from common.progress import Progress, silent
from common.text import number, scaled
from events import outbox
from points.errors import REFUSALS, OpeningInvalid, OpeningUnreconciled, SecondPersonNeeded
from points.models import OpeningRow, OpeningRun
from program import catalog
from program.models import Program, Unit
from tiers import opening_posting
from tiers.models import Tier
from tiers.opening_rows import (
    PEOPLE,
    Reader,
    Shape,
    in_portions,
    keys_of,
    members_of,
    posted_of,
    source_of,
)

PORTION = 5_000  # lines copied, or looked up, at a time
State = OpeningRun.State


@dataclasses.dataclass(frozen=True, slots=True)
class Total:
    """One unit of a file, in its smallest part: what its lots add up to, how much of that is there
    already, and what the source says (None: nobody said).
    """

    unit: Unit
    lots: int
    amount: int
    there: int
    expected: int | None

    @property
    def difference(self) -> int | None:
        return None if self.expected is None else self.amount - self.expected


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """What a file would do: people, lots and totals, and how many lines were refused."""

    rows: int
    refused: int
    new: int
    known: int
    tiers: int
    totals: tuple[Total, ...]

    @property
    def reconciles(self) -> bool:
        """Whether the source's total was given for every unit of the file, and is met."""
        return all(total.difference == 0 for total in self.totals)


def read(
    file: IO[bytes],
    *,
    name: str,
    shape: Shape,
    expected: Mapping[str, str],
    actor: str,
    progress: Progress = silent,
) -> OpeningRun:
    """Read a file into rows, and say what it would do; nothing is posted.

    `expected` gives what the source says by unit, in whole units. The same file, read the same way,
    is the same run; one that is posted, or being posted, is left as it is. Raises OpeningInvalid.
    """
    program = catalog.current()
    wanted = {code: _smallest(code, text, program) for code, text in expected.items()}
    digest = _digest(file, shape)
    with transaction.atomic():
        run, made = OpeningRun.objects.get_or_create(
            digest=digest,
            defaults={"file_name": name[:200], "read_by": actor, "read_at": clock.now()},
        )
        run = OpeningRun.objects.select_for_update().get(pk=run.pk)
        if run.state != State.READ:
            return run
        if not made:
            OpeningRow.objects.filter(run=run).delete()
        _stage(run, file, name=name, shape=shape, program=program, progress=progress)
        _examine(run, program)
        run.expected, run.read_by, run.read_at = wanted, actor, clock.now()
        run.counts = _counted(run)
        run.save(update_fields=["expected", "read_by", "read_at", "counts"])
    return run


def report(run: OpeningRun) -> Report:
    """What a run would do, or did, from what was counted when it was read."""
    units, counts = catalog.of(catalog.current()).units, run.counts
    said = set(counts.get("units", {})) | set(run.expected)
    totals = tuple(
        Total(
            unit=units[code],
            lots=counts["units"].get(code, {}).get("lots", 0),
            amount=counts["units"].get(code, {}).get("amount", 0),
            there=counts["units"].get(code, {}).get("there", 0),
            expected=run.expected.get(code),
        )
        for code in units
        if code in said
    )
    return Report(
        rows=counts.get("rows", 0),
        refused=counts.get("refused", 0),
        new=counts.get("new", 0),
        known=counts.get("known", 0),
        tiers=counts.get("tiers", 0),
        totals=totals,
    )


def post(run: OpeningRun, *, actor: str, progress: Progress = silent) -> OpeningRun:
    """Release a run and post it, in portions. Does nothing where all is done.

    Raises as `release` does.
    """
    run = release(run, actor=actor)
    if run.state == State.POSTING:
        _post(run, progress)
        run.refresh_from_db()
    return run


def release(run: OpeningRun, *, actor: str) -> OpeningRun:
    """Let a run be posted; the worker does it, and goes on where it was stopped.

    Raises OpeningUnreconciled, and SecondPersonNeeded where one of the staff read it in themselves.
    """
    with transaction.atomic(), translate(REFUSALS):
        row = OpeningRun.objects.select_for_update().get(pk=run.pk)
        if row.state != State.READ:
            return row
        if not report(row).reconciles:
            raise OpeningUnreconciled(_why_not(report(row)))
        if actor == row.read_by and actor.startswith("staff:"):
            raise SecondPersonNeeded(
                "You read this file in yourself. Somebody else has to look at the report and post "
                "it."
            )
        row.state, row.posted_by = State.POSTING, actor
        row.save(update_fields=["state", "posted_by"])
    return row


def resume() -> None:
    """Post whatever was released and is not done; safe to run often, and twice at once."""
    for run in OpeningRun.objects.filter(state=State.POSTING):
        _post(run, silent)


def left(run: OpeningRun) -> int:
    """How many people of a run still wait."""
    rows = OpeningRow.objects.filter(run=run, problem="").order_by()
    return rows.values("person").distinct().count()


def _post(run: OpeningRun, progress: Progress) -> None:
    total, done = left(run), 0
    while count := opening_posting.some(run):
        done += count
        progress(done, total)
    _finish(run)


def refusals(run: OpeningRun) -> Iterator[tuple[int, str, str]]:
    """The lines that were refused: number, whom they name, and what to do."""
    rows = OpeningRow.objects.filter(run=run).exclude(problem="").order_by("line")
    for row in rows.iterator(chunk_size=PORTION):
        who = next((getattr(row, kind) for kind in PEOPLE if getattr(row, kind)), row.named)
        yield row.line, who, row.problem


def _stage(
    run: OpeningRun,
    file: IO[bytes],
    *,
    name: str,
    shape: Shape,
    program: Program,
    progress: Progress,
) -> None:
    tiers = {tier.code: tier for tier in Tier.objects.all()}
    reader = Reader(run.pk, shape, program, clock.now(), tiers)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    is_json = name.lower().endswith((".ndjson", ".jsonl"))
    lines = 0
    try:
        for rows in in_portions(reader.rows(text, is_json=is_json), PORTION):
            bulk.insert(OpeningRow, rows)
            lines += len(rows)
            progress(lines, lines)
    except UnicodeDecodeError as error:
        raise OpeningInvalid(f"{name} is not UTF-8 text. Save it as UTF-8.") from error
    finally:
        text.detach()


def _examine(run: OpeningRun, program: Program) -> None:
    """What can only be seen when all lines are there: who is known, who is named twice, and which
    lots are equal or were brought over before.
    """
    with connection.cursor() as cursor:
        for kind in PEOPLE:
            cursor.execute(
                f"""UPDATE points_openingrow SET problem = %s
                    WHERE run_id = %s AND problem = '' AND {kind} IN (
                        SELECT {kind} FROM points_openingrow
                        WHERE run_id = %s AND problem = '' AND {kind} <> ''
                        GROUP BY 1 HAVING count(DISTINCT person) > 1)""",  # noqa: S608
                [_AMBIGUOUS.format(kind=kind), run.pk, run.pk],
            )
        cursor.execute(
            """UPDATE points_openingrow r SET turn = n.turn
               FROM (SELECT id, row_number() OVER (
                         PARTITION BY person, unit, amount, awarded_at, expires_at ORDER BY line
                     ) AS turn
                     FROM points_openingrow WHERE run_id = %s AND problem = '' AND amount > 0) n
               WHERE r.id = n.id AND n.turn > 1""",
            [run.pk],
        )
    rows = OpeningRow.objects.filter(run=run, problem="").order_by("line")
    for portion in in_portions(rows.iterator(chunk_size=PORTION), PORTION):
        _recognize(portion)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE points_openingrow SET problem = %s
               WHERE run_id = %s AND problem = '' AND known IS NULL AND person IN (
                   SELECT person FROM points_openingrow WHERE run_id = %s AND problem = ''
                   GROUP BY 1 HAVING max(named) = '')""",
            ["name: nobody is known by this yet, and a new member needs a name.", run.pk, run.pk],
        )


_AMBIGUOUS = (
    "{kind}: other lines have the same {kind} with somebody else. Name each person alike in every "
    "line."
)


def _recognize(rows: Sequence[OpeningRow]) -> None:
    """Find the members whom these lines name, and the lots that they have already."""
    found = members_of(rows)
    problems: dict[uuid.UUID, str] = {}
    for row in rows:
        ids = {found[key].pk for key in keys_of(row) if key in found}
        if len(ids) > 1:
            problems[row.pk] = (
                "This names two members at once. Correct what one of them is known by."
            )
        row.known = next(iter(ids)) if len(ids) == 1 else None
    there = posted_of(rows)
    values = [
        (row.pk, row.known, (row.known, source_of(row)) in there, problems.get(row.pk, ""))
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE points_openingrow r
               SET known = v.known, is_there = v.there, problem = v.problem
               FROM unnest(%s::uuid[], %s::uuid[], %s::boolean[], %s::text[])
                    AS v(id, known, there, problem)
               WHERE r.id = v.id""",
            [list(column) for column in zip(*values, strict=True)],
        )


def _counted(run: OpeningRun) -> dict[str, Any]:
    rows = OpeningRow.objects.filter(run=run).order_by()
    good = rows.filter(problem="")
    totals = (
        good.filter(amount__gt=0)
        .values("unit")
        .annotate(
            lots=Count("pk"),
            sum=Sum("amount"),
            there=Sum("amount", filter=Q(is_there=True), default=0),
        )
    )
    people = good.aggregate(
        new=Count("person", distinct=True, filter=Q(known__isnull=True)),
        known=Count("person", distinct=True, filter=Q(known__isnull=False)),
        tiers=Count("person", distinct=True, filter=~Q(tier="")),
    )
    units = {
        row["unit"]: {"lots": row["lots"], "amount": int(row["sum"]), "there": int(row["there"])}
        for row in totals
    }
    refused = rows.exclude(problem="").count()
    return {"rows": rows.count(), "refused": refused, **people, "units": units}


def _finish(run: OpeningRun) -> None:
    with transaction.atomic():
        row = OpeningRun.objects.select_for_update().get(pk=run.pk)
        if row.state == State.POSTING:
            row.state, row.finished_at = State.POSTED, clock.now()
            row.save(update_fields=["state", "finished_at"])
            payload = {"file": row.file_name, "actor": row.posted_by, **row.counts}
            outbox.publish("opening_posted", subject=str(row.pk), payload=payload)


def _why_not(found: Report) -> str:
    wrong = next(total for total in found.totals if total.difference != 0)
    amount = number(scaled(wrong.amount, wrong.unit.decimals))
    if wrong.expected is None:
        return (
            f"The file has {amount} {wrong.unit.plural}. Say what the source has, so that the two "
            f"can be compared: {wrong.unit.code}={amount.replace(',', '')}"
        )
    expected = number(scaled(wrong.expected, wrong.unit.decimals))
    return (
        f"The file has {amount} {wrong.unit.plural}, and the source {expected}. Correct the lines "
        "that were refused, or the total. Nothing was posted."
    )


def _smallest(code: str, text: str, program: Program) -> int:
    unit = catalog.of(program).units.get(code)
    if unit is None:
        raise OpeningInvalid(f"There is no unit {code!r} in this program.")
    try:
        parts = Decimal(text).scaleb(unit.decimals)
    except ArithmeticError as error:
        raise OpeningInvalid(f"{text!r} is no amount. Write {code}=123456.") from error
    if parts != parts.to_integral_value() or parts < 0:
        raise OpeningInvalid(f"{text!r} is no amount of {unit.plural}. Write {code}=123456.")
    return int(parts)


def _digest(file: IO[bytes], shape: Shape) -> str:
    """SHA-256 over the file and over how it is read, a piece at a time."""
    found = hashlib.sha256(
        json.dumps([dict(shape.columns), dict(shape.always)], sort_keys=True).encode()
    )
    file.seek(0)
    while piece := file.read(1 << 20):
        found.update(piece)
    return found.hexdigest()
