"""Activating: a member takes an offer up, and as long as it was not used, lets go of it again.

What must stay true: an offer holds once at a time for a membership; it is activated no more often
than it says, by one member and by all together. The accounts into which its rules pay are locked
first, so an activity that is being recorded meanwhile comes before it or after it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from common import clock
from common.errors import translate
from common.ids import parse_public_id
from earning import gathering, late, offering, session
from earning.errors import (
    REFUSALS,
    ActivationClosed,
    ActivationUnknown,
    OfferDayInvalid,
    OfferUsedUp,
)
from earning.models import Activity, ActivityChange, Award, Correction, Offer, OfferActivation
from events import outbox
from members import lineage, presence
from members.models import Member
from points.books import Books, Key
from program import catalog
from program.models import Program


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """Who wants to activate what, for which day where one is picked."""

    member: Member
    offer: Offer
    day: date | None
    actor: str


def activate(member: Member, *, offer: str, actor: str, day: date | None = None) -> OfferActivation:
    """Take up an offer from now on, or for the day that is picked where the offer asks for one.

    What holds already is returned as it is. Raises OfferUnknown, OfferUnavailable (not now, or not
    for this member), OfferDayInvalid, OfferUsedUp (as often as can be, by the member or by all),
    MemberMerged, MemberErased, MemberInactive.
    """
    program = catalog.current()
    found = offering.one(offer, program=program)
    if found.picks_day != (day is not None):
        raise OfferDayInvalid(
            _("Pick the day on which it is to hold.")
            if found.picks_day
            else _("This offer holds from now on. Leave the day out."),
            pointer="/day",
        )
    wish = Wish(member, found, day, actor)
    return late.retried(lambda more: _activate(wish, program=program, more=more))


def one(member: Member, public_id: str) -> OfferActivation:
    """An activation of a member's by its public id. Raises ActivationUnknown."""
    rows = OfferActivation.objects.filter(member__in=lineage.ids(member))
    try:
        rows = rows.filter(pk=parse_public_id("off", public_id))
    except ValueError:
        rows = rows.none()
    row = rows.select_related("member", "offer").first()
    if row is None:
        raise ActivationUnknown(_("This offer was not activated."))
    return row


def undo(activation: OfferActivation, *, actor: str) -> OfferActivation:
    """Let go of an offer that has not paid yet, as if it had never been activated.

    The same again returns it as it is. Raises ActivationClosed where it has paid, or is over.
    """
    program, member = catalog.current(), lineage.survivor(activation.member)
    with transaction.atomic(), translate(REFUSALS):
        _lock(member, activation.offer_id, program=program)
        row = OfferActivation.objects.select_for_update(of=("self",)).get(pk=activation.pk)
        if row.undone_at is not None:
            return row
        now = clock.now()
        if row.ends_at is not None and row.ends_at <= now:
            raise ActivationClosed(_("This is over already. Nothing was changed."))
        if has_paid(row, program=program):
            raise ActivationClosed(_("This has been used already, so it stays."))
        row.undone_at, row.undone_by = now, actor
        row.save(update_fields=["undone_at", "undone_by"])
        _announce("offer_undone", row, actor=actor)
    return row


def has_paid(row: OfferActivation, *, program: Program) -> bool:
    """Whether a rule that asks for the offer has paid while it held, returns counted."""
    paid: dict[object, int] = {}
    keys = [rule.key.pk for rule in offering.rules_of(row.offer_id, program=program)]
    for kind in (Award, Correction):
        found = kind._default_manager.filter(
            rule__in=keys,
            member__in=lineage.among([row.member_id]),
            activity__occurred_at__gte=row.starts_at,
        )
        if row.ends_at is not None:
            found = found.filter(activity__occurred_at__lt=row.ends_at)
        sums = found.order_by().values("activity").annotate(amount=Sum("amount"))
        for one in sums.values_list("activity", "amount"):
            paid[one[0]] = paid.get(one[0], 0) + one[1]
    return any(amount > 0 for amount in paid.values())


def _activate(wish: Wish, *, program: Program, more: Collection[Key]) -> OfferActivation:
    with transaction.atomic(), translate(REFUSALS):
        held = _lock(wish.member, wish.offer.code, program=program, more=more)
        member = presence.lock(wish.member)
        known = list(offering.activated(member).filter(offer=wish.offer))
        now = clock.now()
        same = next((row for row in known if _is_same(row, wish.day, now)), None)
        if same is not None:
            return same
        facts = offering.facts_of([wish.offer], member=member, taken=known, program=program)
        problem = offering.refusal(wish.offer, facts, picked=wish.day)
        if problem is not None:
            raise problem
        starts_at, ends_at = span(
            wish.offer, wish.day, now=now, zone=program.time_zone, known=known
        )
        _take_place(wish.offer)
        row = OfferActivation.objects.create(
            member=member,
            offer=wish.offer,
            starts_at=starts_at,
            ends_at=ends_at,
            picked_on=wish.day,
            activated_at=now,
            actor=wish.actor,
        )
        _announce("offer_activated", row, actor=wish.actor)
        if wish.offer.counts_before:
            with translation.override(program.language):
                _look_back(row, member, program=program, actor=wish.actor, held=held)
    return row


def _lock(
    member: Member, offer: str, *, program: Program, more: Collection[Key] = ()
) -> Collection[Key]:
    """The accounts that activities of which the offer's rules ask may touch."""
    types = offering.types_of(offer, program=program)
    units = {unit for type in types for unit in session.units(program, type)}
    return Books.open({(member.pk, unit) for unit in units} | set(more)).accounts


def _is_same(row: OfferActivation, day: date | None, now: datetime) -> bool:
    """Whether what is wanted holds already."""
    if day is not None:
        return row.picked_on == day
    return row.ends_at is None or now < row.ends_at


def span(
    offer: Offer,
    day: date | None,
    *,
    now: datetime,
    zone: str,
    known: Iterable[OfferActivation] = (),
) -> tuple[datetime, datetime | None]:
    """From when to when (exclusive; None: for good) an offer holds that is activated now."""
    if day is not None:
        return max(clock.start_of_day(day, zone), now), clock.end_of_day(day, zone)
    starts_at, ends = now, []
    if offer.counts_before and offer.starts_on is not None:
        before = [row.ends_at for row in known if row.ends_at is not None]
        starts_at = max([clock.start_of_day(offer.starts_on, zone), *before])
    if offer.days is not None:
        ends.append(clock.end_of_day(clock.local_date(now, zone) + timedelta(offer.days), zone))
    last = offering.last_day(offer)
    if last is not None:
        ends.append(clock.end_of_day(last, zone))
    return starts_at, min(ends, default=None)


def _take_place(offer: Offer) -> None:
    """One of the places that all share, counted under the lock of the offer, last of all locks."""
    if offer.places is None:
        return
    locked = Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    taken = OfferActivation.objects.filter(offer=offer, undone_at__isnull=True).count()
    if locked.places is not None and taken >= locked.places:
        raise OfferUsedUp(_("All of them are taken. Nothing was activated."), places=locked.places)


def _look_back(
    row: OfferActivation, member: Member, *, program: Program, actor: str, held: Collection[Key]
) -> None:
    """Award what was done since the offer's first day on top. Raises late.MoreAccounts."""
    types = offering.types_of(row.offer_id, program=program)
    changes = Prefetch("changes", ActivityChange.objects.order_by("number"))
    rows = Activity.objects.filter(
        member__in=lineage.ids(member), type__in=types, occurred_at__gte=row.starts_at
    )
    if row.ends_at is not None:
        rows = rows.filter(occurred_at__lt=row.ends_at)
    rows = rows.exclude(changes__kind=ActivityChange.Kind.CANCEL).order_by("occurred_at", "id")
    for activity in rows.select_related("member", "location").prefetch_related(changes):
        look = late.look(activity, member, program=program, actor=actor)
        late.award_more(
            dataclasses.replace(
                look,
                facts=gathering.with_offer(look.facts, row.offer_id),
                reason=_("%(offer)s was activated") % {"offer": row.offer.name},
                offer=row.offer.name,
            ),
            program=program,
            held=held,
        )


def _announce(type: str, row: OfferActivation, *, actor: str) -> None:
    payload = {
        "offer": row.offer_id,
        "from": row.starts_at.isoformat(),
        "until": row.ends_at.isoformat() if row.ends_at else None,
        "day": row.picked_on.isoformat() if row.picked_on else None,
        "actor": actor,
    }
    outbox.publish(type, member_id=row.member_id, subject=row.public_id, payload=payload)
