"""Imports: a file is kept, checked by line, looked at, applied by the rules of every call; and
twice is once.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from django.http import HttpResponse

from earning.models import Activity, ActivityKey, UnclaimedActivity
from events.models import Event
from members import erasure
from members.models import Member
from partners import applying, imports, tasks
from partners.models import Import, ImportChunk, ImportLine, ImportPart, ImportProblem
from program.models import Program
from tests.cast import balance
from tests.till import STAY, Till, code, marta

pytestmark = pytest.mark.django_db
HEADER = "reference,type,occurred_at,member,location,outcome,nights,suite,revenue\n"
GOOD = "booking-1,stay,2026-03-02,guest-1,resort-hotel,stayed,7,true,1180.00\n"


def upload(
    till: Till, body: str | bytes, *, kind: str = "text/csv", key: str = "", **query: str
) -> HttpResponse:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    raw = body.encode() if isinstance(body, str) else body
    headers = {"Idempotency-Key": key} if key else {}
    return till.client.generic(
        "POST", f"/api/v1/imports?{asked}", raw, content_type=kind, headers=headers
    )


def ask(till: Till, sent: HttpResponse, *deed: str) -> dict[str, Any]:
    """The import as it stands, after a deed and what the worker makes of it."""
    where = f"imports/{sent.json()['id']}"
    if deed:
        assert till.send(f"{where}/{deed[0]}").status_code == 200
    tasks.work_on_imports()
    return dict(till.get(where).json())


def lines(count: int, *, guests: int = 7, first: int = 1) -> str:
    """So many stays of one night, of some guests in turn."""
    return HEADER + "".join(
        f"b-{n},stay,2026-03-{1 + n % 20:02},guest-{n % guests},resort-hotel,stayed,1,false,100\n"
        for n in range(first, first + count)
    )


def test_a_file_is_checked_looked_at_and_applied(till: Till) -> None:
    member = marta()
    sent = upload(till, HEADER + GOOD, name="march.csv")
    assert (sent.status_code, sent.json()["state"]) == (202, "received")
    found = ask(till, sent)
    assert found["state"] == "checked"
    assert found["report"] == {
        "lines": 1,
        "good": 1,
        "repeated": 0,
        "refused": 0,
        "types": {"stay": 1},
        "earned": found["report"]["earned"],
        "unclaimed": 0,
        "pending": 0,
        "new_members": 0,
    }
    assert not Activity.objects.exists()
    done = ask(till, sent, "apply")
    assert (done["state"], done["file"]) == ("applied", "march.csv")
    assert done["outcome"]["earned"] == found["report"]["earned"]
    assert balance(member) == found["report"]["earned"]["point"] > 0
    assert Activity.objects.get().actor == "partner:front-desk"
    assert till.post().status_code == 200  # what a call of the same content gets: a repeat
    assert Event.objects.get(type="import_applied").payload["recorded"] == 1


def test_ndjson_is_what_a_call_takes_and_may_be_packed(till: Till) -> None:
    marta()
    raw = "\n".join(json.dumps(STAY | {"reference": f"n-{n}"}) for n in range(3))
    sent = upload(till, gzip.compress(raw.encode()), kind="application/x-ndjson", apply="yes")
    done = ask(till, sent)
    assert done["state"] == "applied"
    assert done["outcome"]["recorded"] == 3
    assert till.post(reference="n-1").status_code == 200


def test_the_same_file_again_changes_nothing_and_says_so(till: Till) -> None:
    marta()
    sent = upload(till, HEADER + GOOD, apply="yes")
    ask(till, sent)
    again = upload(till, HEADER + GOOD, apply="yes")
    assert again.status_code == 200
    assert again["Idempotent-Replayed"] == "true"
    assert again.json()["id"] == sent.json()["id"]
    other = upload(till, HEADER + GOOD + "\n", apply="yes")  # another file, the same lines
    found = ask(till, other)
    assert (found["state"], found["progress"]["to_apply"]) == ("applied", 0)
    assert found["outcome"] | {"earned": {}} == {
        "recorded": 0,
        "repeated": 1,
        "unclaimed": 0,
        "pending": 0,
        "refused": 0,
        "earned": {},
    }
    assert Activity.objects.count() == 1


def test_a_call_that_is_repeated_gets_the_first_answer(till: Till) -> None:
    marta()
    first = upload(till, HEADER + GOOD, key="k")
    tasks.work_on_imports()
    again = upload(till, HEADER + GOOD, key="k")
    assert again.content == first.content
    assert code(upload(till, HEADER, key="k")) == "idempotency_key_reused"


BAD = {
    "a day that is none": ("x-1,stay,2026-02-30,guest-1,,stayed,7,true,1", "occurred_at"),
    "a word for a number": ("x-1,stay,2026-03-02,guest-1,,stayed,seven,true,1", "nights"),
    "a kind nobody knows": ("x-1,cruise,2026-03-02,guest-1,,stayed,7,true,1", "type"),
    "a place nobody knows": ("x-1,stay,2026-03-02,guest-1,moon,stayed,7,true,1", "location"),
    "no reference": (",stay,2026-03-02,guest-1,,stayed,7,true,1", "reference"),
    "a cell too many": ("x-1,stay,2026-03-02,guest-1,,stayed,7,true,1,2", ""),
    "an open quote": ('x-1,stay,2026-03-02,guest-1,,stayed,7,true,"1"x', ""),
    "a day to come": ("x-1,stay,2126-03-02,guest-1,,stayed,7,true,1", "occurred_at"),
    "another content": ("booking-1,stay,2026-03-02,guest-1,,stayed,6,true,1", "reference"),
}


def test_bad_lines_are_named_and_the_rest_goes_on(till: Till) -> None:
    marta()
    other = GOOD.replace("booking-1", "booking-2")
    rows = "\n".join(row for row, _ in BAD.values())
    sent = upload(till, f"{HEADER}{GOOD}{rows}\n{other}")
    found = ask(till, sent)
    named = [(wrong["line"], wrong["column"]) for wrong in found["refused"]]
    assert named == [(3 + turn, column) for turn, (_, column) in enumerate(BAD.values())]
    assert (found["report"]["good"], found["report"]["refused"]) == (2, len(BAD))
    assert ask(till, sent, "apply")["outcome"]["recorded"] == 2
    assert len({wrong["code"] for wrong in found["refused"]}) >= 6


def test_refused_lines_are_a_file_without_formulas(till: Till) -> None:
    sent = upload(till, HEADER + "x-1,=1+1,2026-03-02,guest-1,,stayed,7,true,1\n" + '"=cmd()"\n')
    ask(till, sent)
    got = till.get(f"imports/{sent.json()['id']}/errors")
    text = b"".join(got.streaming_content).decode()  # type: ignore[attr-defined]
    assert got["Content-Type"].startswith("text/csv")
    assert text.splitlines()[0] == "line,column,code,what to do"
    assert len(text.splitlines()) == 3
    assert not any(cell.startswith("=") for row in text.splitlines() for cell in row.split(","))


WHOLE = {
    "no columns": ("a,b\n1,2\n", "no column reference"),
    "a column twice": ("reference,occurred_at,nights,nights\n", "there twice"),
    "not text": (b"reference,occurred_at\n\xff\xfe,\n", "UTF-8"),
    "half of a packed file": (gzip.compress(b"reference,occurred_at\n" * 999)[:40], "damaged"),
}


def test_a_file_that_cannot_be_read_says_why(till: Till) -> None:
    for mistake, (body, said) in WHOLE.items():
        sent = upload(till, body)
        found = ask(till, sent)
        assert (found["state"], said in found["problem"]) == ("refused", True), mistake
        assert code(till.send(f"imports/{found['id']}/apply")) == "import_stands"


def test_what_is_not_a_file_is_refused_at_once(till: Till) -> None:
    assert code(upload(till, "")) == "file_unreadable"
    assert code(upload(till, "{}", kind="application/json")) == "media_type_unsupported"
    assert code(upload(till, "a", kind="text/plain")) == "media_type_unsupported"
    assert code(upload(till, GOOD, apply="perhaps")) == "parameter_invalid"
    assert code(upload(till, GOOD, type="cruise")) == "parameter_invalid"
    assert not Import.objects.exists()


def test_members_nobody_knows_wait_or_are_enrolled(till: Till) -> None:
    sent = upload(till, lines(4, guests=2), apply="yes")
    assert ask(till, sent)["outcome"]["unclaimed"] == 4
    assert UnclaimedActivity.objects.count() == 4
    sent = upload(till, lines(4, guests=2, first=9), enroll="yes")
    found = ask(till, sent)
    assert found["report"]["new_members"] == 2
    assert not Member.objects.exists()
    done = ask(till, sent, "apply")
    assert done["outcome"]["recorded"] == 4
    assert done["outcome"]["earned"] == found["report"]["earned"]
    assert Member.objects.count() == 2


def test_only_a_key_that_may_enroll_does(till: Till) -> None:
    poor = Till(scopes=["imports:write"])
    assert code(upload(poor, lines(1), enroll="yes")) == "scope_missing"


def test_it_can_be_stopped_and_gone_on_with(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partners.checking.CHUNK", 10)
    sent = upload(till, lines(35), enroll="yes")
    assert ask(till, sent)["progress"]["to_apply"] == 35
    run = Import.objects.get()
    where = f"imports/{run.public_id}"
    imports.release(run, actor="partner:front-desk")
    run.refresh_from_db()
    assert applying.some(run)
    shown = till.get(where).json()
    assert (shown["state"], shown["progress"]["applied"]) == ("applying", 10)
    assert till.send(f"{where}/cancel").json()["state"] == "cancelled"
    assert not applying.some(run)
    tasks.work_on_imports()
    assert Activity.objects.count() == 10
    assert code(till.send(f"{where}/apply")) == "import_stands"
    done = ask(till, sent, "resume")
    assert (done["state"], done["outcome"]["recorded"]) == ("applied", 35)
    assert code(till.send(f"{where}/cancel")) == "import_stands"
    assert not ImportLine.objects.exists()
    assert not ImportPart.objects.exists()


def test_work_that_is_out_of_time_is_gone_on_with(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("partners.checking.CHUNK", 10)
    upload(till, lines(25), enroll="yes", apply="yes")
    rounds = 1
    while applying.work(seconds=0):
        rounds += 1
    assert rounds > 1
    assert Import.objects.get().outcome["recorded"] == 25


def test_a_limit_of_the_key_stops_it_and_the_next_day_it_goes_on(till: Till) -> None:
    marta()
    small = Till(points_per_day=100)
    done = ask(small, upload(small, HEADER + GOOD, apply="yes"))
    assert (done["state"], done["progress"]["applied"]) == ("cancelled", 0)
    assert "may credit 100 in a day" in done["problem"]
    assert not Activity.objects.exists()
    type(small.key).objects.filter(pk=small.key.pk).update(points_per_day=10**9)
    where = f"imports/{done['id']}"
    assert small.send(f"{where}/resume").json()["state"] == "applying"
    tasks.work_on_imports()
    assert small.get(where).json()["state"] == "applied"


def test_a_key_of_some_places_imports_for_these(till: Till) -> None:
    marta()
    own = Till(locations=["city-hotel"])
    found = ask(own, upload(own, HEADER + GOOD))
    assert found["refused"][0]["code"] == "location_denied"
    there = upload(own, HEADER + GOOD.replace("resort-hotel", ""), location="city-hotel")
    assert ask(own, there)["report"]["good"] == 1
    assert code(own.get(f"imports/{ask_of_all(till)}")) == "nothing_there"


def ask_of_all(till: Till) -> str:
    return str(upload(till, lines(1)).json()["id"])


def test_test_keys_import_into_the_sandbox(till: Till) -> None:
    test = Till(kind="test")
    done = ask(test, upload(test, lines(5), enroll="yes", apply="yes"))
    assert done["outcome"]["recorded"] == 5
    assert not Activity.objects.exists()
    assert not Member.objects.exists()
    assert not ActivityKey.objects.exists()
    assert test.get("activities").json()["data"]
    assert till.get("imports").json()["data"] == []


def test_who_is_erased_is_not_brought_back_by_a_file(till: Till) -> None:
    member = marta()
    mail = HEADER.replace("member", "email")
    sent = upload(till, mail + GOOD.replace("guest-1", "marta@example.org"))
    assert ask(till, sent)["report"]["good"] == 1
    erasure.erase(member, reason="asked", actor="system:test")
    assert not ImportLine.objects.exists()
    done = ask(till, sent, "apply")
    assert done["state"] == "applied"
    assert not UnclaimedActivity.objects.exists()


def test_lines_that_nobody_released_are_let_go(till: Till) -> None:
    sent = upload(till, lines(3))
    ask(till, sent)
    Import.objects.update(created_at="2020-01-01T00:00:00Z")
    tasks.tidy()
    assert not ImportLine.objects.exists()
    assert till.get(f"imports/{sent.json()['id']}").json()["state"] == "cancelled"
    assert code(till.send(f"imports/{sent.json()['id']}/resume")) == "import_stands"


def test_what_breaks_stops_one_file_and_no_other(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(till, lines(2), apply="yes")
    upload(till, lines(2, first=5), apply="yes", enroll="yes")
    first = Import.objects.order_by("id")[0]
    ordinary = applying.checking.stage

    def stage(run: Import) -> None:
        if run.pk == first.pk:
            raise RuntimeError("a fault of ours")
        ordinary(run)

    monkeypatch.setattr("partners.checking.stage", stage)
    with pytest.raises(RuntimeError):
        tasks.work_on_imports()
    tasks.work_on_imports()
    assert list(Import.objects.order_by("id").values_list("state", flat=True)) == [
        "cancelled",
        "applied",
    ]


def test_lists_have_pages(till: Till, hotel: Program) -> None:
    for number in range(3):
        upload(till, lines(1, first=number))
    page = till.get("imports?limit=2").json()
    assert len(page["data"]) == 2
    rest = till.get(f"imports?limit=2&cursor={page['next']}").json()
    assert (len(rest["data"]), rest["next"]) == (1, None)
    assert (ImportChunk.objects.count(), ImportProblem.objects.count()) == (0, 0)
