"""Links of the OpenAPI document: what an answer names, and the calls that go on with it.

Readers of the document learn from them which call comes after which, and so do the tests that
wander through it.
"""

from __future__ import annotations

from typing import Any

ID, DATA_ID = "$response.body#/id", "$response.body#/data/0/id"
ACTIVITY = ["getActivity", "amendActivity", "confirmActivity", "cancelActivity"]
MEMBER = [
    "getMember",
    "updateMember",
    "getBalance",
    "getStanding",
    "listEntries",
    "listStatements",
    "listChoices",
    "getReceipt",
    "listOffers",
    "listPlans",
]
REDEMPTION = ["getRedemption", "cancelRedemption"]
VOUCHER = ["checkVoucher", "useVoucher", "undoVoucher"]
RESERVATION = ["getReservation", "captureReservation", "releaseReservation"]
WEBHOOK = ["getWebhook", "updateWebhook", "testWebhook", "rotateWebhookSecret", "resumeWebhook"]
WEBHOOK += ["replayWebhook", "listDeliveries", "removeWebhook"]

# Call and status: the parameter, where its value stands in the answer, the calls that take it.
LINKS: dict[tuple[str, str], list[tuple[str, str, list[str]]]] = {
    ("postActivity", "201"): [("activity", ID, ACTIVITY)],
    ("postActivity", "202"): [("activity", ID, ACTIVITY)],
    ("listActivities", "200"): [("activity", DATA_ID, ACTIVITY)],
    ("enrollMember", "201"): [("member", ID, MEMBER)],
    ("findMember", "200"): [("member", ID, MEMBER)],
    ("listChoices", "200"): [("choice", DATA_ID, ["getChoice", "makeChoice"])],
    ("listRewards", "200"): [("reward", "$response.body#/data/0/code", ["getReward"])],
    ("postRedemption", "201"): [
        ("redemption", ID, REDEMPTION),
        ("code", "$response.body#/code", VOUCHER),
    ],
    ("listRedemptions", "200"): [("redemption", DATA_ID, REDEMPTION)],
    ("postReservation", "201"): [("reservation", ID, RESERVATION)],
    ("captureReservation", "201"): [
        ("redemption", ID, REDEMPTION),
        ("code", "$response.body#/code", VOUCHER),
    ],
    ("createWebhook", "201"): [("webhook", "$response.body#/webhook/id", WEBHOOK)],
    ("listWebhooks", "200"): [("webhook", DATA_ID, WEBHOOK)],
    ("listDeliveries", "200"): [("delivery", DATA_ID, ["getDelivery", "replayDelivery"])],
}


def add(document: dict[str, Any]) -> None:
    """Put the links into a document, beside the answers that they go on from."""
    for methods in document["paths"].values():
        for call in methods.values():
            for status, answer in call["responses"].items():
                found = _links(LINKS.get((call["operationId"], status), []))
                if found:
                    answer["links"] = found


def _links(told: list[tuple[str, str, list[str]]]) -> dict[str, Any]:
    return {
        operation: {"operationId": operation, "parameters": {name: where}}
        for name, where, operations in told
        for operation in operations
    }
