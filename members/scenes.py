"""What scenarios can say about people: who enrols, when, and what is known of them."""

from __future__ import annotations

from datetime import date

from common import clock
from members import enrolment, households, segments
from members.models import HouseholdMember, Member, Segment
from program.blueprint import Table
from program.scenarios import Stage, Step, register
from program.sections import Text, require_code


class EnrollTable(Table):
    name: Text
    birthday: date | None = None
    segments: list[str] = []


def _enroll(table: EnrollTable, stage: Stage) -> Member:
    member = enrolment.enroll(name=table.name, joined_at=clock.now(), actor="system:scenario")
    if table.birthday:
        member.birthday = table.birthday
        member.save(update_fields=["birthday"])
    for code in table.segments:
        segments.join(member, segment=_segment(code))
    stage.enter(table.name, member)
    return member


class SegmentsTable(Table):
    """Segments by name."""

    segments: list[str]


def _segment(code: str) -> Segment:
    known = {row.code: row for row in Segment.objects.all()}
    require_code(code, known, place="a scenario, segments")
    return known[code]


def _join(table: SegmentsTable, stage: Stage) -> None:
    for code in table.segments:
        segments.join(stage.who(), segment=_segment(code))


def _leave(table: SegmentsTable, stage: Stage) -> None:
    for code in table.segments:
        segments.leave(stage.who(), segment=_segment(code))


class HouseholdTable(Table):
    """A household and who moves in; the first to do so is its head."""

    name: Text


def _move_in(table: HouseholdTable, stage: Stage) -> None:
    home = stage.named.get(f"household:{table.name}")
    if home is None:
        home = households.found(stage.who(), name=table.name, actor="system:scenario")
        stage.named[f"household:{table.name}"] = home
    else:
        households.join(home, stage.who(), actor="system:scenario")


class MoveOutTable(Table):
    """The step's member leaves the household they live in."""


class ConsentTable(Table):
    """Whether the others may redeem with the step's member's points."""

    pool: bool = True


def _move_out(table: MoveOutTable, stage: Stage) -> None:
    households.leave(stage.who(), actor="system:scenario")


def _consent(table: ConsentTable, stage: Stage) -> HouseholdMember:
    return households.consent(stage.who(), is_given=table.pool, actor="system:scenario")


def install() -> None:
    """Register the steps of this app."""
    register(
        Step("enroll", EnrollTable, _enroll),
        Step("join", SegmentsTable, _join),
        Step("leave", SegmentsTable, _leave),
        Step("household", HouseholdTable, _move_in),
        Step("move_out", MoveOutTable, _move_out),
        Step("consent", ConsentTable, _consent),
    )
