"""The auditor finds answers without their author, or with one too many."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection

from points import audit
from surveys import answering, care, proof
from surveys.models import Answer, Case
from tests import cast
from tests.points.test_audit import plant
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay_asks")]

# Invariant: the fault, and a query for the row that is to be named first.
PLANTED = {
    "an anonymous answer has no author": (
        """UPDATE surveys_authorship SET answer_id =
           (SELECT id FROM surveys_answer WHERE is_anonymous)""",
        "SELECT id FROM surveys_answer WHERE is_anonymous",
    ),
    "an answered invitation of a survey with names has its answer": (
        "DELETE FROM surveys_authorship",
        """SELECT i.id FROM surveys_invitation i JOIN surveys_survey s ON s.code = i.survey_id
           WHERE i.answered_at IS NOT NULL AND NOT s.is_anonymous""",
    ),
    "points to make good belong to a case of the same member": (
        "UPDATE points_posting SET source = 'goodwill:nobody' WHERE left(source, 5) = 'test:'",
        "SELECT id FROM points_posting WHERE source = 'goodwill:nobody'",
    ),
    "who was asked has a contact row that says so": (
        """UPDATE surveys_contact SET asked_at = NULL
           WHERE member_id = (SELECT id FROM members_member WHERE name = 'Guest 1')""",
        """SELECT i.id FROM surveys_invitation i JOIN members_member m ON m.id = i.member_id
           WHERE m.name = 'Guest 1'""",
    ),
}


def test_every_invariant_has_a_planted_fault() -> None:
    assert set(PLANTED) == set(proof.INVARIANTS)
    assert audit.invariants().items() >= proof.INVARIANTS.items()


@pytest.mark.broken_books
@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_fault_is_found_and_named(invariant: str) -> None:
    one, other = guest(1), guest(2)
    cast.earn(one, 5)
    world.answered(one, score=0)
    care.make_good(Case.objects.get(), amount=10, actor=cast.ACTOR, attempt=uuid.uuid4())
    asked = world.asked(other, "half-yearly")
    answering.answer(asked.pk, score=4, actor=f"member:{other.pk}")
    assert Answer.objects.filter(is_anonymous=True).count() == 1
    assert list(audit.check()) == []
    fault, wanted = PLANTED[invariant]
    plant(fault)
    with connection.cursor() as cursor:
        cursor.execute(wanted)
        (row,) = cursor.fetchone()
    found = [one for one in audit.check() if one.invariant == invariant]
    assert [(one.row, bool(one.found)) for one in found[:1]] == [(str(row), True)]
