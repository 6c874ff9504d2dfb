"""Opening balances at the desk: read in by one, posted by another."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from desk import roles
from members import enrolment
from members.models import User
from points.models import OpeningRun
from tests.cast import balance
from tests.desk.counter import Counter, listing, page, text
from tiers import tasks

BODY = (
    "Number,name,amount,awarded_at\n"
    "K-1,Ana Lima,1200,2025-03-31\n"
    "K-2,Rui Costa,,\n"
    "=K-3,,5,2025-03-31\n"
)


def read(counter: Counter, *, total: str = "1200", body: str = BODY) -> str:
    file = SimpleUploadedFile("old.csv", body.encode(), content_type="text/csv")
    fields = {
        "columns": "reference = Number",
        "always": "unit = coin",
        "expected": f"coin = {total}",
    }
    answer = counter.post(
        reverse("admin:points_openingrun_add"), {"file": file, **fields}, follow=True
    )
    return text(answer)


def colleague() -> Counter:
    user = User.objects.create_user("max@quay.example", name="Max", is_staff=True)
    user.groups.add(roles.ensure_groups()[1])
    return Counter(user)


def test_a_file_is_read_and_its_report_shown(manager: Counter) -> None:
    shown = read(manager)
    for words in (
        "New members 2",
        "Refused 1",
        "Coins 1 1,200 0 1,200",
        "name: nobody is known by this yet",
        "You read this file in yourself.",
    ):
        assert words in shown, words
    assert "old.csv" in text(manager.get(listing(OpeningRun)))


def test_a_colleague_posts_it_and_the_worker_does_the_rest(manager: Counter) -> None:
    read(manager)
    run = OpeningRun.objects.get()
    post = reverse("admin:points_openingrun_post", args=[run.pk])
    assert "Somebody else has to look" in text(manager.post(post, follow=True))
    assert "It is being posted." in text(colleague().post(post, follow=True))
    assert "2 people are left." in text(manager.get(page(run)))
    tasks.post_openings()
    assert "Posted." in text(manager.get(page(run)))
    assert balance(enrolment.find(reference="K-1"), "coin") == 1200


def test_what_does_not_add_up_cannot_be_posted(manager: Counter) -> None:
    assert "The totals do not agree" in read(manager, total="1300")
    run = OpeningRun.objects.get()
    answer = colleague().post(reverse("admin:points_openingrun_post", args=[run.pk]), follow=True)
    assert "The file has 1,200 coins, and the source 1,300." in text(answer)
    assert OpeningRun.objects.get().state == OpeningRun.State.READ


def test_what_was_refused_is_a_file_without_formulas(manager: Counter) -> None:
    read(manager)
    run = OpeningRun.objects.get()
    answer = manager.get(reverse("admin:points_openingrun_errors", args=[run.pk]))
    body = b"".join(answer.streaming_content).decode()
    assert body.splitlines()[0] == "line,who,what to do"
    assert "4,'=K-3," in body


def test_a_form_that_cannot_be_read_says_so(manager: Counter) -> None:
    assert "There is no column" in read(manager, body="a,b\n1,2\n")
    url = reverse("admin:points_openingrun_add")
    file = SimpleUploadedFile("old.csv", b"x", content_type="text/csv")
    shown = text(manager.post(url, {"file": file, "columns": "nonsense"}))
    assert "Write one pair a line" in shown


def test_a_file_to_fill_in_can_be_downloaded(manager: Counter) -> None:
    answer = manager.get(reverse("admin:points_openingrun_template"))
    assert answer.content.decode().startswith("reference,card,email,phone,name")


def test_clerks_bring_nothing_over(clerk: Counter) -> None:
    assert clerk.get(reverse("admin:points_openingrun_add")).status_code == 403
