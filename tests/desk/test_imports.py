"""Files of activities at the desk: sent in, looked at, applied, stopped and gone on with."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from earning.models import Activity
from partners import tasks
from partners.models import Import
from tests.desk.counter import Counter, listing, member_named, page, text

BODY = (
    "reference,occurred_at,member,paid\n"
    "v-1,2026-03-01,guest-1,12.50\n"
    "v-2,2026-03-02,guest-1,7.50\n"
    "v-3,=today(),guest-1,1\n"
)


def send(counter: Counter, body: str = BODY, name: str = "visits.csv") -> str:
    file = SimpleUploadedFile(name, body.encode(), content_type="text/csv")
    fields = {"partner": "till", "type": "visit", "enrolls": "on", "file": file}
    return text(counter.post(reverse("admin:partners_import_add"), fields, follow=True))


def deed(counter: Counter, name: str) -> str:
    address = reverse("admin:partners_import_act", args=[Import.objects.get().pk, name])
    return text(counter.post(address, follow=True))


def test_a_file_is_looked_at_and_applied(manager: Counter) -> None:
    assert "Being checked." in send(manager)
    run = Import.objects.get()
    tasks.work_on_imports()
    shown = text(manager.get(page(run)))
    for words in ("Checked, nothing recorded.", "To be recorded 2", "New members 1", "Refused 1"):
        assert words in shown, words
    assert "Line 4 occurred_at" in shown
    assert "Being applied." in deed(manager, "apply")
    assert not Activity.objects.exists()
    tasks.work_on_imports()
    shown = text(manager.get(page(run)))
    for words in ("Applied.", "Recorded 2", "Wait to be confirmed 0 Refused 1"):
        assert words in shown, words
    assert member_named("guest-1").activities.count() == 2
    assert "visits.csv" in text(manager.get(listing(Import)))
    assert "Nothing was changed" not in send(manager)  # a line was refused: it may be right by now
    tasks.work_on_imports()
    again = Import.objects.order_by("-id")[0]
    assert "Nothing in it is new" in text(manager.get(page(again)))


def test_a_file_is_stopped_and_gone_on_with(manager: Counter) -> None:
    send(manager)
    assert "Stopped." in deed(manager, "cancel")
    tasks.work_on_imports()
    assert Import.objects.get().lines_read == 0
    assert "Being checked." in deed(manager, "resume")
    tasks.work_on_imports()
    assert "the import first" not in deed(manager, "apply")


def test_the_same_file_is_the_same_import(manager: Counter) -> None:
    body = BODY.replace("=today()", "2026-03-03")
    send(manager, body)
    assert "This file has come before." in send(manager, body)
    assert Import.objects.count() == 1


def test_refused_lines_and_forms_are_files(manager: Counter) -> None:
    send(manager)
    tasks.work_on_imports()
    address = reverse("admin:partners_import_errors", args=[Import.objects.get().pk])
    body = b"".join(manager.get(address).streaming_content).decode()
    assert body.splitlines()[0] == "line,column,code,what to do"
    assert body.splitlines()[1].startswith("4,occurred_at,date_invalid,")
    form = manager.get(reverse("admin:partners_import_template", args=["visit"]))
    assert form.content.decode().startswith("reference,type,occurred_at,location,card,email")


def test_clerks_import_nothing(clerk: Counter) -> None:
    assert clerk.get(reverse("admin:partners_import_add")).status_code == 403
