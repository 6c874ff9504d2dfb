"""What a merge does to people themselves: keys, login, household, segments, and the pointer to the
survivor.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from common import clock
from members import households, merging
from members.merges import MemberMerge
from members.merging import Merging
from members.models import (
    HouseholdMember,
    Member,
    MemberKey,
    SegmentMember,
    User,
)

FILLED: dict[str, str | None] = {"email": "", "phone": "", "birthday": None}  # when unknown


def install() -> None:
    """Take part in merges. The keys come last of all that is locked, as everywhere."""
    merging.register(merging.Part("members", _join, _part))


def _join(work: Merging, _surveyed: Any) -> dict[str, Any]:
    memo = {"household": _move_in(work), "segments": _add_segments(work), "login": _hand_over(work)}
    memo |= {"filled": _fill(work), "joined_at": work.survivor.joined_at.isoformat()}
    kept, gone = work.survivor, work.absorbed
    _move_keys(work)
    family = Member.objects.filter(merged_into=gone)
    kept.absorbs += 1 + family.update(merged_into=kept)
    kept.joined_at = min(kept.joined_at, gone.joined_at)
    gone.status, gone.merged_into, gone.absorbs = Member.Status.MERGED, kept, 0
    gone.save(update_fields=["user", "status", "merged_into", "absorbs"])
    kept.save(update_fields=["user", "joined_at", "absorbs", *FILLED])
    return memo


def _part(work: Merging, memo: dict[str, Any]) -> None:
    kept, gone = work.survivor, work.absorbed
    family = _family(gone)
    MemberKey.objects.filter(came_with__in=family, member=kept).update(member=gone)
    MemberKey.objects.filter(came_with=gone).update(came_with=None)
    others = Member.objects.filter(pk__in=family, merged_into=kept).exclude(pk=gone.pk)
    moved = others.update(merged_into=gone)
    gone.status, gone.merged_into, gone.absorbs = Member.Status.ACTIVE, None, moved
    kept.absorbs -= 1 + moved
    if kept.joined_at == gone.joined_at:
        kept.joined_at = datetime.fromisoformat(memo["joined_at"])
    for name in memo["filled"]:
        if getattr(kept, name) == getattr(gone, name):
            setattr(kept, name, FILLED[name])
    _take_back_login(work, memo["login"])
    kept.save(update_fields=["user", "joined_at", "absorbs", *FILLED])
    gone.save(update_fields=["user", "status", "merged_into", "absorbs"])
    SegmentMember.objects.filter(member=kept, segment__in=memo["segments"]).delete()
    _move_back(work, memo["household"])


def _move_keys(work: Merging) -> None:
    """What the absorbed was known by names the survivor from now on, and remembers whose it was."""
    keys = MemberKey.objects.filter(member=work.absorbed)
    keys.filter(came_with__isnull=True).update(came_with=work.absorbed)
    keys.update(member=work.survivor)


def _family(member: Member) -> list[uuid.UUID]:
    """The member and everybody who had become part of it, however indirectly."""
    found, fresh = [member.pk], [member.pk]
    while fresh:
        rows = MemberMerge.objects.filter(survivor__in=fresh, undone_at__isnull=True)
        fresh = [pk for pk in rows.values_list("absorbed", flat=True) if pk not in found]
        found += fresh
    return found


def _hand_over(work: Merging) -> str:
    """Give the absorbed member's login to a survivor who has none; else it is detached, and told so
    when it signs in. Returns `given`, `detached` or nothing.
    """
    kept, gone = work.survivor, work.absorbed
    if gone.user_id is None:
        return ""
    login = User.objects.get(pk=gone.user_id)
    work.row.login, gone.user = login, None
    Member.objects.filter(pk=gone.pk).update(user=None)
    if kept.user_id is not None:
        return "detached"
    kept.user = login
    return "given"


def _take_back_login(work: Merging, how: str) -> None:
    if not how or work.row.login is None:
        return
    if how == "given" and work.survivor.user_id == work.row.login_id:
        work.survivor.user = None
        Member.objects.filter(pk=work.survivor.pk).update(user=None)
    if not Member.objects.filter(user=work.row.login).exists():
        work.absorbed.user = work.row.login


def _fill(work: Merging) -> list[str]:
    """Complete what is not known of the survivor; returns the names of what was filled in."""
    filled = [
        name for name in FILLED if not getattr(work.survivor, name) and getattr(work.absorbed, name)
    ]
    for name in filled:
        setattr(work.survivor, name, getattr(work.absorbed, name))
    return filled


def _add_segments(work: Merging) -> list[str]:
    """The survivor is in every segment that either was in; returns those that were new."""
    has = SegmentMember.objects.filter(member=work.survivor).values("segment")
    rows = SegmentMember.objects.filter(member=work.absorbed).exclude(segment__in=has)
    codes = sorted(rows.values_list("segment", flat=True))
    SegmentMember.objects.bulk_create(
        [SegmentMember(member=work.survivor, segment_id=code) for code in codes]
    )
    return codes


def _move_in(work: Merging) -> dict[str, Any]:
    """The absorbed member moves out; a survivor who lives alone takes the place. Whoever heads a
    household goes on to head it.
    """
    here = HouseholdMember.objects.filter(left_at__isnull=True)
    theirs = here.filter(member=work.absorbed).first()
    if theirs is None:
        return {}
    households.leave(work.absorbed, actor=work.actor)  # which holds the household
    if theirs.is_head:  # which whoever was next has become for this moment only
        here.filter(household=theirs.household_id).update(is_head=False)
    own = here.filter(member=work.survivor).first()
    memo: dict[str, Any] = {"left": str(theirs.pk), "pooled": theirs.pooled_at is not None}
    if own is None:
        row = HouseholdMember(
            member=work.survivor,
            household_id=theirs.household_id,
            is_head=theirs.is_head,
            joined_at=clock.now(),
        )
        row.save(force_insert=True)
        memo["joined"] = str(row.pk)
    elif own.household_id == theirs.household_id and theirs.is_head and not own.is_head:
        HouseholdMember.objects.filter(pk=own.pk, member=work.survivor).update(is_head=True)
    if theirs.is_head and not here.filter(household=theirs.household_id, is_head=True).exists():
        heir = here.filter(household=theirs.household_id).order_by("joined_at", "id").first()
        if heir is not None:
            HouseholdMember.objects.filter(pk=heir.pk).update(is_head=True)
    return memo


def _move_back(work: Merging, memo: dict[str, Any]) -> None:
    if not memo:
        return
    now = clock.now()
    left = HouseholdMember.objects.get(pk=memo["left"], member=work.absorbed)
    households.lock([left.household_id])
    here = HouseholdMember.objects.filter(left_at__isnull=True)
    if "joined" in memo:
        own = here.filter(pk=memo["joined"], member=work.survivor)
        own.update(left_at=now, pooled_at=None)
    others = here.filter(household=left.household_id, is_head=True)
    if left.is_head:
        others.update(is_head=False)
    HouseholdMember(
        member=work.absorbed,
        household_id=left.household_id,
        is_head=not others.exists(),  # theirs again, or left to nobody meanwhile
        joined_at=now,
        pooled_at=now if memo["pooled"] else None,  # it was theirs, and nobody took it back
    ).save(force_insert=True)
