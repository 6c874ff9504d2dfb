"""Stock: how many there are left, and taking one. Touched last in a redemption, whatever it is:
a number in a slot, a place on a date, a code of a list.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from rewards.errors import CodesKnown, DateUnknown, OutOfStock
from rewards.models import Codes, Kind, Redemption, Reward, RewardCode, RewardDate, RewardStock

GONE = "The last one has just gone. Nothing was taken."


def left_of(reward: Reward, *, today: date) -> int | None:
    """How many are left, in one statement; None where there is no limit."""
    if reward.kind == Kind.EXPERIENCE:
        coming = RewardDate.objects.filter(reward=reward, day__gte=today)
        return coming.aggregate(left=Sum("left"))["left"] or 0
    if reward.codes == Codes.UPLOADED:
        return RewardCode.objects.filter(reward=reward, redemption_id__isnull=True).count()
    found: int | None = RewardStock.objects.filter(reward=reward).aggregate(n=Sum("left"))["n"]
    return found


def date_of(reward: Reward, chosen: uuid.UUID | None, *, today: date) -> RewardDate | None:
    """The chosen date of an experience, None for what has no dates. Raises DateUnknown."""
    if reward.kind != Kind.EXPERIENCE:
        return None
    found = RewardDate.objects.filter(reward=reward, pk=chosen).first() if chosen else None
    if found is None or found.day < today:
        raise DateUnknown(_("Choose one of the dates that are offered. Nothing was taken."))
    return found


def hand_out(reward: Reward, *, redemption: uuid.UUID, member: uuid.UUID) -> str:
    """The code of another system that the voucher shows, empty where it has one of ours.

    An uploaded code is locked and given once; two who ask at once get two. Raises OutOfStock.
    """
    if reward.codes == Codes.SHARED:
        return reward.shared_code
    if reward.codes == Codes.GENERATED:
        return ""
    free = RewardCode.objects.filter(reward=reward, redemption_id__isnull=True)
    code = free.select_for_update(skip_locked=True).order_by("added_at", "id").first()
    if code is None:
        raise OutOfStock(_(GONE))
    code.redemption_id, code.member_id = redemption, member
    code.save(update_fields=["redemption_id", "member_id"])
    return code.code


def take(redemption: Redemption, *, is_limited: bool) -> None:
    """Take the place, or one from the first slot that has any. Raises OutOfStock."""
    if redemption.date_id is not None:
        free = RewardDate.objects.filter(pk=redemption.date_id, left__gt=0)
        if not free.update(left=F("left") - 1):
            raise OutOfStock(_("The last place on that day has just gone. Nothing was taken."))
        return
    if not is_limited or redemption.reward.codes == Codes.UPLOADED:
        return
    rows = RewardStock.objects.filter(reward=redemption.reward_id)
    for slot in rows.values_list("pk", flat=True):
        if RewardStock.objects.filter(pk=slot, left__gt=0).update(left=F("left") - 1):
            return
    raise OutOfStock(_(GONE))


def put_back(redemption: Redemption) -> None:
    """Give back what a cancelled redemption had taken. A code that was shown stays given."""
    if redemption.date_id is not None:
        RewardDate.objects.filter(pk=redemption.date_id).update(left=F("left") + 1)
        return
    first = RewardStock.objects.filter(reward=redemption.reward_id).order_by("slot")
    RewardStock.objects.filter(pk__in=first.values("pk")[:1]).update(left=F("left") + 1)


def upload(reward: Reward, codes: Iterable[str]) -> int:
    """Add a list of codes to a reward that hands out such. Returns how many were added.

    Raises CodesKnown naming the first that stands twice in the list or was uploaded before; then
    none was added.
    """
    wanted = [code.strip() for code in codes if code.strip()]
    seen: set[str] = set()
    known = set(
        RewardCode.objects.filter(reward=reward, code__in=wanted).values_list("code", flat=True)
    )
    for code in wanted:
        if code in seen or code in known:
            raise CodesKnown(
                _("%(code)s is in the list twice, or was uploaded before. Take it out.")
                % {"code": code}
            )
        seen.add(code)
    RewardCode.objects.bulk_create(
        RewardCode(id=RewardCode.id_for(reward.pk, code), reward=reward, code=code)
        for code in wanted
    )
    return len(wanted)
