"""Erasure: a person is emptied, the books stay.

Scan, preview, confirm, execute, look again. What is emptied, and how, the sheets of
`common.privacy` say; higher floors end what is running (`register`): points are forfeited by an
adjustment and the accounts are closed for good, standings end. Vouchers that were paid for go on
working: a code names nobody. The e-mail address is free at once for a new membership.

What must stay true: after `erase`, `search` finds none of the person's former values in any table;
no amount in the ledger has changed but by the forfeit.
"""

from __future__ import annotations

import dataclasses
import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import F, Func, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from common import clock, privacy
from common.privacy import ERASED, Column, Person, Sheet
from common.triggers import erasing
from events import outbox
from members import cards, households, lineage, presence
from members.errors import ErasureRefused
from members.merges import MemberMerge
from members.models import Card, Member, MemberKey, User

SHORTEST = 6  # letters of a reference that can be told from ordinary words and numbers


class Reason(models.TextChoices):
    """Why somebody is erased; no free words, which would outlive what they are about."""

    ASKED = "asked", later("they asked for it")
    RETENTION = "retention", later("nothing has happened for years")
    MISTAKE = "mistake", later("enrolled by mistake")


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """What one floor ends when somebody is erased; `lock` takes its locks before anything is read,
    `refuse` says what has to be done first.
    """

    name: str
    end: Callable[[list[uuid.UUID], str], None] = lambda _ids, _actor: None
    lock: Callable[[list[uuid.UUID]], Any] = lambda _ids: None
    refuse: Callable[[list[uuid.UUID]], None] = lambda _ids: None


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """How many rows of one table are about the person, and whether they stay, emptied."""

    sheet: Sheet
    rows: int


@dataclasses.dataclass(frozen=True, slots=True)
class Trace:
    """A former value that was found: in which table, column and row."""

    table: str
    column: str
    row: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column} of {self.row}"


@dataclasses.dataclass(frozen=True, slots=True)
class Erased:
    """What came of an erasure: what was held before, and what a second look found (nothing)."""

    member: Member
    before: tuple[Held, ...]
    traces: tuple[Trace, ...]


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Take part in erasures; called once, at start-up, the lower floor first."""
    _parts[part.name] = part


def person(member: Member) -> Person:
    """The person behind a member: every membership and login, and what they are known by."""
    whose = lineage.ids(member)
    rows = list(Member.objects.filter(pk__in=whose))
    logins = {row.user_id for row in rows if row.user_id}
    merges = MemberMerge.objects.filter(absorbed__in=whose, undone_at__isnull=True)
    logins |= {pk for pk in merges.values_list("login", flat=True) if pk}
    users = User.objects.filter(pk__in=logins)
    marks = {mark for row in rows for mark in (row.email, row.phone)}
    marks |= set(MemberKey.objects.filter(member__in=whose).values_list("value", flat=True))
    marks |= {MemberKey.normalize(MemberKey.Kind.PHONE, row.phone) for row in rows}
    marks |= set(users.values_list("email", flat=True))
    for number in Card.objects.filter(member__in=whose).values_list("number", flat=True):
        marks |= {number, cards.format_number(number)}
    names = {row.name for row in rows} | set(users.values_list("name", flat=True))
    return Person(
        members=tuple(whose),
        logins=tuple(sorted(logins)),
        marks=tuple(sorted(mark for mark in marks if len(mark) >= SHORTEST)),
        names=tuple(sorted(name for name in names if name and name != ERASED)),
    )


def scan(someone: Person) -> list[Held]:
    """What is held about a person, table by table."""
    found = [
        Held(sheet, sheet.rows_of(someone).count())
        for sheet in privacy.sheets()
        if sheet.is_about_people
    ]
    return [held for held in found if held.rows]


def erase(member: Member, *, reason: str, actor: str) -> Erased:
    """Empty the person behind `member`, in one transaction, and look again.

    Merges become final by it. Raises ErasureRefused for who is part of another member, was erased
    already or is of the staff, and what the parts refuse; MemberInactive is no hindrance.
    """
    with transaction.atomic():
        whose = list(lineage.among([member.pk]).values_list("pk", flat=True))
        for part in _parts.values():
            part.lock(whose)
        households.lock(households.homes(whose).values())
        rows = presence.lock_all(whose)
        member = rows[member.pk]
        if set(lineage.ids(member)) != set(whose):
            raise ErasureRefused(_("This member is just being merged. Look again, then confirm."))
        someone = person(member)
        _refuse(member, someone)
        for part in _parts.values():
            part.refuse(whose)
        before = tuple(scan(someone))
        for part in _parts.values():
            part.end(whose, actor)
        _leave(rows.values(), actor=actor)
        _empty(someone)
        for row in rows.values():
            outbox.publish(
                "member_erased",
                member_id=row.pk,
                payload={"actor": actor, "why": Reason(reason).value},
            )
        traces = tuple(search(someone))
    return Erased(Member.objects.get(pk=member.pk), before, traces)


def _refuse(member: Member, someone: Person) -> None:
    if member.status == Member.Status.MERGED:
        raise ErasureRefused(
            _("This membership is part of another one. Erase the member it was merged into.")
        )
    if member.status == Member.Status.ERASED:
        raise ErasureRefused(_("This member was erased already."))
    if User.objects.filter(pk__in=someone.logins, is_staff=True).exists():
        raise ErasureRefused(
            _("This login belongs to the staff as well. Take its staff rights away first.")
        )


def _leave(rows: Any, *, actor: str) -> None:
    """End what runs: the household, the time in which a merge could be undone, the membership."""
    ids = [row.pk for row in rows]
    for row in rows:
        households.leave(row, actor=actor)
    merges = MemberMerge.objects.filter(survivor__in=ids, until__gt=clock.now())
    merges.filter(undone_at__isnull=True).update(until=clock.now())
    parts = Member.objects.filter(pk__in=ids, merged_into__isnull=False)
    parts.update(merged_into=None, status=Member.Status.CLOSED)
    Member.objects.filter(pk__in=ids).update(absorbs=0)


def _empty(someone: Person) -> None:
    """Do what the sheets say: empty, replace, cut out, remove; the logins last of all."""
    described = privacy.sheets()
    with erasing():
        for sheet in described:
            if sheet.is_about_people and not sheet.is_deleted:
                _empty_rows(sheet, someone)
            _cut(sheet, someone)
    Member.objects.filter(pk__in=someone.members).update(status=Member.Status.ERASED)
    for sheet in reversed(described):
        if sheet.is_deleted:
            sheet.rows_of(someone).delete()


def _empty_rows(sheet: Sheet, someone: Person) -> None:
    for name, column in sheet.columns.items():
        if not column.is_personal:
            continue
        rows = sheet.rows_of(someone)
        value = column.emptied() if callable(column.emptied) else column.emptied
        if column.is_text:
            rows = rows.filter(sheet.only)
            rows = rows.exclude(**{name: {} if callable(column.emptied) else ""})
        rows.update(**{name: value})


def _cut(sheet: Sheet, someone: Person) -> None:
    """Cut what the person is known by out of what was written about anybody."""
    for name in sheet.texts():
        if pattern := _pattern(sheet, name, someone):
            kept = Func(
                F("_said"), Value(pattern), Value(ERASED), Value("gi"), function="regexp_replace"
            )
            written = models.JSONField() if _is_json(sheet, name) else models.TextField()
            _saying(sheet, name, pattern).update(**{name: Cast(kept, written)})


def _saying(sheet: Sheet, name: str, pattern: str) -> models.QuerySet[Any]:
    """The rows in whose column, read as text, the pattern is found."""
    rows = sheet.table._base_manager.annotate(_said=Cast(F(name), models.TextField()))
    return rows.filter(_said__iregex=pattern)


def search(someone: Person) -> Iterator[Trace]:
    """Every place in which a former value of the person is still written, in any table."""
    for sheet in privacy.sheets():
        for name, column in sheet.columns.items():
            if not (column.is_personal or column.is_text):
                continue
            field = sheet.table._meta.get_field(name)
            if isinstance(field, models.CharField | models.TextField | models.JSONField):
                pattern = _pattern(sheet, name, someone)
                if not pattern:
                    continue
                found = _saying(sheet, name, pattern)
                for pk in found.values_list("pk", flat=True):
                    yield Trace(sheet.model, name, str(pk))


def left_of(member: Member) -> Iterator[Trace]:
    """Every personal column of the member's own rows that is not as erasure leaves it."""
    someone = Person(members=tuple(lineage.ids(member)), logins=())
    for sheet in privacy.sheets():
        rows = sheet.rows_of(someone) if sheet.member else sheet.table._base_manager.none()
        for name, column in sheet.columns.items():
            if not column.is_personal or callable(column.emptied):
                continue
            left = rows if sheet.is_deleted else rows.exclude(**_empty_value(name, column))
            if column.is_text:
                left = left.filter(sheet.only).exclude(**{name: ""})
            for pk in left.values_list("pk", flat=True):
                yield Trace(sheet.model, name, str(pk))


def _empty_value(name: str, column: Column) -> dict[str, Any]:
    return {f"{name}__isnull": True} if column.emptied is None else {name: column.emptied}


def _pattern(sheet: Sheet, column: str, someone: Person) -> str:
    """A regular expression for what the person is known by.

    A name counts only where nobody else bears it, and where free words are kept.
    """
    known = [*someone.marks]
    if sheet.columns[column].is_text:
        known += [name for name in someone.names if " " in name and not _is_shared(name, someone)]
    if _is_json(sheet, column):
        return "|".join(_in_json(value) for value in known)
    return "|".join(_alone(re.escape(value)) for value in known)


def _is_json(sheet: Sheet, column: str) -> bool:
    return isinstance(sheet.table._meta.get_field(column), models.JSONField)


def _is_shared(name: str, someone: Person) -> bool:
    others = Member.objects.exclude(pk__in=someone.members)
    return others.filter(name__iexact=name).exists()


def _alone(pattern: str) -> str:
    return rf"(?<![[:alnum:]])(?:{pattern})(?![[:alnum:]])"


def _in_json(value: str) -> str:
    """As JSON writes it; digits only where they are a text of their own, never within a number."""
    said = re.escape(json.dumps(value, ensure_ascii=False)[1:-1])
    return rf'(?<="){said}(?=")' if value.isdigit() else _alone(said)
