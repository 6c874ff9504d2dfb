"""The pages of questions: the scale, the thanks with what comes after, and the inbox."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from members import consent
from members.models import Member
from messaging import registry
from program import catalog
from program.models import Program
from surveys import answering, links, opening, wording
from surveys.models import TEXT_MAX, Answer, Case, CaseStep, Invitation, Question

SHOWN_CASES = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """A question with its numbers; `chosen` is the one that was tapped or kept."""

    name: str
    words: str
    scores: tuple[int, ...]
    low_words: str
    high_words: str
    chosen: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Ask:
    """An open question: what it is about, its scale, and where the tap goes."""

    token: str
    about: str
    scale: Scale
    thanks: str
    is_anonymous: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """A further question, with what was answered or typed."""

    question: Question
    value: str
    scores: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        return f"q-{self.question.code}"


@dataclasses.dataclass(frozen=True, slots=True)
class Thanks:
    """After the tap: the number that stands, and everything that may be added."""

    token: str
    answer: Answer
    why: str
    comment: str
    items: tuple[Scale, ...]
    fields: tuple[Field, ...]
    text_max: int = TEXT_MAX


def ask(one: Invitation, *, program: Program, score: int | None = None) -> Ask:
    """The page of an open invitation."""
    return Ask(
        token=links.to_score(one.pk),
        about=wording.about(one, zone=ZoneInfo(program.time_zone)),
        scale=_scale(one.survey, program=program, item=0, chosen=score),
        thanks=_thanks_for(one),
        is_anonymous=one.survey.is_anonymous,
    )


def _thanks_for(one: Invitation) -> str:
    """That taking part is rewarded, where it is; the number never decides."""
    return _("Taking part is rewarded, whatever you answer.") if one.survey.activity_type_id else ""


def _scale(survey: Any, *, program: Program, item: int, chosen: int | None) -> Scale:
    kind = survey.of_kind
    return Scale(
        name=kind.items[item].code,
        words=wording.question(survey, program=program, item=item),
        scores=tuple(kind.scale),
        low_words=str(kind.low_words),
        high_words=str(kind.high_words),
        chosen=chosen,
    )


def thanks(made: Answer, *, program: Program, typed: Mapping[str, str] | None = None) -> Thanks:
    """The page of an answer; what was typed stands before what is stored."""
    typed = typed or {}
    kind = made.survey.of_kind
    stored = {line.question_id: line.value for line in made.lines.all()}
    items = tuple(
        _scale(
            made.survey, program=program, item=place,
            chosen=made.items[place] if place < len(made.items) else None,
        )
        for place in range(1, len(kind.items))
    )  # fmt: skip
    fields = []
    for question in answering.questions(made):
        name = f"q-{question.code}"
        least, most = question.least or 0, question.most or 0
        scores = tuple(range(least, most + 1)) if question.kind == "scale" else ()
        fields.append(Field(question, typed.get(name, stored.get(question.pk, "")), scores))
    return Thanks(
        token=links.to_answer(made.pk),
        answer=made,
        why=wording.why(made.version),
        comment=typed.get("comment", made.comment),
        items=items,
        fields=tuple(fields),
    )


def add(answer_id: uuid.UUID, typed: Mapping[str, str]) -> Answer:
    """Add what was typed on the page. Raises as `answering.add` does."""
    items = {
        name.removeprefix("i-"): int(value)
        for name, value in typed.items()
        if name.startswith("i-") and value.isascii() and value.isdigit() and len(value) < 4
    }
    lines = {
        name.removeprefix("q-"): value for name, value in typed.items() if name.startswith("q-")
    }
    return answering.add(answer_id, comment=typed.get("comment", ""), items=items, lines=lines)


@dataclasses.dataclass(frozen=True, slots=True)
class Talk:
    """A case as the member sees it: what they said, and what was answered."""

    case: Case
    said: str
    score: int
    steps: tuple[CaseStep, ...]
    points: int


@dataclasses.dataclass(frozen=True, slots=True)
class Topic:
    """What letters can be about, and whether the member wants them."""

    code: str
    words: Any
    is_wanted: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Inbox:
    """Open questions, and what became of what the member told us."""

    asks: tuple[Ask, ...]
    talks: tuple[Talk, ...]
    topics: tuple[Topic, ...]
    unit: Any


def inbox(member: Member, *, program: Program) -> Inbox:
    """The member's inbox."""
    told = CaseStep.objects.filter(kind__in=["reply", "goodwill"]).order_by("id")
    cases = Case.objects.filter(member=member).select_related("answer").order_by("-opened_at")
    rows = cases.prefetch_related(Prefetch("steps", told, to_attr="told"))[:SHOWN_CASES]
    return Inbox(
        asks=tuple(ask(one, program=program) for one in opening.open_to(member)[:SHOWN_CASES]),
        talks=tuple(_talk(case, getattr(case, "told", ())) for case in rows),
        topics=_topics(member),
        unit=catalog.of(program).default_unit,
    )


def _topics(member: Member) -> tuple[Topic, ...]:
    said = consent.said(member)
    known = registry.topics().items()
    return tuple(Topic(code, words, said.get(code, True)) for code, words in known)


def _talk(case: Case, steps: Sequence[CaseStep]) -> Talk:
    return Talk(
        case=case,
        said=case.answer.comment,
        score=case.answer.score,
        steps=tuple(step for step in steps if step.kind == CaseStep.Kind.REPLY),
        points=sum(int(step.text) for step in steps if step.kind == CaseStep.Kind.GOODWILL),
    )
