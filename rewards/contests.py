"""Contests: members take entries like any reward; a clerk makes the draw, once, when it has closed.

The draw stores its seed and the list of entries, so that anybody can make it again: entries are
ordered by the SHA-256 of seed, a colon and the entry's id; the first entry of each member wins,
until there are as many winners as were promised.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.errors import translate
from events import outbox
from program import catalog
from rewards.errors import REFUSALS, ContestDrawn, ContestOpen, RewardUnavailable
from rewards.models import Draw, Kind, Redemption, Reward

SEED_BYTES = 32
Entry = tuple[str, str]  # redemption, member, as text


def draw(reward: Reward, *, actor: str) -> Draw:
    """Draw the winners of a contest that has closed. Raises ContestOpen before its day,
    ContestDrawn when it was drawn before, RewardUnavailable for what is no contest.
    """
    if reward.kind != Kind.CONTEST or reward.draws_on is None or reward.winners is None:
        raise RewardUnavailable(_("This reward is no contest; there is nothing to draw."))
    now, zone = clock.now(), catalog.current().time_zone
    if clock.local_date(now, zone) < reward.draws_on:
        raise ContestOpen(
            _("Entries can be taken until the day of the draw. Draw on %(day)s or later.")
            % {"day": reward.draws_on},
            draws_on=reward.draws_on.isoformat(),
        )
    with transaction.atomic(), translate(REFUSALS):
        Reward.objects.select_for_update(of=("self",), no_key=True).get(pk=reward.pk)
        if Draw.objects.filter(reward=reward).exists():
            raise ContestDrawn(_("This contest has been drawn already; its winners stand."))
        entries = entries_of(reward)
        seed = secrets.token_hex(SEED_BYTES)
        made = Draw.objects.create(
            reward=reward,
            seed=seed,
            entries=[list(entry) for entry in entries],
            winners=pick(entries, seed=seed, winners=reward.winners),
            actor=actor,
            drawn_at=now,
        )
        _announce(made, actor)
    return made


def entries_of(reward: Reward) -> list[Entry]:
    """Every entry that stands, in the order in which they were taken."""
    rows = Redemption.objects.filter(reward=reward).exclude(status=Redemption.Status.CANCELLED)
    return [
        (str(pk), str(member)) for pk, member in rows.order_by("id").values_list("pk", "member")
    ]


def pick(entries: Iterable[Sequence[str]], *, seed: str, winners: int) -> list[str]:
    """The entries that win, first prize first; at most one for each member. Pure."""

    def place(entry: Sequence[str]) -> str:
        return hashlib.sha256(f"{seed}:{entry[0]}".encode()).hexdigest()

    first: dict[str, str] = {}
    for entry in sorted(entries, key=place):
        first.setdefault(entry[1], entry[0])
    return list(first.values())[:winners]


def proves(made: Draw) -> bool:
    """Whether the draw, made again from its seed and entries, has the same winners."""
    return made.winners == pick(made.entries, seed=made.seed, winners=made.reward.winners or 0)


def is_drawn(reward: Reward) -> bool:
    """Whether the winners stand."""
    return Draw.objects.filter(reward=reward).exists()


def has_won(redemption: Redemption) -> bool | None:
    """Whether an entry won; None while nothing was drawn."""
    made = Draw.objects.filter(reward=redemption.reward_id).first()
    return None if made is None else str(redemption.pk) in made.winners


def _announce(made: Draw, actor: str) -> None:
    """One event for the draw, one for each winner: whoever writes letters hears of them."""
    payload = {"reward": made.reward.code, "entries": len(made.entries), "actor": actor}
    outbox.publish("contest_drawn", subject=made.reward.code, payload=payload)
    rows = Redemption.objects.filter(pk__in=made.winners)
    for row in sorted(rows, key=lambda row: made.winners.index(str(row.pk))):
        place = made.winners.index(str(row.pk)) + 1
        outbox.publish(
            "contest_won",
            member_id=row.member_id,
            subject=row.public_id,
            payload={"reward": made.reward.code, "place": place},
        )
