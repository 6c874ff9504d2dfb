"""Every list opens, quickly, and says something when it is empty."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import loyalty_site.urls  # noqa: F401  (the admin is discovered there)
from desk.admin import rest
from desk.admin.base import COUNTED, CappedPaginator
from members.models import Member, User
from points.models import Entry
from program.models import Program
from tests import cast
from tests.desk import world
from tests.desk.counter import Counter, listing, page, text

QUERIES_MAX = 13


def house_models() -> list[type[Model]]:
    return [model for app in rest.HOUSE for model in apps.get_app_config(app).get_models()]


MODELS = [model._meta.label for model in house_models()]


def test_every_model_of_the_house_is_in_the_admin() -> None:
    missing = [model._meta.label for model in house_models() if not admin.site.is_registered(model)]
    assert not missing


def queries(counter: Counter, url: str, **query: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        response = counter.get(url, query, follow=True)
    assert response.status_code == 200
    return len(seen.captured_queries)


def test_no_list_asks_a_question_for_each_row(owner: Counter) -> None:
    world.day(owner.actor)
    few = {model: queries(owner, listing(model)) for model in house_models()}
    for _turn in range(3):
        world.day(owner.actor)
    many = {model: queries(owner, listing(model)) for model in house_models()}
    assert {model: n for model, n in many.items() if n > few[model]} == {}
    assert {model: n for model, n in many.items() if n > QUERIES_MAX} == {}


def test_every_row_has_a_page(owner: Counter) -> None:
    world.day(owner.actor)
    for model in house_models():
        row = model._default_manager.first()
        if row is not None:
            url = reverse(
                f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk]
            )
            assert owner.get(url).status_code == 200, model


@pytest.mark.slow
def test_every_list_can_be_searched_and_filtered(owner: Counter) -> None:
    """What a list cannot do leads to its page `?e=1`, which opens."""
    world.day(owner.actor)
    for model in house_models():
        site = admin.site.get_model_admin(model)
        assert opens(owner, model, e="1"), model
        for query in ({"q": "ana"}, {"q": "' --"}, {"p": "2"}, {"nonsense": "1"}):
            opens(owner, model, **query)
        for chosen in getattr(site, "list_filter", ()):
            if isinstance(chosen, type):
                for value in ("yes", "no", "live", "ready", "waiting", "nonsense", ""):
                    opens(owner, model, **{chosen.parameter_name: value})  # type: ignore[attr-defined]


def opens(counter: Counter, model: type[Model], **query: str) -> bool:
    """Whether a list opens as it was asked for; if not, it leads to its page `?e=1`.

    A list may lead to the page of the one row that was meant, too.
    """
    response = counter.get(listing(model), query)
    if response.status_code == 302:
        if response["location"] == f"{listing(model)}?e=1":
            return False
        response = counter.get(response["location"], follow=True)
    assert response.status_code == 200, (model, query)
    return True


@pytest.mark.parametrize("label", MODELS)
def test_an_empty_list_gives_a_hint(label: str, db: None) -> None:
    user = User.objects.create_user("olga@quay.example", is_staff=True, is_superuser=True)
    model = apps.get_model(label)
    if not model._default_manager.exists():
        hint = str(admin.site.get_model_admin(model).empty_hint)  # type: ignore[attr-defined]
        assert hint in text(Counter(user).get(listing(model)))


def test_a_long_list_counts_no_further_than_it_is_paged(quay: Program) -> None:
    assert str(COUNTED + 1) in _counting_sql()


def _counting_sql() -> str:
    with CaptureQueriesContext(connection) as seen:
        assert CappedPaginator(Entry.objects.order_by("-id"), 50).count == 0
    return str(seen.captured_queries[0]["sql"])


def test_a_capped_list_says_so(owner: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    world.day(owner.actor)
    monkeypatch.setattr("desk.admin.base.COUNTED", 2)
    assert "The first 2. Search or filter for the others." in text(owner.get(listing(Entry)))


def test_lists_read_like_sentences(owner: Counter) -> None:
    world.day(owner.actor)
    ana = Member.objects.get()
    shown = text(owner.get(listing(Entry)))
    assert f"{ana.name} +40 points Amount paid: EUR 40.00 × 1 = 40 points" in shown


def test_dates_are_told_in_the_programs_zone(owner: Counter) -> None:
    ana = cast.ana(joined_at=datetime(2026, 6, 30, 22, 30, tzinfo=UTC))  # the 1st of July in Berlin
    assert "1 Jul 2026" in text(owner.get(listing(Member)))
    assert "1 July 2026" in text(owner.get(page(ana)))


def test_the_lists_of_other_apps_open_too(owner: Counter) -> None:
    for model in set(admin.site._registry) - set(house_models()):
        assert owner.get(listing(model), follow=True).status_code == 200, model
