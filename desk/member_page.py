"""Everything about one member, gathered for one screen.

The number of queries does not grow with what the member did.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from desk import rules, say, vouchers
from desk.verbs import homes
from desk.vouchers import Verdict
from earning import choosing, milestones, offering
from earning.models import (
    Activity,
    ActivityChange,
    Award,
    Correction,
    MilestoneChoice,
    OfferActivation,
    PendingActivity,
)
from events.models import Event
from members import lineage
from members.models import Card, ClaimCode, HouseholdMember, Member, MemberKey
from points import holds
from points.models import Account, Entry, Extension, Hold, Lot, Posting
from program import catalog
from program.models import Program, Unit
from rewards.models import Redemption
from tiers import standing
from tiers.models import Standing
from tiers.standing import Progress

POSTINGS = 12  # a screenful of the timeline
RECENT = 8  # of everything else; the lists behind have the rest


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One posting of the timeline: what it was, who wrote it, and its entries."""

    posting: Posting
    title: str
    detail: str
    doer: str
    entries: tuple[Entry, ...]
    url: str


@dataclasses.dataclass(frozen=True, slots=True)
class Ending:
    """What ends at one moment: the amount left in all lots with that end, and how many they are."""

    unit: Unit
    ends_at: datetime | None
    amount: int
    lots: int
    held: int


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """An activity: its facts in words, its awards, or why it earned nothing."""

    activity: Activity
    facts: str
    awards: tuple[Award, ...]
    why: str
    corrections: tuple[Correction, ...]
    is_cancelled: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """A pending activity: its facts in words, and what is expected of it."""

    activity: PendingActivity
    facts: str
    expected: tuple[tuple[int, Unit], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Announced:
    """An event in words."""

    sentence: str
    occurred_at: datetime


@dataclasses.dataclass(frozen=True, slots=True)
class MemberPage:
    """What the page shows, section by section."""

    accounts: list[Account]
    progress: list[Progress]
    lines: list[Line]
    older: str
    unit: str
    units: list[Unit]
    endings: list[Ending]
    holds: list[Hold]
    moved: list[Extension]
    vouchers: list[Verdict]
    activities: list[Done]
    pending: list[Waiting]
    choices: list[MilestoneChoice]
    offers: list[OfferActivation]
    cards: list[Card]
    keys: list[MemberKey]
    claim_code: ClaimCode | None
    home: HouseholdMember | None
    events: list[Announced]


def gather(member: Member, *, program: Program, unit: str = "", before: str = "") -> MemberPage:
    """The page of a member; `unit` narrows the timeline to one unit, `before` continues it (a
    posting's id).
    """
    known = catalog.of(program)
    accounts = list(
        Account.objects.filter(member=member).select_related("unit").order_by("unit__position")
    )
    lines, older = _timeline(
        member, program=program, unit=unit if unit in known.units else "", before=before
    )
    codes = ClaimCode.objects.filter(
        member=member, used_at__isnull=True, expires_at__gt=clock.now()
    )
    return MemberPage(
        accounts=accounts,
        progress=_progress(member, program, accounts),
        lines=lines,
        older=older,
        unit=unit,
        units=list(known.units.values()),
        endings=_endings(member, program),
        holds=holds.held(member) if any(one.held for one in accounts) else [],
        moved=_moved(member),
        vouchers=_vouchers(member),
        activities=_activities(member, program),
        pending=_pending(member, program),
        choices=choosing.open_to(member) if milestones.offers_choices(program) else [],
        offers=offering.live(member) if offering.offers(program) else [],
        cards=list(Card.objects.filter(member__in=lineage.ids(member))),
        keys=list(
            MemberKey.objects.filter(member=member)
            .exclude(kind=MemberKey.Kind.CARD)
            .order_by("kind")
        ),
        claim_code=codes.first(),
        home=homes.now(member),
        events=_events(member),
    )


def _progress(member: Member, program: Program, accounts: Iterable[Account]) -> list[Progress]:
    held = Standing.objects.of(member).at(clock.now())
    balances = {account.unit_id: account.balance for account in accounts}
    return standing.place(member, program=program, held=held, balances=balances)


def _timeline(
    member: Member, *, program: Program, unit: str, before: str
) -> tuple[list[Line], str]:
    """Postings as they were written, newest first, so that running balances run."""
    whose = lineage.ids(member)
    rows = Posting.objects.filter(member__in=whose).order_by("-id")
    rows = rows.filter(Q(member=member) | ~Q(kind=Posting.Kind.MERGE))
    if unit:
        rows = rows.filter(
            pk__in=Entry.objects.filter(member__in=whose, account__unit=unit).values("posting")
        )
    if place := _uuid(before):
        rows = rows.filter(id__lt=place)
    found = list(rows[: POSTINGS + 1])
    shown = found[:POSTINGS]
    lines = _lines(member, shown, program=program, unit=unit)
    if len(found) <= POSTINGS:
        return lines, ""
    return lines, "?" + urlencode(
        {"before": str(shown[-1].pk)} | ({"unit": unit} if unit else {})
    ) + "#timeline"


def _lines(
    member: Member, postings: Sequence[Posting], *, program: Program, unit: str
) -> list[Line]:
    ids, whose = [posting.pk for posting in postings], lineage.ids(member)
    entries = (
        Entry.objects.filter(member__in=whose, posting__in=ids)
        .select_related("account__unit")
        .order_by("id")
    )
    by_posting: dict[uuid.UUID, list[Entry]] = {}
    for entry in entries:
        if not unit or entry.account.unit_id == unit:
            by_posting.setdefault(entry.posting_id, []).append(entry)
    awards = Award.objects.filter(member__in=whose, entry__posting__in=ids).select_related(
        "activity__type", "activity__location", "activity__partner", "entry"
    )
    activities = {award.entry.posting_id: award.activity for award in awards}
    corrections = Correction.objects.filter(member=member, entry__posting__in=ids).select_related(
        "activity__type", "activity__location", "activity__partner", "entry"
    )
    activities |= {row.entry.posting_id: row.activity for row in corrections if row.entry}
    redemptions = {
        row.posting_id: row
        for row in Redemption.objects.filter(
            member__in=whose, posting__in=_paid(postings)
        ).select_related("reward")
    }
    names = say.staff_names(posting.actor for posting in postings)
    return [
        _line(
            posting,
            entries=by_posting.get(posting.pk, []),
            activity=activities.get(posting.pk),
            redemption=redemptions.get(posting.reverses_id or posting.pk),
            doer=say.actor(posting.actor, names),
        )
        for posting in postings
    ]


def _paid(postings: Iterable[Posting]) -> list[uuid.UUID]:
    """Postings that may have paid for a reward: themselves, or those that they reverse."""
    return [posting.reverses_id or posting.pk for posting in postings]


def _line(
    posting: Posting,
    *,
    entries: list[Entry],
    activity: Activity | None,
    redemption: Redemption | None,
    doer: str,
) -> Line:
    title, detail, url = str(posting.get_kind_display()).capitalize(), "", ""
    if activity is not None:
        place = activity.location.name if activity.location else activity.partner.name
        title = _("%(type)s at %(place)s") % {"type": activity.type.name, "place": place}
        detail, url = (
            activity.reference,
            reverse("admin:earning_activity_change", args=[activity.pk]),
        )
    elif redemption is not None:
        is_back = posting.kind == Posting.Kind.REVERSAL
        words = {"reward": redemption.reward.name}
        title = (_("Given back: %(reward)s") if is_back else _("Redeemed: %(reward)s")) % words
        detail = redemption.cancel_reason if is_back else ""
        url = reverse("admin:rewards_redemption_change", args=[redemption.pk])
    elif posting.kind == Posting.Kind.ADJUSTMENT:
        title = _("Adjusted by hand")
    elif posting.kind == Posting.Kind.MERGE and entries:
        title = entries[0].reason
    return Line(posting, title, detail, doer, tuple(entries), url)


def _endings(member: Member, program: Program) -> list[Ending]:
    """What ends when, soonest first, then what never ends."""
    units = catalog.of(program).units
    rows = (
        Lot.objects.filter(member=member)
        .live()
        .order_by(F("expires_at").asc(nulls_last=True))
        .values_list("account__unit", "expires_at")
        .annotate(Sum("remaining"), Count("pk"), Sum("held"))
    )
    return [Ending(units[unit], end, *sums) for unit, end, *sums in rows]


def _moved(member: Member) -> list[Extension]:
    """Ends that somebody moved by hand, latest first."""
    rows = Extension.objects.filter(member=member, lot__isnull=False)
    return list(rows.select_related("account__unit", "lot")[:RECENT])


def _vouchers(member: Member) -> list[Verdict]:
    found = Redemption.objects.filter(member__in=lineage.ids(member))
    rows = list(found.select_related("reward", "unit", "used_location")[:RECENT])
    names = say.staff_names(row.used_by for row in rows)
    return [vouchers.verdict(row, names) for row in rows]


def _activities(member: Member, program: Program) -> list[Done]:
    awards = Prefetch("awards", Award.objects.select_related("unit"))
    corrections = Prefetch("corrections", Correction.objects.select_related("unit"))
    cancels = ActivityChange.objects.filter(
        activity=OuterRef("pk"), kind=ActivityChange.Kind.CANCEL
    )
    rows = (
        Activity.objects.filter(member__in=lineage.ids(member))
        .annotate(is_cancelled=Exists(cancels))
        .select_related("type", "location", "partner")
        .prefetch_related(awards, corrections)
    )
    types = catalog.of(program).types
    return [
        Done(
            activity=row,
            facts=rules.facts_in_words(types.get(row.type_id), row.attributes, program=program),
            awards=tuple(row.awards.all()),
            why=_why_nothing(row, program),
            corrections=tuple(row.corrections.all()),
            is_cancelled=row.is_cancelled,
        )
        for row in rows.order_by("-occurred_at", "-id")[:RECENT]
    ]


def _why_nothing(row: Any, program: Program) -> str:
    """Why an activity earned nothing; empty where it did, or was cancelled."""
    is_clear = row.is_cancelled or row.awards.all() or row.corrections.all()
    return "" if is_clear else rules.why_nothing(row, program=program)


def _pending(member: Member, program: Program) -> list[Waiting]:
    """What waits to be confirmed, the first to count first."""
    known = catalog.of(program)
    rows = PendingActivity.objects.filter(
        member__in=lineage.ids(member), status=PendingActivity.Status.WAITING
    )
    return [
        Waiting(
            activity=row,
            facts=rules.facts_in_words(
                known.types.get(row.type_id), row.attributes, program=program
            ),
            expected=tuple((one["amount"], known.units[one["unit"]]) for one in row.expected),
        )
        for row in rows.select_related("type", "location", "partner").order_by("due_on", "id")
    ]


def _events(member: Member) -> list[Announced]:
    rows = list(Event.objects.filter(member_id=member.pk)[:RECENT])
    names = say.staff_names(str(row.payload.get("actor", "")) for row in rows)
    return [Announced(_told(row, names), row.occurred_at) for row in rows]


def _told(event: Event, names: dict[str, str]) -> str:
    """`Tier changed: ketch, by Clara`, from what the event carries."""
    told = event.type.replace("_", " ").capitalize()
    facts = [
        str(event.payload[key])
        for key in ("tier", "reward", "unit", "reason")
        if event.payload.get(key)
    ]
    if facts:
        told = f"{told}: {', '.join(facts)}"
    actor = str(event.payload.get("actor", ""))
    return (
        _("%(told)s, by %(who)s") % {"told": told, "who": say.actor(actor, names)}
        if actor
        else told
    )


def _uuid(text: str) -> Any:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
