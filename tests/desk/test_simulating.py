"""Simulating at the desk: a draft is handed in, worked off in the background, and read."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from earning import simulating
from earning.models import SimulationRun
from members.models import Member
from tests import cast
from tests.desk.counter import Counter, listing, page, text

pytestmark = pytest.mark.django_db
ADD = "admin:earning_simulationrun_add"


def draft(double: bool = True) -> str:
    said = (cast.QUAY / "program.toml").read_text(encoding="utf-8")
    return said.replace("fixed = 1", "fixed = 2", 1) if double else said


def order(manager: Counter, capture: Any, **typed: Any) -> SimulationRun:
    with capture(execute=True):
        response = manager.post(reverse(ADD), {"draft": "", "since": "", **typed}, follow=True)
    assert "It is on its way." in text(response), text(response)[:600]
    return SimulationRun.objects.get()


def test_a_draft_is_replayed_and_its_report_kept(
    manager: Counter, django_capture_on_commit_callbacks: Any
) -> None:
    cast.visit(cast.ana())
    assert "[[unit]]" in manager.get(reverse(ADD)).content.decode()
    row = order(manager, django_capture_on_commit_callbacks, draft=draft())
    assert (row.status, row.actor, row.done, row.error) == ("done", manager.actor, 1, "")
    shown = text(manager.get(page(row)))
    assert "1 activity of 1 member, replayed under" in shown
    assert "By rule really draft difference" in shown
    for name, first in (("points", "unit,rule,tier"), ("members", "ladder,tier,draft_tier")):
        file = manager.get(reverse("admin:earning_simulationrun_csv", args=[row.pk, name]))
        assert file.content.decode().startswith(first)
    nothing = reverse("admin:earning_simulationrun_csv", args=[row.pk, "words"])
    assert manager.get(nothing).status_code == 404
    assert cast.balance(Member.objects.get(), "visit") == 1


@pytest.mark.parametrize("is_zipped", [True, False])
def test_a_file_may_be_handed_in(
    manager: Counter, django_capture_on_commit_callbacks: Any, is_zipped: bool
) -> None:
    raw = draft(double=False).encode()
    if is_zipped:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr("quay/scenarios/program.toml", "no")
            archive.writestr("quay/program.toml", raw)
        raw = made.getvalue()
    file = SimpleUploadedFile("quay", raw)
    row = order(manager, django_capture_on_commit_callbacks, file=file)
    assert "exactly what was paid" in " ".join(row.report["words"])


def test_a_faulty_draft_is_refused_with_its_place(manager: Counter) -> None:
    wrong = draft().replace("[[unit]]", "[[unit]]\ncolour = 1", 1)
    shown = text(manager.post(reverse(ADD), {"draft": wrong}))
    assert "there is no key 'colour' here" in shown
    file = SimpleUploadedFile("x.zip", b"PK\x03\x04 nothing")
    assert "program.toml" in text(manager.post(reverse(ADD), {"file": file}))
    assert not SimulationRun.objects.exists()


def test_what_the_draft_cannot_be_is_said_afterwards(
    manager: Counter, django_capture_on_commit_callbacks: Any
) -> None:
    wrong = re.sub(r'unit = "point"\nprice', 'unit = "nothing"\nprice', draft(), count=1)
    row = order(manager, django_capture_on_commit_callbacks, draft=wrong)
    assert row.status == "failed"
    assert "nothing" in text(manager.get(page(row)))


def test_a_run_is_worked_off_once_and_followed(manager: Counter) -> None:
    row = simulating.order(draft(), since=None, actor="test")
    assert "Waits for a worker." in text(manager.get(page(row)))
    SimulationRun.objects.filter(pk=row.pk).update(status="running", done=5, total=20)
    assert simulating.catch_up() == 0
    assert simulating.perform(row.pk) is None
    assert simulating.perform(uuid.uuid4()) is None
    assert "5 of 20 activities replayed" in text(manager.get(page(row)))
    assert "25 %" in text(manager.get(listing(SimulationRun)))


def test_a_clerk_simulates_nothing(clerk: Counter) -> None:
    assert clerk.get(reverse(ADD)).status_code == 403
