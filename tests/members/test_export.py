"""People are told everything that is held about them, or why they are not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from common import privacy
from members import erasure, export, merging
from program.models import Program
from tests.cast import ACTOR, ana, visit
from tests.members.test_erasure import EMAIL, NAME, zelda

pytestmark = pytest.mark.django_db


def told(member: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads("".join(export.as_json(member)))
    return {table["table"]: table for table in document["tables"]}


def test_every_column_is_shown_or_withheld_with_a_reason(quay: Program) -> None:
    member = zelda()
    found = told(member)
    held = {held.sheet.model: held for held in erasure.scan(erasure.person(member))}
    assert found.keys() == held.keys()
    for sheet in privacy.sheets():
        if sheet.model not in found:
            continue
        table = found[sheet.model]
        assert len(table["rows"]) == held[sheet.model].rows
        kept_back = {name for name, column in sheet.columns.items() if column.withheld}
        assert set(table["rows"][0]) == set(sheet.columns) - kept_back
        assert len(table["withheld"]) == len(kept_back)


def test_what_is_told_is_the_members_own(quay: Program) -> None:
    member, other = zelda(), ana(name="Somebody Else", email="else@example.com")
    visit(other)
    found = told(member)
    text = json.dumps(found)
    assert EMAIL in text
    assert NAME in text
    assert "Somebody Else" not in text
    assert str(other.pk) not in text
    assert "password" not in found["members.User"]["rows"][0]


def test_what_was_merged_into_somebody_is_theirs(quay: Program) -> None:
    survivor, absorbed = ana(name="Zelda Sayre"), zelda()
    merging.merge(survivor, absorbed, reason="Married", actor=ACTOR)
    survivor.refresh_from_db()
    names = {row["name"] for row in told(survivor)["members.Member"]["rows"]}
    assert names == {"Zelda Sayre", NAME}


def test_of_the_erased_only_the_books_are_left(quay: Program) -> None:
    member = zelda()
    done = erasure.erase(member, reason="asked", actor=ACTOR)
    assert {"members.Card", "members.User", "members.MemberKey"} & told(done.member).keys() == set()
