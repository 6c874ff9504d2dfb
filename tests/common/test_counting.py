"""Counting in windows of time, in the cache that all processes share."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command

from common import counting

SHARED = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "site_cache"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(settings: Any) -> None:
    """The cache as it is where several processes serve."""
    settings.CACHES = {"default": settings.CACHES["default"] | SHARED}
    call_command("createcachetable", verbosity=0)


@pytest.mark.usefixtures("shared")
def test_a_window_lasts_as_long_as_it_says() -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as at:
        assert [counting.one_more("x", seconds=3600) for _ in range(2)] == [1, 2]
        at.shift(59 * 60)
        assert counting.so_many("x", seconds=3600) == 2
        assert counting.one_more("x", seconds=3600) == 3
        at.shift(60)
        assert counting.so_many("x", seconds=3600) == 0
        assert counting.one_more("x", seconds=3600) == 1


@pytest.mark.usefixtures("shared")
def test_many_keys_of_others_wipe_out_no_count() -> None:
    counting.one_more("a-limit-on-guessing", seconds=3600)
    for number in range(320):
        cache.set(f"z{number}", 1, timeout=3600)
    assert counting.one_more("a-limit-on-guessing", seconds=3600) == 2
