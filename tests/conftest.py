"""What every test gets: a database of its own, a flush that passes the guards, audited books."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from program.models import Program

FLAGS = [
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BROWSER_MS = 120_000  # a hang, not a slow machine
NAMES = ("chromium", "chromium-browser")
ROOT = Path(__file__).resolve().parent.parent
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "hotel"}


# Files that take long, the longest first; and whatever else has slow tests comes after them.
HEAVY = (
    "earning/test_real_purchases.py",
    "earning/test_real_bookings.py",
    "faults/test_kills.py",
    "desk/test_lists.py",
    "desk/test_browser.py",
    "browser/test_pages.py",
    "contract/test_wandering.py",
    "contract/test_authorization.py",
    "points/test_model.py",
    "members/test_merge_properties.py",
    "program/test_simulate.py",
    "loyalty_site/test_embedded.py",
    "program/test_scenarios.py",
    "program/test_mutants.py",
    "browser/test_journeys.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long first: the last ones of a run should be short on both workers."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    places = {ROOT / "tests" / name: place for place, name in enumerate(HEAVY)}
    last = len(HEAVY)
    items.sort(key=lambda item: places.get(item.path, last + (item.path not in slow)))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Two runs at once would drop each other's databases, so the second one waits here; the
    workers of one run have a database, and a lock, each.
    """
    from django.conf import settings

    from loyalty_site.embedded import locks, place

    place.make_home(settings.ENV.data_dir)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    with locks.held(settings.ENV.data_dir / f"tests{worker}.lock"):
        yield


@pytest.fixture(autouse=True, scope="session")
def flush_past_guards() -> Iterator[None]:
    """Append-only tables refuse TRUNCATE, which is how Django empties them after such tests.

    Most of these tests leave few rows in few tables, which are deleted in a moment.
    """
    import pgtrigger
    from django.test import TransactionTestCase

    from tests import tables

    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with pgtrigger.ignore():
            if tables.hold_many():
                original(self)
            else:
                tables.empty()

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def audited_books(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test that used the database, the ledger must still be right."""
    marked = request.node.get_closest_marker("django_db") is not None
    if not (marked or DATABASE_FIXTURES & set(request.fixturenames)):
        yield
        return
    request.getfixturevalue("db")  # torn down after us, so the rows are still there below
    yield
    from django.db import connection

    is_exempt = request.node.get_closest_marker("broken_books") is not None
    if is_exempt or connection.needs_rollback:
        return
    from tests import books

    faults = books.faults()
    assert not faults, "The books do not balance after this test:\n" + "\n".join(faults)


@pytest.fixture(scope="module")
def swept(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For files that leave very many dead rows: they go at once, and no later test reads past
    them.
    """
    yield
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM")


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Limits on sign-in are counted in the cache; no test may meet another one's counts."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def hotel(db: None) -> Program:
    """The hotel's program, applied from its blueprint inside the test's transaction."""
    from tests import cast

    return cast.apply(ROOT / "blueprints" / "hotel")


@pytest.fixture
def shop(db: None) -> Program:
    """The shop's program: a ladder by dollars in a calendar year, points that live 18 months."""
    from tests import cast

    return cast.apply(ROOT / "blueprints" / "shop")


@pytest.fixture
def quay(db: None) -> Program:
    """The small program of tests/programs/quay, whose numbers are easy to check by hand."""
    from tests import cast

    return cast.apply(cast.QUAY)


def _register_hypothesis() -> None:
    """`make test` looks for a while; HYPOTHESIS_PROFILE=nightly looks all night."""
    from hypothesis import HealthCheck, settings

    slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    common = {"deadline": None, "suppress_health_check": slow, "database": None}
    settings.register_profile("normal", max_examples=60, print_blob=True, **common)
    settings.register_profile("nightly", max_examples=20_000, print_blob=True, **common)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "normal"))


_register_hypothesis()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One real Chromium (Debian's package) for all tests that drive a browser."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        if os.environ.get("PENNANT_BROWSER") == "required":
            pytest.fail("Chromium is not installed, and PENNANT_BROWSER says that it must be.")
        pytest.skip("Chromium is not installed: apt-get install chromium (.ci/run does it).")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=BROWSER_MS)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's driver runs an event loop
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
