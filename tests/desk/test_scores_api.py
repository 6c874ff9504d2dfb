"""Scores over the API: the same figures as on the desk's page, for keys that may read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from partners.models import Scope
from tests import cast
from tests.desk.test_cases import made
from tests.surveys import world
from tests.till import Till, code

pytestmark = pytest.mark.django_db
PATH = "scores/after-a-visit"


@pytest.fixture(autouse=True)
def asks(db: None, tmp_path: Path) -> None:
    cast.apply(world.folder(tmp_path / "asks"))


def key(**how: object) -> Till:
    return Till("till", scopes=[Scope.SCORES_READ], **how)


def test_every_survey_with_its_one_figure() -> None:
    made("after-a-visit", [10] * 110 + [8] * 60 + [3] * 30)
    made("secret", [5, 5])
    rows = {row["survey"]: row["whole"] for row in key().get("scores").json()["data"]}
    assert (rows["after-a-visit"]["value"], rows["after-a-visit"]["low"]) == ("40.0000", "29.8155")
    assert (rows["secret"]["answers"], rows["secret"]["is_hidden"]) == (None, True)
    assert rows["effort"]["value"] is None


def test_a_survey_in_groups_with_its_comparison() -> None:
    made("after-a-visit", [10] * 100 + [8] * 60 + [3] * 40, months_ago=4)
    made("after-a-visit", [10] * 110 + [8] * 60 + [3] * 30)
    found = key().get(PATH).json()
    assert found["change"]["z"] == "1.3188"
    assert "not yet more than chance" in found["change"]["sentence"]
    assert [group["answers"] for group in found["groups"]] == [200, 200]
    later = key().get(f"{PATH}?from={found['groups'][1]['group']}").json()
    assert [group["answers"] for group in later["groups"]] == [200]
    (tier,) = key().get(f"{PATH}?by=tier").json()["groups"]
    assert (tier["group"], tier["answers"]) == ("gold", 400)


def test_what_is_asked_wrongly_is_told() -> None:
    assert (key().get("scores/moon").status_code, code(key().get("scores/moon"))) == (
        404, "nothing_there",
    )  # fmt: skip
    for query in ("by=colour", "from=May", "since=2026-05"):
        assert code(key().get(f"{PATH}?{query}")) == "parameter_invalid"
    assert code(key().get("scores/secret?by=tier")) == "parameter_invalid"


def test_a_test_key_sees_the_surveys_and_nobodys_answers() -> None:
    made("after-a-visit", [10] * 20)
    found = key(kind="test").get(PATH).json()
    assert (found["whole"]["answers"], found["whole"]["value"]) == (0, None)
