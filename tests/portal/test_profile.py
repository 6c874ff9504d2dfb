"""What members change about themselves, claiming a card, light and dark, signing out."""

from __future__ import annotations

from django.test import Client

from members import claiming, enrolment
from members.models import Member
from program.models import Program
from tests.portal.cast import person, signed_in, text


def test_name_and_phone_are_saved(browser: Client, ana: Member) -> None:
    form = {"name": "Ana  Maria Lima", "phone": "+351 912 345 678"}
    response = browser.post("/profile/", form, follow=True)
    assert "Saved." in text(response)
    ana.refresh_from_db()
    assert ana.name == "Ana Maria Lima"
    assert enrolment.find(phone="+351912345678") == ana


def test_a_phone_that_is_none_is_refused_with_the_remedy(browser: Client, ana: Member) -> None:
    response = browser.post("/profile/", {"name": "Ana Lima", "phone": "call me"})
    assert "Use digits, spaces and a leading +" in text(response)
    ana.refresh_from_db()
    assert ana.phone == ""


def test_a_name_is_needed(browser: Client, ana: Member) -> None:
    response = browser.post("/profile/", {"name": "", "phone": ""})
    assert "Please look at this once more" in text(response)
    ana.refresh_from_db()
    assert ana.name == "Ana Lima"


def test_somebody_elses_phone_is_refused(browser: Client, rui: Member) -> None:
    enrolment.update(rui, actor="test", name=rui.name, phone="+351911111111", language="en")
    response = browser.post("/profile/", {"name": "Ana Lima", "phone": "+351911111111"})
    assert "Another member is already known by that" in text(response)


def stranger(django_user_model: type) -> Client:
    user = django_user_model.objects.create_user("eva@guest.example", name="Eva")  # type: ignore[attr-defined]
    client = Client()
    client.force_login(user, backend="members.backends.MemberBackend")
    return client


def test_a_card_from_the_desk_is_claimed_with_its_code(
    hotel: Program, django_user_model: type
) -> None:
    member = enrolment.enroll(name="Eva Reis", actor="test")
    code = claiming.issue_code(member, actor="test")
    client = stranger(django_user_model)
    form = {"number": member.cards.get().number, "code": code}
    assert "This card is yours now." in text(client.post("/claim/", form, follow=True))
    assert "Hello, Eva Reis" in text(client.get("/"))


def test_a_wrong_claim_code_gets_one_answer(hotel: Program, django_user_model: type) -> None:
    member = enrolment.enroll(name="Eva Reis", actor="test")
    claiming.issue_code(member, actor="test")
    client = stranger(django_user_model)
    for number in (member.cards.get().number, "000000000000"):
        response = client.post("/claim/", {"number": number, "code": "AAAA-BBBB"})
        assert "This card cannot be claimed with that code." in text(response)


def test_a_member_has_no_card_to_claim(browser: Client) -> None:
    assert browser.get("/claim/")["Location"] == "/"


def test_signing_out_leaves_nothing_on_the_device(browser: Client) -> None:
    response = browser.post("/profile/sign-out/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get("/card/").status_code == 302


def test_signing_out_needs_a_post(browser: Client) -> None:
    assert browser.get("/profile/sign-out/").status_code == 405
    assert browser.get("/card/").status_code == 200


def test_light_and_dark_are_chosen_and_forgotten(browser: Client) -> None:
    browser.post("/profile/scheme/", {"scheme": "dark"})
    assert '<html lang="en" data-scheme="dark">' in browser.get("/").content.decode()
    browser.post("/profile/scheme/", {"scheme": ""})
    assert '<html lang="en">' in browser.get("/").content.decode()
    browser.post("/profile/scheme/", {"scheme": '"><script>'})
    assert '<html lang="en">' in browser.get("/").content.decode()


def test_a_name_is_shown_as_text_whatever_it_holds(hotel: Program) -> None:
    member = person("<b>Bold</b> & Co", "bold@guest.example")
    page = signed_in(member).get("/").content.decode()
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; Co" in page
