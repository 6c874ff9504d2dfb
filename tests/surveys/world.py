"""The quay's guests, asked how it was: surveys on top of tests/programs/quay."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from common import clock
from members.models import Member
from program import catalog
from program.models import Program
from surveys import answering, inviting, opening
from surveys.answering import Taken
from surveys.models import Decision, Invitation, Trigger
from surveys.occasions import Occasion
from tests import cast

SURVEYS = """
[asking]
contact_days = 30
goodwill_at_most = 200
asked_elsewhere = "agency"

[[segment]]
code = "agency"
name = "Asked by the agency"

[[survey]]
code = "after-a-visit"
name = "After a visit"
kind = "nps"
activity = "survey"
partner = "till"
branch = [{ ask = "wrong", least = 0, most = 6 }, { ask = "liked", least = 9, most = 10 }]

[[survey.question]]
code = "wrong"
words = "What went wrong?"
type = "choice"
choices = { wait = "The long, long wait", food = "The food" }

[[survey.question]]
code = "liked"
words = "What did you like?"
type = "text"

[[survey.question]]
code = "quiet"
words = "How quiet was it?"
type = "scale"
least = 1
most = 5

[[survey.trigger]]
code = "visited"
on = "activity"
activity = "visit"
delay_hours = 2

[[survey.trigger]]
code = "made-good"
on = "case"
delay_hours = 48

[[survey.case]]
code = "unhappy"
most = 6
owner = "clara@quay.example"
escalates_to = "olga@quay.example"
contact_hours = 8

[[survey]]
code = "effort"
name = "Effort"
kind = "ces"

[[survey.trigger]]
code = "used"
on = "voucher"
quota = 2

[[survey]]
code = "secret"
name = "In confidence"
kind = "csat"
anonymous = true
activity = "survey"
partner = "till"

[[survey.trigger]]
code = "half-yearly"
on = "wave"
every_months = 6

[[survey]]
code = "ties"
name = "Ties"
kind = "cli"

[[reply]]
code = "sorry"
name = "We are sorry"
text = "We are sorry to hear that."
"""


def folder(path: Path, *changes: tuple[str, str]) -> Path:
    """A folder with the quay's blueprint and its surveys, changed where wanted."""
    text = SURVEYS
    for old, new in changes:
        assert text.count(old) == 1, f"{text.count(old)} times: {old}"
        text = text.replace(old, new)
    path.mkdir(parents=True, exist_ok=True)
    base = (cast.QUAY / "program.toml").read_text(encoding="utf-8")
    (path / "program.toml").write_text(base + text, encoding="utf-8")
    return path


def guest(number: int = 1, **fields: object) -> Member:
    """A guest with an address."""
    given = {"name": f"Guest {number}", "email": f"guest{number}@example.com"}
    language = fields.pop("language", "en")
    member = cast.ana(**given | fields)
    Member.objects.filter(pk=member.pk).update(language=language)
    return member


def invite(member: Member, *, at: datetime | None = None) -> Invitation:
    """A visit, decided upon; what came of it must be an invitation."""
    cast.visit(member, **({"occurred_at": at} if at else {}))
    inviting.drain()
    return Invitation.objects.filter(member=member).latest("id")


def opened(member: Member) -> Invitation:
    """An invitation whose hour has come."""
    one = invite(member)
    Invitation.objects.filter(pk=one.pk).update(opens_at=one.occurred_at)
    opening.run()
    return Invitation.objects.get(pk=one.pk)


def answered(member: Member, score: int = 9) -> Taken:
    """The member has answered after a visit."""
    one = opened(member)
    return answering.answer(one.pk, score=score, actor=f"member:{member.pk}")


def asked(member: Member, trigger: str) -> Invitation:
    """An open invitation by a trigger, without anything that happened."""
    one = Occasion(Trigger.objects.get(code=trigger), member.pk, "asked", clock.now())
    inviting.decide([one], program=program())
    opening.run()
    return Invitation.objects.get(member=member, source=one.source)


def outcomes(member: Member) -> list[str]:
    """What was decided about a member, the oldest first."""
    rows = Decision.objects.filter(member=member).order_by("id")
    return list(rows.values_list("outcome", flat=True))


def program() -> Program:
    return catalog.current()
