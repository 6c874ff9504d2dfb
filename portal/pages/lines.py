"""What happened, line by line: everything that moved points, and what was recorded and moved none.

A line is a posting with its entries, or an activity that no rule pays for. Both are read as one
JSON value a row, so that a page of them costs two queries, and the three on the home page none of
their own.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext as _

from earning.models import Activity, Award
from members import lineage, naming
from members.models import Member
from points.models import Entry, Hold, Posting, Transfer
from program.catalog import Catalog
from program.models import ActivityAttribute, ActivityType, Unit

Kind = Posting.Kind
TOLD = (Kind.ADJUSTMENT, Kind.TRANSFER, Kind.REINSTATE)  # their reason is for the member to read


@dataclasses.dataclass(frozen=True, slots=True)
class Sum:
    """What a line did to one unit: the amount, and the balance after it."""

    amount: int
    unit: Unit
    balance: int


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, in words. `sums` is empty when it moved nothing; then `state` says
    so.
    """

    id: uuid.UUID
    occurred_at: datetime
    title: str
    detail: str
    sums: tuple[Sum, ...]
    reasons: tuple[str, ...]
    state: str


@dataclasses.dataclass(frozen=True, slots=True)
class Promise:
    """Points held for an open cart or till: what it is, and until when."""

    amount: int
    unit: Unit
    purpose: str
    expires_at: datetime


def holds(owner: Member, *, now: datetime) -> QuerySet[Hold, Any]:
    """Open holds of a member as JSON values, what ends first before the others."""
    rows = Hold.objects.filter(member=owner, status=Hold.Status.OPEN, expires_at__gt=now)
    return rows.order_by("expires_at").values(
        row=JSONObject(
            amount="amount", unit="account__unit_id", purpose="purpose", ends="expires_at"
        )
    )


def promise(row: Mapping[str, Any], units: Mapping[str, Unit]) -> Promise:
    """A hold of the rows above."""
    ends = datetime.fromisoformat(row["ends"])
    return Promise(row["amount"], units[row["unit"]], row["purpose"], ends)


def postings(owner: Member) -> QuerySet[Posting, Any]:
    """Postings of a member as JSON values, newest first, with those of memberships merged into it
    (what only moved from there to here is told once).
    """
    entries = Entry.objects.filter(posting=OuterRef("pk")).order_by("recorded_at", "id")
    activity = Activity.objects.filter(awards__entry__posting=OuterRef("pk"))
    changed = Activity.objects.filter(corrections__entry__posting=OuterRef("pk"))
    return (
        Posting.objects.filter(member__in=lineage.ids(owner))
        .filter(Q(member=owner) | ~Q(kind=Kind.MERGE))
        .order_by("-occurred_at", "-id")
        .values(
            row=JSONObject(
                id="id",
                at="occurred_at",
                kind="kind",
                note="note",
                entries=ArraySubquery(entries.values(row=JSONObject(
                    unit="account__unit_id", kind="kind", amount="amount", after="balance_after",
                    version="version", reason="reason",
                ))),
                activity=ArraySubquery(activity.values(row=_activity())[:1]),
                changed=ArraySubquery(changed.values(row=_activity())[:1]),
                other=_other(),
            )
        )
    )  # fmt: skip


def _other() -> Coalesce:
    """Who is on the other side of a transfer: to whom it went, or from whom it came."""
    out = Transfer.objects.filter(posting=OuterRef("pk")).order_by().values("receiver__name")
    into = Transfer.objects.filter(arrival=OuterRef("pk")).order_by().values("member__name")
    return Coalesce(Subquery(out[:1]), Subquery(into[:1]))


def unpaid(owner: Member) -> QuerySet[Activity, Any]:
    """Activities of a member that earned nothing, as JSON values, newest first."""
    return (
        Activity.objects.filter(
            ~Exists(Award.objects.filter(activity=OuterRef("pk"))),
            member__in=lineage.ids(owner),
        )
        .order_by("-occurred_at", "-id")
        .values(row=_activity())
    )


def older_than(moment: datetime, key: uuid.UUID) -> Q:
    """The rows after a place in the order of the page."""
    return Q(occurred_at__lt=moment) | Q(occurred_at=moment, id__lt=key)


def moving(unit: str) -> Exists:
    """Postings with an entry in one unit."""
    return Exists(Entry.objects.filter(posting=OuterRef("pk"), account__unit=unit))


def merged(
    moved: Iterable[Mapping[str, Any]], idle: Iterable[Mapping[str, Any]], *, catalog: Catalog
) -> list[Line]:
    """Both kinds of rows as lines, newest first."""
    found = [_posted(row, catalog) for row in moved] + [_idle(row, catalog) for row in idle]
    return sorted(found, key=lambda line: (line.occurred_at, line.id), reverse=True)


def _activity() -> JSONObject:
    return JSONObject(
        id="id",
        at="occurred_at",
        type="type_id",
        place="location__name",
        partner="partner__name",
        attributes="attributes",
    )


def _posted(row: Mapping[str, Any], catalog: Catalog) -> Line:
    activity = next(iter(row["activity"] or row["changed"] or ()), None)
    entries = row["entries"]
    return Line(
        id=uuid.UUID(row["id"]),
        occurred_at=datetime.fromisoformat(row["at"]),
        title=_title(row, activity, catalog),
        detail=_place(activity) if activity else _done(row),
        sums=_sums(entries, catalog),
        reasons=_reasons(row, activity),
        state="",
    )


def _idle(row: Mapping[str, Any], catalog: Catalog) -> Line:
    known = catalog.types.get(row["type"])
    why = _choices(known, row["attributes"]) if known else ""
    return Line(
        id=uuid.UUID(row["id"]),
        occurred_at=datetime.fromisoformat(row["at"]),
        title=known.name if known else row["type"],
        detail=_place(row),
        sums=(),
        reasons=(
            _("Recorded, earns nothing: %(why)s") % {"why": why} if why
            else _("Recorded, earns nothing"),
        ),
        state=why or _("earns nothing"),
    )  # fmt: skip


def _title(row: Mapping[str, Any], activity: Mapping[str, Any] | None, catalog: Catalog) -> str:
    if activity:
        known = catalog.types.get(activity["type"])
        name = known.name if known else str(activity["type"])
        return name if row["activity"] else _("%(what)s, corrected") % {"what": name}
    what = row["entries"][0]["reason"] if row["entries"] else ""
    if row["kind"] == Kind.REVERSAL:
        is_back = row["entries"] and row["entries"][0]["kind"] == Entry.Kind.RESTORE
        return (_("Given back: %(what)s") if is_back else _("Taken back: %(what)s")) % {
            "what": what
        }
    if row["kind"] == Kind.TRANSFER and row["other"]:
        is_sent = row["entries"] and row["entries"][0]["kind"] == Entry.Kind.SENT
        words = {"name": naming.familiar(row["other"])}
        return (_("Sent to %(name)s") if is_sent else _("Received from %(name)s")) % words
    names = {
        Kind.REINSTATE: _("Points brought back"),
        Kind.SETTLE: _("Held points made up what was missing"),
        Kind.EXPIRY: _("Points that ended"),
        Kind.ADJUSTMENT: _("Put right by the desk"),
        Kind.MERGE: what,
        Kind.SPEND: what,
        Kind.OPENING: _("Brought over"),
    }
    return names.get(row["kind"]) or _("Points")


def _done(row: Mapping[str, Any]) -> str:
    return _("Reward") if row["kind"] == Kind.SPEND else ""


def _place(activity: Mapping[str, Any]) -> str:
    return activity["place"] or activity["partner"] or ""


def _reasons(row: Mapping[str, Any], activity: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The sentence of every award; the note of an adjustment. A reward's name is its title."""
    if activity:
        return tuple(entry["reason"] for entry in row["entries"])
    return (row["note"],) if row["kind"] in TOLD and row["note"] else ()


def _sums(entries: Iterable[Mapping[str, Any]], catalog: Catalog) -> tuple[Sum, ...]:
    """One sum for each unit, in the units' order, the unit to spend first."""
    amounts: dict[str, int] = {}
    latest: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        unit = entry["unit"]
        amounts[unit] = amounts.get(unit, 0) + entry["amount"]
        if unit not in latest or entry["version"] > latest[unit]["version"]:
            latest[unit] = entry
    order = sorted(amounts, key=lambda unit: catalog.units[unit].kind != Unit.Kind.SPENDABLE)
    return tuple(
        Sum(amount=amounts[unit], unit=catalog.units[unit], balance=latest[unit]["after"])
        for unit in order
        if amounts[unit]
    )


def _choices(type: ActivityType, attributes: Mapping[str, Any]) -> str:
    """What the partner said of it, say `cancelled`: the label of its first choice."""
    for attribute in type.attributes.all():
        label = attribute.choices.get(attributes.get(attribute.code))
        if attribute.kind == ActivityAttribute.Kind.CHOICE and label:
            return str(label)[:1].lower() + str(label)[1:]
    return ""
