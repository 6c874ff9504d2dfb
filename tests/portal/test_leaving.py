"""Members see what is held about them, and leave for good with a code from a letter."""

from __future__ import annotations

import json
import re
from typing import Any

from django.core import mail
from django.test import Client

from common.privacy import ERASED
from members import enrolment, merging
from members.models import Member, User
from tests.cast import ACTOR
from tests.portal.cast import person, signed_in, text


def code() -> str:
    found = re.search(r"^(\d{6})$", str(mail.outbox[-1].body), flags=re.MULTILINE)
    assert found is not None
    return found[1]


def body(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_everything_that_is_held_is_shown_and_is_a_file(browser: Client, ana: Member) -> None:
    page = body(browser.get("/profile/data/"))
    assert "ana@guest.example" in page
    assert "Every movement of your points" in page
    assert "Not shown: Password." in page
    assert page.rstrip().endswith("</html>")
    told = json.loads(body(browser.post("/profile/data/file/")))
    tables = {table["table"] for table in told["tables"]}
    assert {"members.Member", "members.User", "earning.Activity", "points.Lot"} <= tables


def test_what_is_held_is_not_asked_for_all_day(browser: Client) -> None:
    for _ in range(6):
        assert browser.get("/profile/data/").status_code == 200
    assert "several times within the hour" in text(browser.get("/profile/data/", follow=True))


def test_leaving_takes_a_code_and_a_word(browser: Client, ana: Member) -> None:
    first = text(browser.get("/profile/delete/"))
    assert "You lose" in first
    assert "Code from the letter" not in first
    asked = text(browser.post("/profile/delete/code/", follow=True))
    assert "Code from the letter" in asked
    right = code()
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    tries = [
        ({"code": wrong, "word": "DELETE"}, "This is not the code"),
        ({"code": right, "word": "yes"}, "Type the word DELETE"),
    ]
    for typed, said in tries:
        assert said in text(browser.post("/profile/delete/", typed))
    assert Member.objects.get(pk=ana.pk).status == "active"
    done = browser.post("/profile/delete/", {"code": right, "word": "delete"}, follow=True)
    assert "Your account is deleted" in text(done)
    assert Member.objects.get(pk=ana.pk).status == "erased"
    assert not User.objects.filter(email="ana@guest.example").exists()
    assert "Join" in text(browser.get("/"))


def test_five_wrong_codes_end_the_code(browser: Client, ana: Member) -> None:
    browser.post("/profile/delete/code/")
    right = code()
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(5):
        browser.post("/profile/delete/", {"code": wrong, "word": "DELETE"})
    browser.post("/profile/delete/", {"code": right, "word": "DELETE"})
    assert Member.objects.get(pk=ana.pk).status == "active"


def test_whoever_left_may_come_back_as_somebody_new(browser: Client, ana: Member) -> None:
    browser.post("/profile/delete/code/")
    browser.post("/profile/delete/", {"code": code(), "word": "DELETE"})
    again = person("Ana Lima", "ana@guest.example")
    assert again.pk != ana.pk
    assert "Hello" in text(signed_in(again).get("/"))
    assert ERASED not in text(signed_in(again).get("/activity/"))


def test_a_detached_login_is_told_where_the_points_are(
    browser: Client, ana: Member, rui: Member
) -> None:
    merging.merge(rui, ana, reason="One person", actor=ACTOR)
    shown = text(browser.get("/"))
    assert "became part of another one of yours" in shown
    assert "Sign in with r…i@guest.example" in shown
    assert "rui@guest.example" not in shown


def test_the_survivor_sees_what_both_did(browser: Client, ana: Member) -> None:
    second = enrolment.enroll(name="Ana L.", actor=ACTOR)
    merging.merge(second, ana, reason="One person", actor=ACTOR)
    second.refresh_from_db()
    assert second.user is not None
    lines = text(signed_in(second).get("/activity/"))
    assert "Two memberships became one" in lines
    assert "Stay" in lines
