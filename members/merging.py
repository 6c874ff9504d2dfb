"""Merging: two memberships of one person become one, and can become two again for thirty days.

The survivor goes on; the absorbed membership keeps what was recorded under it and is read as part
of the survivor (`members.lineage`). Every way to name the absorbed member names the survivor.
Higher floors do their part through `register`: the first to be named locks first, so the accounts
come before the members' rows, as everywhere.

What must stay true: a merge changes no total; whoever is merged has no login and no key; undoing
gives back what is left of what came, and what was earned, spent or expired since stays with the
survivor. Merges that build on one another are undone in the opposite order.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.errors import InvalidInput, translate
from common.ids import uuid7
from events import outbox
from members import households, presence
from members.errors import REFUSALS, MergeRefused, UndoRefused
from members.merges import MemberMerge
from members.models import Member

REVERSIBLE = timedelta(days=30)

Memo = Any  # what JSON can say
People = Mapping[uuid.UUID, Member]


@dataclasses.dataclass(frozen=True, slots=True)
class Merging:
    """Two members being merged or parted, both locked."""

    row: MemberMerge
    survivor: Member
    absorbed: Member
    actor: str


def _nothing(*_args: Any) -> Any:
    return None


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """What one floor does for a merge.

    `lock` takes locks on member ids before anything is read; `survey` looks before anything has
    moved; `merge` gets what `survey` found and returns a memo (of JSON's types) that `undo` gets
    back. `refuse` raises where the two cannot be merged. `parted` is called once all of it has been
    undone, the standing of both included.
    """

    name: str
    merge: Callable[[Merging, Any], Memo]
    undo: Callable[[Merging, Memo], None]
    lock: Callable[[list[uuid.UUID]], Any] = _nothing
    refuse: Callable[[Merging], Any] = _nothing
    survey: Callable[[Merging], Any] = _nothing
    parted: Callable[[Merging], Any] = _nothing


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Take part in merges; called once, at start-up, the lower floor first."""
    _parts[part.name] = part


def merge(survivor: Member, absorbed: Member, *, reason: str, actor: str) -> MemberMerge:
    """Make `absorbed` part of `survivor`, in one transaction.

    Raises MergeRefused for one and the same member, and for those who were merged, closed or
    erased; InvalidInput without a reason; and what the parts refuse.
    """
    if survivor.pk == absorbed.pk:
        raise MergeRefused(
            _("A member cannot be merged with themselves. Choose another one."), pointer="/absorbed"
        )
    reason, now = _reason(reason), clock.now()
    with transaction.atomic(), translate(REFUSALS):
        people = _lock([survivor.pk, absorbed.pk])
        kept, gone = people[survivor.pk], people[absorbed.pk]
        _require_both_active(kept, gone)
        row = MemberMerge(
            id=uuid7(),
            survivor=kept,
            absorbed=gone,
            reason=reason,
            actor=actor,
            merged_at=now,
            until=now + REVERSIBLE,
        )
        work = Merging(row, kept, gone, actor)
        for part in _parts.values():
            part.refuse(work)
        surveyed = {part.name: part.survey(work) for part in _parts.values()}
        row.save(force_insert=True)
        row.memo = {p.name: p.merge(work, surveyed[p.name]) for p in _parts.values()}
        row.save(update_fields=["memo", "login"])
        _announce("member_merged", work, reason)
    return row


def undo(row: MemberMerge, *, reason: str, actor: str) -> MemberMerge:
    """Make two of them again: what is left of what came goes back.

    Raises UndoRefused when its time is over, when it was undone, and while the survivor is itself
    part of another member.
    """
    reason = _reason(reason)
    with transaction.atomic(), translate(REFUSALS):
        people = _lock([row.survivor_id, row.absorbed_id])
        row = MemberMerge.objects.select_for_update().get(pk=row.pk)
        work = Merging(row, people[row.survivor_id], people[row.absorbed_id], actor)
        _require_undoable(work)
        for part in _parts.values():
            part.undo(work, row.memo.get(part.name))
        for part in _parts.values():
            part.parted(work)
        row.undone_at, row.undone_by, row.undo_reason = clock.now(), actor, reason
        row.save(update_fields=["undone_at", "undone_by", "undo_reason"])
        _announce("member_unmerged", work, reason)
    return row


def latest(member: Member) -> MemberMerge | None:
    """The merge by which this member is part of another one, None for everybody else."""
    rows = MemberMerge.objects.filter(absorbed=member, undone_at__isnull=True)
    return rows.select_related("survivor", "absorbed").first()


def detached(login_id: uuid.UUID | None) -> MemberMerge | None:
    """The merge that left a login without a member, None for all others."""
    rows = MemberMerge.objects.filter(login=login_id, undone_at__isnull=True)
    return rows.select_related("survivor__user").first() if login_id else None


def through(absorbed_id: uuid.UUID, survivor_id: uuid.UUID) -> uuid.UUID:
    """The merge by which a membership, perhaps by way of others, came to its survivor."""
    row = MemberMerge.objects.get(absorbed=absorbed_id, undone_at__isnull=True)
    return row.pk if row.survivor_id == survivor_id else through(row.survivor_id, survivor_id)


def undoable(member: Member) -> list[MemberMerge]:
    """The merges, of this member into another or of others into it, that can still be undone."""
    now = clock.now()
    rows = MemberMerge.objects.filter(undone_at__isnull=True, until__gt=now)
    found = rows.filter(survivor=member) | rows.filter(absorbed=member)
    return list(found.select_related("survivor", "absorbed"))


def _lock(member_ids: list[uuid.UUID]) -> People:
    for part in _parts.values():
        part.lock(sorted(member_ids))
    households.lock(households.homes(member_ids).values())
    return presence.lock_all(member_ids)


def _require_both_active(survivor: Member, absorbed: Member) -> None:
    for member in (survivor, absorbed):
        if member.status == Member.Status.MERGED:
            raise MergeRefused(
                _("%(name)s was merged already. Merge with whoever they became part of.")
                % {"name": member.name}
            )
        if member.status != Member.Status.ACTIVE:
            raise MergeRefused(
                _("%(name)s takes no part any more and cannot be merged.") % {"name": member.name}
            )


def _require_undoable(work: Merging) -> None:
    if work.row.undone_at is not None:
        raise UndoRefused(_("This merge was undone already."))
    if clock.now() >= work.row.until:
        raise UndoRefused(_("A merge can be undone for thirty days, and those are over."))
    if work.survivor.status == Member.Status.MERGED:
        raise UndoRefused(
            _("%(name)s was merged into somebody else since. Undo that merge first.")
            % {"name": work.survivor.name}
        )


def _reason(text: str) -> str:
    if not text.strip():
        raise InvalidInput(
            _("Write down why. Whoever looks at this later will read it."), pointer="/reason"
        )
    return text.strip()[:240]


def _announce(type: str, work: Merging, reason: str) -> None:
    payload = {
        "absorbed": str(work.absorbed.pk),
        "survivor": str(work.survivor.pk),
        "reason": reason,
        "actor": work.actor,
    }
    for member in (work.survivor, work.absorbed):
        outbox.publish(type, member_id=member.pk, payload=payload)
