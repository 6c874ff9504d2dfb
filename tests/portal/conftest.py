"""Ana has 4,000 points from a stay of four nights; Rui has just joined."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from members.models import Member
from program import catalog
from program.models import Program
from tests.portal import cast


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Nine days after Ana's stay."""
    with time_machine.travel("2026-09-21T12:00:00Z", tick=True):
        yield


@pytest.fixture
def shop(db: None) -> Program:
    """The record shop's program, whose tiers count a calendar year."""
    call_command("program", "apply", str(settings.ROOT / "blueprints" / "shop"), verbosity=0)
    return catalog.current()


@pytest.fixture
def ana(hotel: Program) -> Member:
    member = cast.person("Ana Lima", "ana@guest.example")
    cast.stays(member)
    return member


@pytest.fixture
def rui(hotel: Program) -> Member:
    return cast.person("Rui Costa", "rui@guest.example")


@pytest.fixture
def browser(ana: Member) -> Client:
    """Ana's browser."""
    return cast.signed_in(ana)
