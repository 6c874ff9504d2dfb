"""The demo's opinions: made up, and marked as such, about stays that are real.

The scores drift upwards over the months, so that the page of scores has something to say; a few of
the newest unhappy answers open cases, in all states that a board can show.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from common import bulk, clock
from earning.models import Activity
from members.models import Member, User
from program import catalog
from surveys import care, definitions, inviting, opening, tallies
from surveys.models import Answer, Authorship, Case, Contact, Invitation, Survey
from surveys.occasions import Occasion

ACTOR = "system:demo"
SEED = 20_261_121
STAYS = 1500  # asked about, made up; about a third of them answered
MONTHS = 12
CASES = 7
SPREAD = {  # how often each number is given, in a thousand, at first and at last
    0: (24, 10), 1: (10, 5), 2: (16, 9), 3: (20, 11), 4: (25, 15), 5: (70, 45), 6: (85, 60),
    7: (150, 130), 8: (220, 215), 9: (190, 240), 10: (190, 260),
}  # fmt: skip
SAID = {
    "low": (
        "The room faced the car park and the night was loud.",
        "Forty minutes at the desk before anybody had time for us.",
        "The shower was cold on two mornings.",
        "Breakfast had run out by nine.",
        "My guests were charged twice for parking.",
    ),
    "mild": (
        "Fine, as always. The lift is slow.",
        "Good beds, thin walls.",
        "A decent stay, nothing to complain about.",
    ),
    "high": (
        "The terrace at dusk. My guests still talk about it.",
        "Somebody remembered that they do not eat fish.",
        "Quiet, spotless, and the sea at the door.",
        "The night porter found a lost passport at two in the morning.",
    ),
}


def fill(member: Member) -> None:
    """Made-up answers to the survey after a stay, cases from the newest of them, and an open
    question to the demo's member. Once: a second start leaves them as they are.
    """
    if Invitation.objects.filter(is_made_up=True).exists():
        return
    with transaction.atomic():
        made = _answers()
        _cases(made)
        _ask(member)
    tallies.count()


def _answers() -> list[tuple[Answer, Invitation]]:
    """Made-up answers about real stays of the last year, each in its own month."""
    chance, now = random.Random(SEED), clock.now()  # noqa: S311
    program = catalog.current()
    asking = definitions.of(program)
    survey = asking.surveys["after-a-stay"]
    version, trigger = asking.versions[survey.pk], asking.on("activity")[0]
    since = now - timedelta(days=30 * MONTHS)
    stays = Activity.objects.filter(
        type="stay", attributes__outcome="stayed", occurred_at__gt=since, occurred_at__lt=now
    )
    invitations, answers, authors = [], [], []
    for stay in stays.order_by("occurred_at")[:STAYS]:
        opened = min(stay.occurred_at + timedelta(hours=20), now)
        one = Invitation(
            member_id=stay.member_id, survey=survey, version=version, trigger=trigger,
            source=f"demo:{stay.public_id}", location_id=stay.location_id, tier=_tier(stay),
            occurred_at=stay.occurred_at, opens_at=opened, opened_at=opened,
            ends_at=opened + timedelta(days=30), is_made_up=True,
        )  # fmt: skip
        invitations.append(one)
        if chance.random() > 0.36:
            continue
        one.answered_at = min(opened + timedelta(hours=chance.randint(1, 60)), now)
        made = _answer(one, survey, chance, since=since, now=now)
        answers.append(made)
        authors.append(Authorship(member_id=one.member_id, invitation=one, answer=made))
    bulk.insert(Invitation, invitations)
    bulk.insert(Answer, answers)
    bulk.insert(Authorship, authors)
    known = {author.answer_id: author.invitation for author in authors}
    return [(made, known[made.pk]) for made in answers]


def _tier(stay: Activity) -> str:
    return str((stay.result.get("tier") or {}).get("code", ""))


def _answer(
    one: Invitation, survey: Survey, chance: random.Random, *, since: datetime, now: datetime
) -> Answer:
    assert one.answered_at is not None
    share = (one.answered_at - since) / (now - since)
    weights = [first + (last - first) * share for first, last in SPREAD.values()]
    score = chance.choices(list(SPREAD), weights=weights)[0]
    mood = "low" if score <= 6 else "high" if score >= 9 else "mild"
    kind = survey.of_kind
    return Answer(
        survey=survey, version_id=one.version_id, series=kind.series, is_made_up=True, score=score,
        least=kind.least, most=kind.most, answered_at=one.answered_at,
        answered_on=clock.local_date(one.answered_at, catalog.current().time_zone),
        comment=chance.choice(SAID[mood]) if chance.random() < 0.4 else "",
        trigger="stay-ended", tier=one.tier, location_id=one.location_id,
    )  # fmt: skip


def _cases(made: Sequence[tuple[Answer, Invitation]]) -> None:
    """Cases of the newest unhappy answers: some waiting, some replied to, some closed."""
    program = catalog.current()
    unhappy = [pair for pair in made if pair[0].score <= 6 and pair[0].comment]
    clerk = User.objects.filter(email="clerk@demo.example").first()
    newest = sorted(unhappy, key=lambda pair: str(pair[0].answered_at))[-CASES:]
    for place, (answer, one) in enumerate(newest):
        moment = clock.now() - timedelta(days=CASES - place, hours=3)
        with clock.standing_at(moment):
            case = care.consider(answer, member=one.member, program=program)
        if case is None:
            continue
        with clock.standing_at(moment + timedelta(hours=9)):
            _work(case, place, clerk)


def _work(case: Case, place: int, clerk: User | None) -> None:
    if clerk is not None and place % 2 == 0:
        care.assign(case, owner=clerk, actor=ACTOR)
    if place < 4:
        care.reply(case, text="We are sorry, and we have put it right.", actor=ACTOR)
    if place < 2:
        care.close(case, result="solved", cause="service", actor=ACTOR)


def _ask(member: Member) -> None:
    """An open question to the demo's member about their latest stay: mail and home show it.

    It was decided upon when the stay had ended, and opens only now.
    """
    program, now = catalog.current(), clock.now()
    trigger = definitions.of(program).on("activity")[0]
    stay = member.activities.filter(type="stay").order_by("-occurred_at").first()
    if stay is None:
        return
    with clock.standing_at(stay.occurred_at + timedelta(hours=1)):
        one = Occasion(trigger, member.pk, stay.public_id, stay.occurred_at, stay.location_id)
        inviting.decide([one], program=program)
    rows = Invitation.objects.filter(member=member, source=one.source)
    rows.update(opens_at=now, ends_at=now + timedelta(days=30))
    Contact.objects.filter(member=member).update(asked_at=now)
    opening.run()
