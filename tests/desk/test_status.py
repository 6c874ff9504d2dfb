"""Giving a tier, sharing a household, exchanging: forms with previews, for who may."""

from __future__ import annotations

import uuid

from rewards.models import Conversion
from tests import cast
from tests.desk.counter import Counter, page, text, verb
from tiers import standing
from tiers.models import Standing, Tier


def test_a_manager_gives_a_tier_with_a_reason(manager: Counter) -> None:
    ana, blue = cast.ana(), Tier.objects.get(code="blue")
    typed = {"tier": str(blue.pk), "source": "matched", "until": "2099-12-31", "reason": "Moved"}
    shown = text(manager.preview(verb(ana, "tier"), **typed))
    assert "Blue" in shown
    assert not Standing.objects.filter(member=ana).exists()
    assert "Ana Lima holds Blue now." in text(manager.do(verb(ana, "tier"), **typed))
    row = Standing.objects.get(member=ana)
    assert (row.source, row.reason, row.actor) == ("matched", "Moved", manager.actor)
    held = standing.current(ana)
    assert held is not None
    assert held.code == "blue"


def test_a_preview_is_no_attempt(manager: Counter) -> None:
    """The page previews the form as it stands, with the attempt that is sent in the end."""
    ana, blue = cast.ana(), Tier.objects.get(code="blue")
    typed = {"tier": str(blue.pk), "source": "matched", "until": "2099-12-31", "reason": "Moved"}
    attempt = {"attempt": str(uuid.uuid4())}
    for _ in range(2):
        assert "Blue" in text(manager.preview(verb(ana, "tier"), **typed, **attempt))
    done = manager.post(verb(ana, "tier"), typed | attempt, follow=True)
    assert "Ana Lima holds Blue now." in text(done)
    again = manager.post(verb(ana, "tier"), typed | attempt, follow=True)
    assert "This has been done already." in text(again)
    assert Standing.objects.filter(member=ana, source="matched").count() == 1


def test_a_tier_needs_a_reason_and_a_day_to_come(manager: Counter) -> None:
    ana, blue = cast.ana(), Tier.objects.get(code="blue")
    typed = {"tier": str(blue.pk), "source": "granted", "until": "2020-01-01", "reason": ""}
    shown = text(manager.do(verb(ana, "tier"), **typed))
    assert "This day has passed." in shown
    assert "This field is required" in shown
    assert not Standing.objects.exists()


def test_a_clerk_gives_no_tier(clerk: Counter) -> None:
    ana = cast.ana()
    assert clerk.get(verb(ana, "tier")).status_code == 403
    assert "Give a tier" not in text(clerk.get(page(ana)))


def test_points_are_exchanged_once(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 70)
    assert "Exchange" not in text(clerk.get(page(ana)))
    Conversion.objects.create(
        code="c", name="Points into credit", takes_id="point", gives_id="cent", step=10, amount=25
    )
    assert "Exchange" in text(clerk.get(page(ana)))
    done = text(clerk.do(verb(ana, "exchange"), conversion="c", amount="35"))
    assert "30 points became" in done
    assert (cast.balance(ana), cast.balance(ana, "cent")) == (40, 75)
    assert "The least that can be exchanged" in text(
        clerk.do(verb(ana, "exchange"), conversion="c", amount="5")
    )


def test_a_tier_is_matched_with_a_challenge(manager: Counter) -> None:
    ana, blue = cast.ana(), Tier.objects.get(code="blue")
    typed = {"tier": str(blue.pk), "until": "2099-12-31", "counter": "visit", "amount": "3"}
    typed |= {"keeps_until": "2099-06-01", "reason": "Gold elsewhere"}
    assert "keeps it for longer" in text(manager.do(verb(ana, "challenge"), **typed))
    typed["keeps_until"] = "2100-12-31"
    said = text(manager.do(verb(ana, "challenge"), **typed))
    assert "Ana Lima holds Blue, and keeps it with 3 visits by" in said
    row = Standing.objects.get(member=ana)
    assert (row.source, row.challenge_unit_id, row.challenge_amount) == ("matched", "visit", 3)
    assert row.keeps_until is not None
    assert manager.get(verb(ana, "challenge")).status_code == 200
