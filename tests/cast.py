"""The cast: members, visits and points with fixed meaning, made by the same verbs as in real life.

The program is `tests/programs/quay` unless a test says otherwise: one point a euro, points live a
month to the end of the day in Berlin, coins live for ever, a visit counts one visit.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from common import clock
from earning import intake
from earning.intake import Recorded
from earning.submissions import Submission
from members import enrolment, households
from members.models import Household, Member, User
from points import holds, ledger, transfers
from points.ledger import Credit, Earning
from points.models import Account, Hold, Lot, Posting, Transfer
from program import catalog
from program.models import Program
from rewards import redemption
from rewards.models import Redemption, Reward
from rewards.redemption import Choice
from tests import snapshots

ROOT = Path(__file__).resolve().parent.parent
QUAY = ROOT / "tests" / "programs" / "quay"
TOMS = ROOT / "blueprints" / "toms"
_WAITING = 'plural = "Purchases"\nconfirm = "days"\nconfirm_days = 2\n'
TOMS_AT_ONCE = (_WAITING, 'plural = "Purchases"\n')  # its scenarios play the wait
ACTOR = "system:test"
_turn = itertools.count(1)


def utc(*parts: int) -> datetime:
    """A moment in UTC: `utc(2026, 3, 31, 12)`."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def apply(folder: Path) -> Program:
    """The program of a blueprint, applied."""
    snapshots.apply(folder, actor=ACTOR)
    return catalog.current()


def variant(folder: Path, *changes: tuple[str, str], base: Path = QUAY) -> Path:
    """A folder with a changed copy of a blueprint: each pair replaces one passage by another."""
    text = (base / "program.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{text.count(old)} times: {old}"
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "program.toml").write_text(text, encoding="utf-8")
    return folder


def ana(**fields: Any) -> Member:
    """A member with a card and nothing else."""
    return enrolment.enroll(**{"name": "Ana Lima", "actor": ACTOR} | fields)


def login(email: str = "ana@example.com") -> User:
    """A login without a member."""
    return User.objects.create_user(email)


def earn(
    member: Member,
    amount: int,
    *,
    unit: str = "point",
    at: datetime | None = None,
    source: str = "",
) -> Posting:
    """Points from nowhere in particular, straight into the ledger."""
    credit = Credit(unit=unit, amount=amount, reason=f"Earned {amount}")
    source = source or f"test:{next(_turn)}"
    return ledger.post(Earning(member.pk, source, at or clock.now(), [credit]), actor=ACTOR)


def spend(member: Member, amount: int, *, unit: str = "point", source: str = "") -> Posting:
    source = source or f"test:{next(_turn)}"
    return ledger.spend(
        member, unit=unit, amount=amount, source=source, actor=ACTOR, reason="Spent"
    )


def reverse(posting: Posting, *, source: str = "") -> Posting:
    source = source or f"test:{next(_turn)}"
    return ledger.reverse(posting, source=source, actor=ACTOR, reason="Taken back")


def adjust(member: Member, amount: int, *, unit: str = "point", source: str = "") -> Posting:
    source = source or f"test:{next(_turn)}"
    return ledger.adjust(
        member, unit=unit, amount=amount, reason="By hand", actor=ACTOR, source=source
    )


def hold(member: Member, amount: int, *, unit: str = "point", **fields: Any) -> Hold:
    """Points held at a till, under a source of their own."""
    given = {"purpose": "The till", "source": f"test:{next(_turn)}", "actor": ACTOR} | fields
    return holds.authorize(member, unit=unit, amount=amount, **given)


def capture(held: Hold, amount: int | None = None) -> Posting:
    return holds.capture(held, amount=amount, actor=ACTOR, reason="Bought")


def release(held: Hold) -> Hold:
    return holds.release(held, actor=ACTOR, reason="Changed their mind")


def send(
    sender: Member, receiver: Member, amount: int, *, unit: str = "point", source: str = ""
) -> Transfer:
    source = source or f"test:{next(_turn)}"
    return transfers.send(
        sender, receiver, unit=unit, amount=amount, reason="A gift", actor=ACTOR, source=source
    )


def home(*people: Member, name: str = "Lima") -> Household:
    """A household of these people; the first is its head."""
    made = households.found(people[0], name=name, actor=ACTOR)
    for member in people[1:]:
        households.join(made, member, actor=ACTOR)
    return made


def pooled(*people: Member) -> Household:
    """The same, and each has agreed that the others redeem with their points."""
    made = home(*people)
    for member in people:
        households.consent(member, is_given=True, actor=f"member:{member.pk}")
    return made


def facts(member: Member, unit: str = "point") -> tuple[int, int, int]:
    """Balance, held, available."""
    row = account(member, unit)
    return row.balance, row.held, row.available


def balance(member: Member, unit: str = "point") -> int:
    return ledger.balance(member, unit=unit)


def lots(member: Member, unit: str = "point") -> list[tuple[int, int]]:
    """Every lot as (awarded, remaining), oldest award first."""
    rows = Lot.objects.filter(member=member, account__unit=unit).order_by("awarded_at", "id")
    return [(lot.awarded, lot.remaining) for lot in rows]


def amounts(posting: Posting) -> list[tuple[str, int]]:
    """A posting's entries as (kind, amount), in order."""
    return list(posting.entries.order_by("id").values_list("kind", "amount"))


def submission(member: Member | None = None, **fields: Any) -> Submission:
    """A visit of 10 euros today, reported by the till under a reference of its own."""
    given: dict[str, Any] = {
        "partner": "till",
        "reference": f"visit-{next(_turn)}",
        "type": "visit",
        "occurred_at": clock.now(),
        "attributes": {"paid": "10.00"},
    }
    if member is not None:
        given |= {"kind": "card", "value": member.cards.get(is_active=True).number}
    return Submission(**given | fields)


def visit(member: Member | None = None, **fields: Any) -> Recorded:
    return intake.record(submission(member, **fields), actor="partner:till")


def redeem(
    member: Member,
    reward: str = "coffee",
    *,
    attempt: uuid.UUID | None = None,
    choice: Choice = redemption.PLAIN,
) -> Redemption:
    return redemption.redeem(
        member,
        reward=Reward.objects.get(code=reward),
        attempt=attempt or uuid.uuid4(),
        actor=f"member:{member.pk}",
        choice=choice,
    )


def awarded(recorded: Recorded) -> dict[str, int]:
    """What an activity paid, by the rules' codes."""
    return {award.rule.code: award.amount for award in recorded.awards}


def account(member: Member, unit: str = "point") -> Account:
    return Account.objects.get(member=member, unit=unit)


def state(member: Member) -> Mapping[str, Any]:
    """All that a refused verb must leave as it was."""
    return {
        "accounts": list(
            member.accounts.filter(version__gt=0)
            .order_by("unit")
            .values_list("unit", "balance", "version")
        ),
        "lots": list(member.lots.order_by("id").values_list("id", "remaining", "expires_at")),
        "entries": member.entries.count(),
        "postings": member.postings.count(),
        "redemptions": list(member.redemptions.order_by("id").values_list("id", "status")),
        "standings": list(member.standings.order_by("id").values_list("id", "tier__code")),
    }
