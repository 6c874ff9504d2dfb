"""What the keys of surveys mean."""

from __future__ import annotations

from program.describing import describe
from program.descriptions import CODE
from surveys.sections import (
    AskingTable,
    BranchTable,
    CaseTable,
    HoursTable,
    QuestionTable,
    ReplyTable,
    SurveyTable,
    TriggerTable,
)


def install() -> None:
    """Say it; called once, when the app is ready."""
    _asking()
    _surveys()
    _triggers()
    _cases()


def _asking() -> None:
    describe(
        AskingTable,
        "How members are asked, whatever the survey.",
        {
            "contact_days": ("How many days lie between two surveys to one person.", "120"),
            "max_age_days": ("What happened longer ago is not asked about.", "7"),
            "hours": (
                "When somebody is there to answer: the clock of cases runs only then.",
                "{ opens = 8, closes = 20, weekdays = [0, 1, 2, 3, 4, 5] }",
            ),
            "goodwill_at_most": ("The most a case may cost, in the unit shown first.", "300"),
            "asked_elsewhere": ("Members of this segment are not asked.", '"students"'),
        },
    )
    describe(
        HoursTable,
        "Business hours, in the program's time zone.",
        {
            "opens": ("The hour at which a day begins.", "8"),
            "closes": ("The hour at which it ends.", "20"),
            "weekdays": ("Which days, 0 for Monday.", "[0, 1, 2, 3, 4, 5]"),
            "holidays": ("Days on which nobody is there.", "[2026-12-25, 2026-12-26]"),
        },
    )


def _surveys() -> None:
    describe(
        SurveyTable,
        "A survey. Its wording and its scale are those of its kind; what is asked beyond that is "
        "yours. Other questions are a new version, and answers keep theirs.",
        {
            "code": (CODE, '"after-a-visit"'),
            "name": ("What staff read.", '"After a visit"'),
            "kind": ("How it is asked and counted.", '"nps"'),
            "anonymous": ("Answers keep no link to the member. It stays for ever.", "true"),
            "open_days": ("How many days an invitation can be answered.", "14"),
            "activity": (
                "Taking part is recorded as such an activity, and rules may pay for it.",
                '"survey"',
            ),
            "partner": ("In whose name it is recorded.", '"till"'),
            "why": ("The open question; left out: what is the main reason?", '"What made it so?"'),
            "question": (
                "Further questions.",
                '[{ code = "wait", words = "How long did you wait?", type = "text" }]',
            ),
            "branch": (
                "Which of them only some scores lead to.",
                '[{ ask = "wait", least = 0, most = 6 }]',
            ),
            "trigger": ("What makes us ask.", '[{ code = "visit-made", on = "activity" }]'),
            "case": ("Which answers open a case.", '[{ code = "unhappy", most = 6 }]'),
        },
    )
    describe(
        QuestionTable,
        "A question of your own.",
        {
            "code": (CODE, '"wait"'),
            "words": ("What is asked.", '"How long did you wait?"'),
            "type": ("How it is answered.", '"choice"'),
            "choices": ("Code and words of each choice.", '{ short = "Not long", long = "Long" }'),
            "least": ("Where a scale begins.", "1"),
            "most": ("Where it ends.", "5"),
        },
    )
    describe(
        BranchTable,
        "After a score from `least` to `most`, this question is asked; otherwise it is not.",
        {
            "ask": ("Which question.", '"wait"'),
            "least": ("From this score.", "0"),
            "most": ("To this one.", "6"),
        },
    )


def _triggers() -> None:
    describe(
        TriggerTable,
        "What makes us ask: something that happens, or a wave.",
        {
            "code": (CODE, '"visit-made"'),
            "on": (
                "An activity, a voucher that was used, a case that was closed, or a wave.",
                '"activity"',
            ),
            "activity": ("Only activities of this type.", '"visit"'),
            "only": ("Only those with these attributes.", '{ table = "inside" }'),
            "every_months": (
                "A wave asks everybody every so many months, each on a day of their own.",
                "6",
            ),
            "delay_hours": ("How long to wait first.", "24"),
            "rate": ("How many percent are asked.", "25"),
            "quota": ("How many are asked in a month at most.", "500"),
        },
    )


def _cases() -> None:
    describe(
        CaseTable,
        "Which answers open a case, whose it is, and how long it may take.",
        {
            "code": (CODE, '"unhappy"'),
            "least": ("From this score.", "1"),
            "most": ("To this one.", "6"),
            "location": ("Only for this place: partner/place.", '"till/north-pier"'),
            "owner": (
                "The login of whoever answers; without one, a manager picks.",
                '"clara@say.example"',
            ),
            "contact_hours": ("Business hours until the member hears from us.", "8"),
            "close_hours": ("Business hours until it is closed.", "40"),
            "escalates_to": ("Whose it becomes if nobody replies in time.", '"olga@say.example"'),
        },
    )
    describe(
        ReplyTable,
        "A text to begin a reply with.",
        {
            "code": (CODE, '"sorry"'),
            "name": ("What staff read.", '"We are sorry"'),
            "text": ("How it begins.", '"We are sorry to hear that."'),
        },
    )
