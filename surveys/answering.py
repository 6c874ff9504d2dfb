"""Answering: one tap records the score; everything else comes after, or never.

What must stay true: an invitation is answered once, whoever taps first; points are for taking part
and never for a number; an anonymous answer is written without a name, a moment, a tier, a place or
a key that could lead to one. A refused comment loses nothing that was recorded before it.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.errors import LoyaltyError, translate
from common.text import number
from earning import intake
from earning.intake import Recorded
from earning.submissions import Submission
from events import outbox
from members.models import Member, MemberKey
from program import catalog
from program.models import Program
from surveys import care, definitions, measures
from surveys.errors import (
    REFUSALS,
    AlreadyAnswered,
    AnswerInvalid,
    LinkInvalid,
    ScoreInvalid,
    SurveyEnded,
    TextTooLong,
)
from surveys.models import TEXT_MAX, Answer, Authorship, Invitation, Line, Question, Version


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """What a tap came to: the answer, and what taking part earned (None where nothing was paid)."""

    answer: Answer
    recorded: Recorded | None


def invitation(invitation_id: uuid.UUID) -> Invitation:
    """The invitation behind a link. Raises LinkInvalid for one that does not exist."""
    rows = Invitation.objects.select_related("survey", "version", "member", "location")
    found = rows.filter(pk=invitation_id).first()
    if found is None:
        raise LinkInvalid("This link opens no question. Open it again from the letter, whole.")
    return found


def require_open(one: Invitation) -> None:
    """Refuse what can no longer be answered. Raises AlreadyAnswered or SurveyEnded."""
    if one.answered_at is not None:
        raise AlreadyAnswered(_("You have answered this already. Thank you."))
    is_member = one.member.status == Member.Status.ACTIVE
    is_over = one.withdrawn_at is not None or one.ends_at <= clock.now() or not is_member
    if is_over or one.opened_at is None:
        raise SurveyEnded(_("This question can no longer be answered. Nothing was recorded."))


def answer(invitation_id: uuid.UUID, *, score: int, actor: str) -> Taken:
    """Record the score of an open invitation, once.

    Raises LinkInvalid, AlreadyAnswered, SurveyEnded, or ScoreInvalid for a number beside the scale.
    """
    with transaction.atomic(), translate(REFUSALS):
        Invitation.objects.select_for_update().filter(pk=invitation_id).first()
        one = invitation(invitation_id)
        require_open(one)
        check_score(one, score)
        program, now = catalog.current(), clock.now()
        made = _write_answer(one, score=score, program=program)
        Invitation.objects.filter(pk=one.pk).update(answered_at=now)
        if not one.survey.is_anonymous:
            Authorship.objects.create(member=one.member, invitation=one, answer=made)
            if not one.is_made_up:
                care.consider(made, member=one.member, program=program)
        recorded = _take_part(one, actor=actor)
        outbox.publish(
            "survey_taken_part",
            member_id=one.member_id,
            subject=one.public_id,
            payload={"survey": one.survey_id},
        )
    return Taken(made, recorded)


def check_score(one: Invitation, score: int) -> None:
    """Refuse a number that is not on the survey's scale."""
    kind = one.survey.of_kind
    if score not in kind.scale:
        raise ScoreInvalid(
            _("Choose a number from %(least)s to %(most)s.")
            % {"least": kind.least, "most": kind.most},
            pointer="/score",
        )


def _write_answer(one: Invitation, *, score: int, program: Program) -> Answer:
    """The answer as it is kept; an anonymous one has a month, and no moment, tier or place."""
    kind, now, is_anonymous = one.survey.of_kind, clock.now(), one.survey.is_anonymous
    day = clock.local_date(now, program.time_zone)
    return Answer.objects.create(
        id=uuid.uuid4() if is_anonymous else Answer._meta.pk.get_default(),
        survey=one.survey,
        version=one.version,
        series=kind.series,
        is_anonymous=is_anonymous,
        is_made_up=one.is_made_up,
        score=score,
        least=kind.least,
        most=kind.most,
        items=[score] if len(kind.items) > 1 else [],
        answered_on=day.replace(day=1) if is_anonymous else day,
        answered_at=None if is_anonymous else now,
        trigger=one.trigger.code if one.trigger else "",
        tier="" if is_anonymous else one.tier,
        location=None if is_anonymous else one.location,
    )


def _take_part(one: Invitation, *, actor: str) -> Recorded | None:
    """Record taking part as an activity of the program, if the survey says so.

    Its reference names the invitation and nothing of the answer. A refusal (a partner that was
    switched off) must not cost the member the answer.
    """
    survey = one.survey
    if survey.activity_type_id is None or survey.partner_id is None or one.is_made_up:
        return None
    keys = MemberKey.objects.filter(member=one.member)
    key = keys.filter(kind=MemberKey.Kind.CARD).first() or keys.first()
    if key is None:
        return None
    submission = Submission(
        partner=survey.partner_id,
        reference=one.public_id,
        type=survey.activity_type_id,
        occurred_at=clock.now(),
        attributes={},
        kind=key.kind,
        value=key.value,
    )
    try:
        return intake.record(submission, actor=actor)
    except LoyaltyError as error:
        payload = {"survey": survey.code, "code": error.code, "message": error.message}
        outbox.publish(
            "survey_points_refused",
            member_id=one.member_id,
            subject=one.public_id,
            payload=payload,
        )
        return None


def stored(answer_id: uuid.UUID) -> Answer:
    """The answer behind a link. Raises LinkInvalid for one that does not exist."""
    rows = Answer.objects.select_related("survey", "version")
    found = rows.filter(pk=answer_id).first()
    if found is None:
        raise LinkInvalid("This link opens no answer. Open it again from the letter, whole.")
    return found


def questions(made: Answer) -> list[Question]:
    """What is asked after this score, in order."""
    version = Version.objects.prefetch_related("questions", "branches").get(pk=made.version_id)
    wanted = definitions.questions_for(version, made.score)
    known = {question.pk: question for question in version.questions.all()}
    return [known[pk] for pk in wanted]


def add(
    answer_id: uuid.UUID,
    *,
    comment: str = "",
    items: Mapping[str, int] | None = None,
    lines: Mapping[str, str] | None = None,
) -> Answer:
    """Add the comment, the further items of the scale and the answers to further questions.

    What was added before stays where nothing is said about it. Raises TextTooLong, ScoreInvalid or
    AnswerInvalid; then nothing is added, and the score stands.
    """
    with transaction.atomic(), translate(REFUSALS):
        Answer.objects.select_for_update().filter(pk=answer_id).first()
        made = stored(answer_id)
        made.comment = check_text(comment) or made.comment
        if items:
            _set_items(made, items)
        made.save(update_fields=["comment", "items", "index"])
        asked = {question.code: question for question in questions(made)}
        for code, value in (lines or {}).items():
            if code not in asked:
                raise AnswerInvalid(_("This question is not asked here."), pointer=f"/{code}")
            text = check_line(asked[code], value)
            if text:
                row = Line.objects.filter(answer=made, question=asked[code])
                if not row.update(value=text):
                    Line.objects.create(answer=made, question=asked[code], value=text)
    return made


def check_text(text: str) -> str:
    """A text as it is kept. Raises TextTooLong."""
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(text) > TEXT_MAX:
        raise TextTooLong(
            _("This has %(count)s characters; we can keep %(most)s. Shorten it, please.")
            % {"count": number(len(text)), "most": number(TEXT_MAX)},
            pointer="/comment",
        )
    return text


def check_line(question: Question, value: str) -> str:
    """The answer to a question as it is kept. Raises AnswerInvalid or TextTooLong."""
    value = check_text(value)
    if not value or question.kind == Question.Kind.TEXT:
        return value
    if question.kind == Question.Kind.CHOICE and value in question.options:
        return value
    least, most = question.least or 0, question.most or 0
    is_number = value.isascii() and value.isdigit() and len(value) < 4
    if question.kind == Question.Kind.SCALE and is_number and least <= int(value) <= most:
        return value
    raise AnswerInvalid(_("Choose one of the answers that are shown."), pointer=f"/{question.code}")


def _set_items(made: Answer, given: Mapping[str, int]) -> None:
    """The further items of a kind with several; the first stays what was tapped."""
    kind = made.survey.of_kind
    known = dict(zip([item.code for item in kind.items], made.items, strict=False))
    for item in kind.items[1:]:
        if item.code in given:
            if given[item.code] not in kind.scale:
                raise ScoreInvalid(_("Choose one of the numbers that are shown."))
            known[item.code] = given[item.code]
    made.items = [known.get(item.code) for item in kind.items]
    index = measures.loyalty(made.items)
    made.index = None if index is None else round(Decimal(index.numerator) / index.denominator, 2)
