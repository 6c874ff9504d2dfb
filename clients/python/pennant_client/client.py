"""What can be asked of the API, call by call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from pennant_client.calls import JSON, Answer, fresh, path
from pennant_client.imports import Imports
from pennant_client.shapes import Choice


class Client(Imports):
    """One key at one installation. Safe to share between threads: every call has its own line."""

    # --- activities and quotes

    def post_activity(self, activity: JSON) -> Answer:
        """Report an activity; its `reference` makes it count once."""
        return self.call("POST", "activities", activity)

    def post_activities(self, activities: Sequence[JSON]) -> Answer:
        """Report up to 1,000; each has its own result."""
        return self.call("POST", "activities/batch", {"activities": list(activities)})

    def activities(self, **query: str) -> Iterator[JSON]:
        """Everything you reported, newest first, page after page."""
        return self._pages("activities", query)

    def activity(self, id: str) -> JSON:
        return self._get("activities", id)

    def confirm_activity(self, activity: str) -> Answer:
        """Let a pending activity count. By `act_…`, or `ref:` and your reference."""
        return self.call("POST", path("activities", activity, "confirm"), {})

    def cancel_activity(self, activity: str, *, reference: str, reason: str) -> Answer:
        """Take all of it back; the change's `reference` makes it count once."""
        body = {"reference": reference, "reason": reason}
        return self.call("POST", path("activities", activity, "cancel"), body)

    def amend_activity(
        self,
        activity: str,
        *,
        reference: str,
        reason: str,
        attributes: JSON | None = None,
        returned: JSON | None = None,
    ) -> Answer:
        """Change a part of it: new values, or amounts that came back; once for each reference."""
        body: dict[str, Any] = {"reference": reference, "reason": reason}
        body |= {"attributes": dict(attributes)} if attributes else {}
        body |= {"returned": dict(returned)} if returned else {}
        return self.call("POST", path("activities", activity, "amend"), body)

    def quote(self, question: JSON) -> JSON:
        """What would this earn, what would the points pay."""
        return dict(self.call("POST", "quotes", question, key=None).body)

    # --- members

    def enroll(self, person: JSON, *, key: str | None = None) -> JSON:
        return dict(self.call("POST", "members", person, key=key or fresh()).body)

    def find(self, **named: str) -> JSON:
        """`find(card=…)`, or by email, phone or reference."""
        return dict(self.call("POST", "members/find", named, key=None).body)

    def member(self, member: str) -> JSON:
        """By `mem_…`, the card's digits, or `ref:` and your number."""
        return self._get("members", member)

    def update_member(self, member: str, changes: JSON, *, key: str = "") -> JSON:
        """Change name, phone or language; what is left out stays."""
        return dict(self.call("PATCH", path("members", member), changes, key=key).body)

    def balance(self, member: str) -> JSON:
        return self._get("members", member, "balance")

    def standing(self, member: str) -> JSON:
        return self._get("members", member, "standing")

    def entries(self, member: str, **query: str) -> Iterator[JSON]:
        return self._pages(path("members", member, "entries"), query)

    def statements(self, member: str) -> list[str]:
        """The months of which there is a statement, newest first: `2026-03`."""
        return list(self._get("members", member, "statements")["data"])

    def statement(self, member: str, month: str) -> JSON:
        """A month: what there was, every movement, what there is."""
        return self._get("members", member, "statements", month)

    def receipt(self, member: str, *, activity: str = "") -> JSON:
        """The line to print."""
        query = {"activity": activity} if activity else {}
        return dict(self.call("GET", path("members", member, "receipt"), query=query).body)

    def choices(self, member: str, **query: str) -> Iterator[Choice]:
        """What a member may choose for milestones, or chose, newest first. `status="open"`."""
        for one in self._pages(path("members", member, "choices"), query):
            yield cast("Choice", one)

    def choice(self, member: str, id: str) -> Choice:
        return cast("Choice", self._get("members", member, "choices", id))

    def choose(
        self,
        member: str,
        id: str,
        options: Mapping[str, int],
        *,
        location: str = "",
        key: str = "",
    ) -> Choice:
        """Choose for a member, as they said: options by code. Once and for good."""
        body: dict[str, Any] = {"options": dict(options)}
        if location:
            body["location"] = location
        return cast("Choice", self._do("members", member, "choices", id, body=body, key=key))

    # --- rewards, redemptions, vouchers

    def offers(self, member: str) -> list[JSON]:
        """The offers that a member can activate, has activated, or had."""
        return list(self._get("members", member, "offers")["data"])

    def activate_offer(self, member: str, offer: str, *, day: str = "", key: str = "") -> JSON:
        """Activate an offer for a member; `day` (2025-06-14) where the member picks one."""
        body = {"day": day} if day else {}
        return self._do("members", member, "offers", offer, "activate", body=body, key=key)

    def undo_offer(self, member: str, offer: str, *, activation: str, key: str = "") -> JSON:
        """Undo an activation that was not used; its id is in `activations`."""
        body = {"activation": activation}
        return self._do("members", member, "offers", offer, "undo", body=body, key=key)

    def plans(self, member: str) -> list[JSON]:
        """The plans that a member has, with what they give and how often that can be used."""
        return list(self._get("members", member, "plans")["data"])

    def use_benefit(
        self, member: str, plan: str, benefit: str, *, reference: str = "", key: str = ""
    ) -> JSON:
        """Write down that a benefit of a plan was handed out. It is final."""
        body = {"reference": reference} if reference else {}
        place = ("members", member, "plans", plan, "benefits", benefit, "use")
        return self._do(*place, body=body, key=key)

    def rewards(self, *, member: str = "") -> list[JSON]:
        query = {"member": member} if member else {}
        return list(self.call("GET", "rewards", query=query).body["data"])

    def reward(self, code: str, *, member: str = "") -> JSON:
        query = {"member": member} if member else {}
        return dict(self.call("GET", path("rewards", code), query=query).body)

    def redeem(
        self, member: JSON, reward: str, *, location: str = "", key: str = "", **choice: Any
    ) -> JSON:
        """Take a reward for a member, once for each key. `choice` is what the reward needs beside:
        `date`, `address`, `amount`.
        """
        body: dict[str, Any] = {"member": member, "reward": reward} | choice
        if location:
            body["location"] = location
        return dict(self.call("POST", "redemptions", body, key=key or fresh()).body)

    def redemptions(self, **query: str) -> Iterator[JSON]:
        """What you redeemed, and what was used at your places, newest first."""
        return self._pages("redemptions", query)

    def redemption(self, id: str) -> JSON:
        return self._get("redemptions", id)

    def cancel_redemption(self, id: str, *, reason: str, key: str = "") -> JSON:
        return self._do("redemptions", id, "cancel", body={"reason": reason}, key=key)

    def reserve(
        self, member: JSON, reward: str, *, location: str = "", key: str = "", **terms: Any
    ) -> JSON:
        """Put a reward aside, once for each key. `terms`: `minutes`, `purpose`."""
        body: dict[str, Any] = {"member": member, "reward": reward} | terms
        if location:
            body["location"] = location
        return dict(self.call("POST", "reservations", body, key=key or fresh()).body)

    def reservation(self, id: str) -> JSON:
        return self._get("reservations", id)

    def capture(self, reservation: str, *, key: str = "") -> JSON:
        """Take what was put aside. The answer is the redemption."""
        return self._do("reservations", reservation, "capture", key=key)

    def release(self, reservation: str, *, reason: str, key: str = "") -> JSON:
        """Let go of what was put aside."""
        return self._do("reservations", reservation, "release", body={"reason": reason}, key=key)

    def conversions(self) -> list[JSON]:
        return list(self._get("conversions")["data"])

    def convert(self, member: JSON, conversion: str, amount: int, *, key: str = "") -> JSON:
        """One unit for another, once for each key."""
        body = {"member": member, "conversion": conversion, "amount": amount}
        return dict(self.call("POST", "conversions", body, key=key or fresh()).body)

    def check_voucher(self, code: str) -> JSON:
        return self._get("vouchers", code)

    def use_voucher(self, code: str, *, location: str = "", key: str = "") -> JSON:
        body = {"location": location} if location else {}
        return self._do("vouchers", code, "use", body=body, key=key)

    def undo_voucher(self, code: str, *, key: str = "") -> JSON:
        return self._do("vouchers", code, "undo", key=key)

    # --- the program, and what happened

    def program(self) -> JSON:
        return self._get("program")

    def scores(self, survey: str, *, by: str = "month", since: str = "") -> JSON:
        """What members answered to a survey, as figures; by month from `since` (2026-05) on."""
        query = {"by": by} | ({"from": since} if since else {})
        return dict(self.call("GET", path("scores", survey), query=query).body)

    def surveys(self) -> list[JSON]:
        """Every survey with its score."""
        return list(self._get("scores")["data"])

    def locations(self) -> list[JSON]:
        return list(self._get("locations")["data"])

    def events(self, *, cursor: str = "", limit: int = 200) -> tuple[list[JSON], str]:
        """The events behind a cursor, oldest first, and the cursor to come back with."""
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        page = self.call("GET", "events", query=query).body
        return list(page["data"]), str(page["cursor"] or cursor)

    # --- webhooks

    def webhooks(self) -> list[JSON]:
        return list(self._get("webhooks")["data"])

    def webhook(self, id: str) -> JSON:
        return self._get("webhooks", id)

    def create_webhook(
        self, url: str, *, types: Sequence[str], contact: str, description: str = "", key: str = ""
    ) -> JSON:
        """The answer has the secret: keep it."""
        body = {"url": url, "types": list(types), "contact": contact, "description": description}
        return dict(self.call("POST", "webhooks", body, key=key or fresh()).body)

    def update_webhook(self, id: str, changes: JSON, *, key: str = "") -> JSON:
        return dict(self.call("PATCH", path("webhooks", id), changes, key=key).body)

    def remove_webhook(self, id: str, *, key: str = "") -> None:
        self.call("DELETE", path("webhooks", id), key=key)

    def rotate_webhook(self, id: str, *, key: str = "") -> JSON:
        """A new secret; for a day the one before signs as well."""
        return self._do("webhooks", id, "rotate", key=key)

    def resume_webhook(self, id: str, *, key: str = "") -> JSON:
        return self._do("webhooks", id, "resume", key=key)

    def test_webhook(self, id: str, *, key: str = "") -> JSON:
        return self._do("webhooks", id, "test", key=key)

    def replay_webhook(self, id: str, *, since: str, until: str, key: str = "") -> int:
        """Send everything of a time again. Returns how many deliveries that are."""
        body = {"since": since, "until": until}
        return int(self._do("webhooks", id, "replay", body=body, key=key)["replayed"])

    def deliveries(self, webhook: str, **query: str) -> Iterator[JSON]:
        return self._pages(path("webhooks", webhook, "deliveries"), query)

    def delivery(self, id: str) -> JSON:
        return self._get("deliveries", id)

    def replay_delivery(self, id: str, *, key: str = "") -> JSON:
        return self._do("deliveries", id, "replay", key=key)
