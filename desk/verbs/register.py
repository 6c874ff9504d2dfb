"""Every verb of the desk: what it is about, its form and button, and when it can do something."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from common import clock
from desk.verbs import (
    approvals,
    cases,
    choices,
    ends,
    gifts,
    homes,
    identity,
    keys,
    offers,
    people,
    plans,
    points,
    referrals,
    returns,
    rewards,
    status,
)
from desk.verbs.base import VerbForm
from earning import offering
from earning.models import (
    Activity,
    ActivityChange,
    MilestoneChoice,
    OfferActivation,
    PendingActivity,
    Referral,
    UnclaimedActivity,
)
from members.merges import MemberMerge
from members.models import Household, Member
from partners.models import ApiKey
from plans import terms
from plans.models import Charge, Subscription
from points.models import AdjustmentRequest, Hold, Transfer
from program import catalog
from rewards import exchange
from rewards.models import Codes, Fulfilment, Kind, Redemption, Reward
from surveys.models import Case

Fits = Callable[[Any], bool]


def _active(member: Any) -> bool:
    return bool(member.status == Member.Status.ACTIVE)


def _without_login(member: Any) -> bool:
    return _active(member) and member.user_id is None


def _with_plans(member: Any) -> bool:
    return _active(member) and bool(terms.plans(catalog.current()))


def _alone(member: Any) -> bool:
    return _active(member) and homes.now(member) is None


def _at_home(member: Any) -> bool:
    return _active(member) and homes.now(member) is not None


def _no_head(member: Any) -> bool:
    home = homes.now(member) if _active(member) else None
    return home is not None and not home.is_head


def _open_hold(hold: Any) -> bool:
    return bool(hold.status == Hold.Status.OPEN)


def _always(_row: Any) -> bool:
    return True


def _unclaimed(activity: Any) -> bool:
    return activity.claimed_at is None


def _issued(voucher: Any) -> bool:
    return bool(voucher.status == Redemption.Status.ISSUED)


def _undoable(merge: Any) -> bool:
    return bool(merge.can_be_undone(clock.now()))


def _with_exchanges(member: Any) -> bool:
    return _active(member) and bool(exchange.offered(catalog.current()))


def _doubted(referral: Any) -> bool:
    return bool(referral.status == Referral.Status.DOUBTED)


def _with_codes(reward: Any) -> bool:
    return bool(reward.codes == Codes.UPLOADED)


def _undrawn(reward: Any) -> bool:
    return bool(reward.kind == Kind.CONTEST and not reward.draws.exists())


def _ordered(order: Any) -> bool:
    return bool(order.status == Fulfilment.Status.ORDERED)


def _shipped(order: Any) -> bool:
    return bool(order.status == Fulfilment.Status.SHIPPED)


def _open_case(case: Any) -> bool:
    return bool(case.status != Case.Status.CLOSED)


def _standing_activity(activity: Any) -> bool:
    return not activity.changes.filter(kind=ActivityChange.Kind.CANCEL).exists()


def _waiting(row: Any) -> bool:
    return bool(row.status == PendingActivity.Status.WAITING)


def _to_choose(choice: Any) -> bool:
    return bool(choice.status == MilestoneChoice.Status.OPEN)


def _with_offers(member: Any) -> bool:
    return _active(member) and bool(offering.offers(catalog.current()))


def _running(row: Any) -> bool:
    is_over = row.ends_at is not None and row.ends_at <= clock.now()
    return row.undone_at is None and not is_over


def _undecided(request: Any) -> bool:
    return bool(request.state == AdjustmentRequest.State.WAITING)


def _unrevoked(key: Any) -> bool:
    return key.revoked_at is None


def _live(subscription: Any) -> bool:
    return bool(subscription.is_live)


def _going_on(subscription: Any) -> bool:
    return _live(subscription) and subscription.state != Subscription.State.CANCELLED


def _due(charge: Any) -> bool:
    return bool(charge.status == Charge.Status.DUE)


@dataclasses.dataclass(frozen=True, slots=True)
class Verb:
    """A verb's address (`name`), the model it is about, its form, the icon of its button, and the
    rows for which it makes sense.
    """

    name: str
    model: str
    form: type[VerbForm]
    icon: str
    fits: Fits

    @property
    def url_name(self) -> str:
        return f"{self.model.replace('.', '_')}_{self.name}"


VERBS = (
    Verb("adjust", "members.member", points.Adjust, "exposure", _active),
    Verb("redeem", "members.member", points.Redeem, "redeem", _active),
    Verb("exchange", "members.member", status.Exchange, "currency_exchange", _with_exchanges),
    Verb("tier", "members.member", status.GiveTier, "military_tech", _active),
    Verb("challenge", "members.member", status.Challenge, "flag", _active),
    Verb("send", "members.member", gifts.Send, "send", _active),
    Verb("extend", "members.member", ends.Extend, "update", _active),
    Verb("reinstate", "members.member", ends.Reinstate, "restore", _active),
    Verb("found", "members.member", homes.Found, "add_home", _alone),
    Verb("move_in", "members.member", homes.MoveIn, "home", _alone),
    Verb("move_out", "members.member", homes.MoveOut, "logout", _at_home),
    Verb("head", "members.member", homes.MakeHead, "supervisor_account", _no_head),
    Verb("correct", "members.member", people.Correct, "edit", _active),
    Verb("code", "members.member", people.IssueCode, "password", _without_login),
    Verb("card", "members.member", people.ReplaceCard, "credit_card", _active),
    Verb("plan", "members.member", plans.StartPlan, "card_membership", _with_plans),
    Verb("means", "members.member", plans.ArrangeMeans, "account_balance", _with_plans),
    Verb("activate", "members.member", offers.Activate, "local_offer", _with_offers),
    Verb("merge", "members.member", identity.Merge, "merge", _active),
    Verb("erase", "members.member", identity.Erase, "person_remove", _active),
    Verb("undo", "members.membermerge", identity.Unmerge, "call_split", _undoable),
    Verb("benefit", "plans.subscription", plans.UseBenefit, "check_circle", _live),
    Verb("cancel", "plans.subscription", plans.CancelPlan, "event_busy", _going_on),
    Verb("end", "plans.subscription", plans.CancelPlanNow, "block", _live),
    Verb("report", "plans.charge", plans.ReportTry, "payments", _due),
    Verb("waive", "plans.charge", plans.WaiveCharge, "money_off", _due),
    Verb("cancel", "rewards.redemption", points.CancelVoucher, "undo", _issued),
    Verb("release", "points.hold", gifts.ReleaseHold, "lock_open", _open_hold),
    Verb("take_back", "points.transfer", gifts.TakeBack, "undo", _always),
    Verb("add", "members.household", homes.AddPerson, "person_add", _always),
    Verb("codes", "rewards.reward", rewards.UploadCodes, "upload", _with_codes),
    Verb("draw", "rewards.reward", rewards.DrawWinners, "casino", _undrawn),
    Verb("ship", "rewards.fulfilment", rewards.Ship, "local_shipping", _ordered),
    Verb("deliver", "rewards.fulfilment", rewards.Deliver, "inventory", _shipped),
    Verb("approve", "earning.referral", referrals.Approve, "thumb_up", _doubted),
    Verb("refuse", "earning.referral", referrals.Refuse, "thumb_down", _doubted),
    Verb("claim", "earning.unclaimedactivity", points.Claim, "person_check", _unclaimed),
    Verb("cancel", "earning.activity", returns.CancelActivity, "undo", _standing_activity),
    Verb("amend", "earning.activity", returns.AmendActivity, "edit", _standing_activity),
    Verb("confirm", "earning.pendingactivity", returns.ConfirmActivity, "check_circle", _waiting),
    Verb("choose", "earning.milestonechoice", choices.Choose, "checklist", _to_choose),
    Verb("undo", "earning.offeractivation", offers.Deactivate, "undo", _running),
    Verb("cancel", "earning.pendingactivity", returns.CancelPending, "undo", _waiting),
    Verb("reply", "surveys.case", cases.Reply, "reply", _open_case),
    Verb("goodwill", "surveys.case", cases.MakeGood, "volunteer_activism", _open_case),
    Verb("note", "surveys.case", cases.Note, "sticky_note_2", _open_case),
    Verb("assign", "surveys.case", cases.Assign, "person_add", _open_case),
    Verb("close", "surveys.case", cases.Close, "task_alt", _open_case),
    Verb("revoke", "partners.apikey", keys.RevokeKey, "key_off", _unrevoked),
    Verb("approve", "points.adjustmentrequest", approvals.Approve, "check", _undecided),
    Verb("decline", "points.adjustmentrequest", approvals.Decline, "close", _undecided),
)
RELATED: dict[str, tuple[type[Any], tuple[str, ...]]] = {  # what a verb's page shows of its row
    "members.member": (Member, ()),
    "members.household": (Household, ()),
    "points.hold": (Hold, ("member", "account__unit")),
    "points.transfer": (Transfer, ("member", "receiver", "unit")),
    "members.membermerge": (MemberMerge, ("survivor", "absorbed")),
    "plans.subscription": (Subscription, ("plan", "member")),
    "plans.charge": (Charge, ("subscription__plan", "member", "means")),
    "rewards.redemption": (Redemption, ("reward", "unit", "member")),
    "rewards.reward": (Reward, ("unit",)),
    "rewards.fulfilment": (Fulfilment, ("member", "redemption__reward")),
    "earning.unclaimedactivity": (UnclaimedActivity, ("type", "partner", "location")),
    "earning.referral": (Referral, ("member", "referrer", "terms")),
    "earning.activity": (Activity, ("type", "partner", "location", "member")),
    "earning.pendingactivity": (PendingActivity, ("type", "partner", "location", "member")),
    "earning.milestonechoice": (
        MilestoneChoice,
        ("member", "reached__milestone__counter", "reached__milestone__type"),
    ),
    "earning.offeractivation": (OfferActivation, ("member", "offer")),
    "surveys.case": (Case, ("member", "survey", "answer")),
    "partners.apikey": (ApiKey, ("partner",)),
    "points.adjustmentrequest": (AdjustmentRequest, ("member", "unit")),
}


def rows(model: str) -> QuerySet[Any]:
    """The rows a model's verbs are about, with what their pages show."""
    kind, related = RELATED[model]
    found: QuerySet[Any] = kind._default_manager.all()
    return found.select_related(*related) if related else found
