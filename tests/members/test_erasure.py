"""A person is emptied, the books stay, and nothing that was known of them is written anywhere."""

from __future__ import annotations

import uuid
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from common.privacy import ERASED
from earning.models import Activity, UnclaimedActivity
from events.models import Event
from members import claiming, enrolment, erasure, households, merging
from members.errors import ErasureRefused, MemberErased, MemberNotFound
from members.models import Member, User
from members.privacy import NOBODY
from points import ledger
from points.models import Entry, Posting
from program.models import Program
from rewards import redemption, vouchers
from rewards.models import Redemption
from tests.cast import ACTOR, QUAY, ana, apply, balance, earn, login, redeem, spend, visit

pytestmark = pytest.mark.django_db

EMAIL, PHONE, NAME = "zelda.fitz@example.com", "+351 912 345 678", "Zelda Fitzgerald"


def zelda() -> Member:
    """A member with everything: login, keys, card, claim code, household, vouchers, free words."""
    user = login(EMAIL)
    user.name = NAME
    user.save()
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    member = ana(name=NAME, email=EMAIL, phone=PHONE, reference="crm-zelda-77")
    claiming.issue_code(member, actor=ACTOR)
    claiming.link(member, user=user)
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session.save()
    visit(member, attributes={"paid": "120.00", "note": f"{NAME} brought her dog"})
    ledger.adjust(
        member, unit="point", amount=7, reason=f"For {NAME}", actor=ACTOR, source="test:words"
    )
    households.found(member, name=f"{NAME}'s boat", actor=ACTOR)
    redeem(member)
    taken = redeem(member)
    redemption.cancel(taken, reason=f"{NAME} changed her mind", actor=ACTOR)
    enrolment.replace_card(member, actor=ACTOR, reason=f"{NAME} lost it")
    other = ana(name="Scott")
    ledger.adjust(
        other, unit="point", amount=1, reason=f"Friend of {EMAIL}", actor=ACTOR, source="test:by"
    )
    visit(kind="email", value="zelda.old@example.com")
    return Member.objects.get(pk=member.pk)


def erase(member: Member) -> erasure.Erased:
    return erasure.erase(member, reason="asked", actor=ACTOR)


def everything() -> str:
    """All rows of all tables as text, to search without the house's own help."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return "\n".join(found)


def test_nothing_that_was_known_is_written_anywhere(quay: Program) -> None:
    member = zelda()
    known = [EMAIL, PHONE, "+351912345678", NAME, "crm-zelda-77", "her dog"]
    known += list(member.cards.values_list("number", flat=True))
    before = everything()
    assert all(value in before for value in known)
    done = erase(member)
    assert done.traces == ()
    after = everything()
    assert [value for value in known if value.lower() in after.lower()] == []
    assert "zelda.old@example.com" in after  # of somebody whom nobody knows
    assert done.member.status == "erased"
    assert str(done.member) == NOBODY


def test_the_books_stay(quay: Program) -> None:
    member = zelda()
    rows = Entry.objects.filter(member=member).order_by("id")
    amounts = list(rows.values_list("id", "amount", "balance_after", "occurred_at"))
    erase(member)
    after = list(rows.all().values_list("id", "amount", "balance_after", "occurred_at"))
    assert after[: len(amounts)] == amounts
    assert balance(member) == balance(member, "visit") == 0
    forfeit = Posting.objects.get(member=member, source=f"erasure:{member.pk}")
    assert forfeit.kind == "adjustment"
    assert Entry.objects.filter(member=member, reason=ERASED).exists()
    assert Activity.objects.get(member=member).attributes == {"paid": "120.00", "note": ""}


def test_nobody_can_sign_in_and_the_address_is_free(quay: Program) -> None:
    member = zelda()
    card = member.cards.get(is_active=True).number
    erase(member)
    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()
    assert not Session.objects.exists()
    for name in ({"email": EMAIL}, {"card": card}, {"phone": PHONE}):
        with pytest.raises(MemberNotFound):
            enrolment.find(**name)
    again = ana(name=NAME, email=EMAIL, phone=PHONE, user=login(EMAIL))
    assert enrolment.find(email=EMAIL).pk == again.pk


def test_nothing_is_recorded_any_more(quay: Program) -> None:
    member = ana()
    erase(member)
    for act in (
        lambda: earn(member, 5),
        lambda: spend(member, 5),
        lambda: redeem(member),
        lambda: claiming.issue_code(member, actor=ACTOR),
    ):
        with pytest.raises(MemberErased):
            act()


def test_a_voucher_that_was_paid_for_goes_on_working(quay: Program) -> None:
    member = zelda()
    code = Redemption.objects.get(member=member, status="issued").code
    erase(member)
    assert vouchers.use(code, actor=ACTOR).status == "used"


def test_a_debt_is_written_off(quay: Program) -> None:
    member = ana()
    posting = earn(member, 10)
    spend(member, 10)
    ledger.reverse(posting, source="test:back", actor=ACTOR, reason="Returned")
    assert balance(member) == -10
    erase(member)
    assert balance(member) == 0


def test_what_was_merged_into_somebody_goes_with_them(quay: Program) -> None:
    survivor, absorbed = ana(name="Zelda Sayre"), zelda()
    row = merging.merge(survivor, absorbed, reason="Married", actor=ACTOR)
    with pytest.raises(ErasureRefused):
        erase(Member.objects.get(pk=absorbed.pk))
    done = erase(Member.objects.get(pk=survivor.pk))
    assert done.traces == ()
    row.refresh_from_db()
    assert row.reason == ERASED
    assert {m.status for m in Member.objects.exclude(name="Scott")} == {"erased"}
    with pytest.raises(MemberErased):
        merging.undo(row, reason="Sorry", actor=ACTOR)


def test_staff_and_the_erased_are_refused(quay: Program) -> None:
    member = ana(user=login())
    User.objects.update(is_staff=True)
    with pytest.raises(ErasureRefused):
        erase(member)
    User.objects.update(is_staff=False)
    erase(member)
    with pytest.raises(MemberErased):
        erase(member)


def test_a_namesake_keeps_the_name(quay: Program) -> None:
    member, other = zelda(), ana(name=NAME)
    ledger.adjust(
        other, unit="point", amount=1, reason=f"For {NAME}", actor=ACTOR, source="test:own"
    )
    erase(member)
    other.refresh_from_db()
    assert other.name == NAME
    assert other.postings.get().note == f"For {NAME}"


def test_an_erasure_is_announced_without_a_name(quay: Program) -> None:
    member = zelda()
    erase(member)
    told = Event.objects.get(type="member_erased")
    assert (told.member_id, told.payload) == (member.pk, {"actor": ACTOR, "why": "asked"})


def test_whoever_read_the_member_before_a_merge_erases_both(quay: Program) -> None:
    read_before, other = ana(), ana(name="Bea Lima", email=EMAIL)
    survivor = Member.objects.get(pk=read_before.pk)
    merging.merge(survivor, other, reason="One person", actor=ACTOR)
    assert erase(read_before).traces == ()
    assert EMAIL not in everything()
    assert set(Member.objects.values_list("status", flat=True)) == {"erased"}


def test_final_rows_are_open_for_words_only_while_erasing(quay: Program) -> None:
    from common.triggers import erasing

    member = zelda()
    rows = Posting.objects.filter(member=member)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(note="")
    with transaction.atomic(), erasing():
        rows.filter(note="").update(note="Words")
    for change in ({"actor": "x"}, {"source": uuid.uuid4().hex}):
        fields: dict[str, Any] = change
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), erasing():
            rows.filter(kind="adjustment").update(**fields)


def test_an_activity_that_names_them_names_nobody(quay: Program) -> None:
    waiting = visit(kind="email", value=EMAIL).unclaimed
    assert waiting is not None
    member = zelda()
    erase(member)
    assert UnclaimedActivity.objects.get(pk=waiting.pk).named == f"email:{ERASED}"


def test_everything_program(db: None) -> None:
    apply(QUAY.parent / "everything")
    member = ana(name=NAME, email=EMAIL)
    assert erase(member).traces == ()


def test_the_command_finds_what_is_left_and_nothing_afterwards(quay: Program) -> None:
    member = zelda()
    said = StringIO()
    with pytest.raises(CommandError, match="left"):
        call_command("erasure_check", str(member.pk), "--value", EMAIL, stdout=said)
    assert "members.Member.email" in said.getvalue()
    assert "account.EmailAddress.email" in said.getvalue()
    erase(member)
    call_command("erasure_check", str(member.pk), "--value", EMAIL, "--value", PHONE, stdout=said)
    assert said.getvalue().rstrip().endswith("Nothing is left.")
    with pytest.raises(CommandError, match="Give the id"):
        call_command("erasure_check", "nobody")
