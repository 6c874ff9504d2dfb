"""Who may do what at the desk: two groups with exact permissions, and the permission each of the
desk's verbs asks for.

A verb asks for the permission to add or change what it makes. The ledger's own pages stay read-only
for everybody: the permission to add a posting opens the form for an adjustment and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction

CLERKS = "Clerks"
MANAGERS = "Managers"

ENROL = "members.add_member"
CORRECT = "members.change_member"
REPLACE_CARD = "members.add_card"
ISSUE_CODE = "members.add_claimcode"
ADJUST = "points.add_posting"
DECIDE = "points.change_adjustmentrequest"
READ_OPENING = "points.add_openingrun"
POST_OPENING = "points.change_openingrun"
REDEEM = "rewards.add_redemption"
USE_VOUCHER = "rewards.change_redemption"
CANCEL_VOUCHER = "rewards.delete_redemption"
SIMULATE = "earning.add_simulationrun"
GRANT = "tiers.add_standing"
DECIDE_REFERRAL = "earning.change_referral"
SEND_PRODUCT = "rewards.change_fulfilment"
UPLOAD_CODES = "rewards.add_rewardcode"
DRAW = "rewards.add_draw"
CLAIM = "earning.change_unclaimedactivity"
RETURN = "earning.add_activitychange"
CONFIRM = "earning.change_pendingactivity"
ACTIVATE = "earning.add_offeractivation"
CHOOSE = "earning.change_milestonechoice"
REASSESS = "tiers.change_standing"
EXTEND = "points.add_extension"
REINSTATE = "points.add_lot"
SEND = "points.add_transfer"
TAKE_BACK = "points.delete_transfer"
RELEASE_HOLD = "points.change_hold"
HOUSEHOLD = "members.change_householdmember"
ISSUE_KEY = "partners.add_apikey"
MERGE = "members.add_membermerge"
UNMERGE = "members.change_membermerge"
ERASE = "members.delete_member"
EXPORT = ERASE  # who may empty a person may tell the person what is held
REVOKE_KEY = "partners.change_apikey"
IMPORT = "partners.add_import"
START_PLAN = "plans.add_subscription"
CANCEL_PLAN = "plans.change_subscription"
USE_BENEFIT = "plans.add_benefituse"
REPORT_CHARGE = "plans.change_charge"
DECLARE = "earning.add_declaration"

CARE = "surveys.change_case"
SEE_CASES = "surveys.view_case"
SEE_SCORES = "surveys.view_tally"

CLERK_VERBS = frozenset(
    {
        ENROL, CORRECT, REPLACE_CARD, ISSUE_CODE, ADJUST, REDEEM, USE_VOUCHER, CANCEL_VOUCHER,
        CLAIM, RETURN, CONFIRM, CHOOSE, ACTIVATE, SEND_PRODUCT, CARE, START_PLAN, CANCEL_PLAN,
        USE_BENEFIT, REPORT_CHARGE,
        DECIDE_REFERRAL, HOUSEHOLD, SEND, RELEASE_HOLD,
    }
)  # fmt: skip
CLERK_SEES = frozenset(
    {
        "members.view_member", "members.view_card",
        "points.view_account", "points.view_posting", "points.view_entry", "points.view_lot",
        "points.view_lotuse", "points.view_extension", "points.view_hold", "points.view_transfer",
        "members.view_household", "members.view_householdmember", "members.view_invitation",
        "points.view_adjustmentrequest",
        "tiers.view_ladder", "tiers.view_tier", "tiers.view_standing",
        "earning.view_activity", "earning.view_award", "earning.view_unclaimedactivity",
        "earning.view_milestonechoice", "earning.view_milestonepick",
        "earning.view_milestonereached", "earning.view_milestoneoption",
        "earning.view_offer", "earning.view_offeractivation",
        "earning.view_pendingactivity", "earning.view_activitychange", "earning.view_correction",
        "plans.view_plan", "plans.view_subscription", "plans.view_charge",
        "plans.view_chargeattempt", "plans.view_benefituse", "plans.view_paymentmeans",
        "rewards.view_reward", "rewards.view_redemption", "rewards.view_fulfilment",
        "rewards.view_rewarddate", "earning.view_referral", "earning.view_referralterms",
        SEE_CASES, "surveys.view_casestep", "surveys.view_decision", "surveys.view_invitation",
        "messaging.view_letter", "members.view_consent",
    }
)  # fmt: skip

MANAGER_SEES = frozenset(
    {
        "program.view_program", "program.view_unit", "members.view_membermerge",
        "program.view_activitytype", "program.view_activityattribute",
        "program.view_partner", "program.view_location", "program.view_revision",
        "members.view_memberkey", "members.view_claimcode",
        "members.view_segment", "members.view_segmentmember",
        "tiers.view_tierroute", "tiers.view_tierneed",
        "events.view_event", "events.view_heartbeat", "points.view_auditrun",
        "points.view_openingrun", "points.view_openingrow",
        "earning.view_rule", "earning.view_rulecondition", "earning.view_rulelimit",
        "earning.view_limituse", "earning.view_parkedchange", "earning.view_milestonevoid",
        "earning.view_importrun", "earning.view_dividend", "earning.view_declaration",
        "earning.view_dividendshare", "earning.view_milestone",
        "points.view_holdlot", "points.view_expirynotice",
        "rewards.view_reservation", "rewards.view_redemptionshare",
        "earning.view_occasion",
        "rewards.view_rewardpart",
        "rewards.view_rewardprice", "rewards.view_rewardstock", "rewards.view_conversion",
        "rewards.view_fund", "rewards.view_fundtotal", "rewards.view_rewardcode",
        "rewards.view_draw",
        "tiers.view_tierexpiry",
        "partners.view_apikey", "partners.view_import", "partners.view_importchunk",
        "partners.view_importproblem",
        SEE_SCORES, "surveys.view_care", "surveys.view_survey", "surveys.view_version",
        "surveys.view_question", "surveys.view_branch", "surveys.view_trigger",
        "surveys.view_caserule", "surveys.view_replytext", "surveys.view_answer",
        "surveys.view_line", "surveys.view_quotause", "messaging.view_template",
        "events.view_reader",
        "plans.view_planprice", "plans.view_refundterms", "plans.view_plancredit",
        "plans.view_planbenefit",
    }
)  # fmt: skip
MANAGER_CHANGES = frozenset(
    {
        "program.change_program",
        "program.add_unit", "program.change_unit",
        "program.add_activitytype", "program.change_activitytype",
        "program.add_activityattribute", "program.change_activityattribute",
        "program.add_partner", "program.change_partner",
        "program.add_location", "program.change_location",
        "members.add_segment", "members.change_segment",
        "members.add_segmentmember", "members.delete_segmentmember",
        "tiers.add_ladder", "tiers.change_ladder", "tiers.add_tier", "tiers.change_tier", REASSESS,
        "tiers.add_tierroute", "tiers.change_tierroute", "tiers.delete_tierroute",
        "tiers.add_tierneed", "tiers.change_tierneed", "tiers.delete_tierneed",
        "earning.add_rule", "earning.change_rule", "earning.delete_rule",
        "earning.add_rulecondition", "earning.change_rulecondition", "earning.delete_rulecondition",
        "earning.add_milestone", "earning.change_milestone",
        "earning.add_milestoneoption", "earning.change_milestoneoption",
        "earning.add_occasion", "earning.change_occasion",
        "earning.add_offer", "earning.change_offer",
        "earning.add_rulelimit", "earning.change_rulelimit", "earning.delete_rulelimit",
        "rewards.add_conversion", "rewards.change_conversion",
        "tiers.add_tierexpiry", "tiers.change_tierexpiry", "tiers.delete_tierexpiry",
        "rewards.add_reward", "rewards.change_reward",
        "rewards.add_rewardpart", "rewards.change_rewardpart", "rewards.delete_rewardpart",
        "rewards.add_rewardprice", "rewards.change_rewardprice", "rewards.delete_rewardprice",
        "earning.add_referralterms", "earning.change_referralterms",
        GRANT, SIMULATE, "earning.view_simulationrun",
        "rewards.add_fund", "rewards.change_fund", UPLOAD_CODES, DRAW,
        "rewards.add_rewarddate", "rewards.change_rewarddate",
        "rewards.add_rewardstock", "rewards.change_rewardstock", "rewards.delete_rewardstock",
        ISSUE_KEY, REVOKE_KEY, IMPORT, DECIDE, READ_OPENING, POST_OPENING, MERGE, UNMERGE, ERASE,
        EXTEND, REINSTATE, TAKE_BACK,
        "surveys.add_care", "surveys.change_care", "surveys.add_survey", "surveys.change_survey",
        "surveys.add_version", "surveys.change_version",
        "surveys.add_question", "surveys.change_question", "surveys.delete_question",
        "surveys.add_branch", "surveys.change_branch", "surveys.delete_branch",
        "surveys.add_trigger", "surveys.change_trigger",
        "surveys.add_caserule", "surveys.change_caserule",
        "surveys.add_replytext", "surveys.change_replytext", "surveys.delete_replytext",
        "surveys.change_answer", "messaging.add_template", "messaging.change_template",
        "plans.add_plan", "plans.change_plan",
        "earning.add_dividend", "earning.change_dividend", DECLARE,
        "plans.add_planprice", "plans.change_planprice", "plans.delete_planprice",
        "plans.add_refundterms", "plans.change_refundterms", "plans.delete_refundterms",
        "plans.add_plancredit", "plans.change_plancredit", "plans.delete_plancredit",
        "plans.add_planbenefit", "plans.change_planbenefit",
    }
)  # fmt: skip

CLERK_MAY = CLERK_SEES | CLERK_VERBS
MANAGER_MAY = CLERK_MAY | MANAGER_SEES | MANAGER_CHANGES


def ensure_groups() -> tuple[Group, Group]:
    """Make the groups, or bring their permissions back to exactly these.

    Returns clerks and managers.

    Run it after `migrate`, which makes the permissions. Raises LookupError for one that does not
    exist.
    """
    with transaction.atomic():
        clerks, managers = _group(CLERKS, CLERK_MAY), _group(MANAGERS, MANAGER_MAY)
    return clerks, managers


def _group(name: str, wanted: Iterable[str]) -> Group:
    group, _made = Group.objects.get_or_create(name=name)
    group.permissions.set(_permissions(set(wanted)))
    return group


def _permissions(wanted: set[str]) -> list[Permission]:
    # Two short lists find some too many; a condition for each of two hundred names takes longer.
    found = Permission.objects.filter(
        content_type__app_label__in={name.partition(".")[0] for name in wanted},
        codename__in={name.partition(".")[2] for name in wanted},
    ).select_related("content_type")
    kept = [row for row in found if _name(row) in wanted]
    missing = wanted - {_name(row) for row in kept}
    if missing:
        raise LookupError(f"No such permission: {', '.join(sorted(missing))}. Run migrate first.")
    return kept


def _name(row: Permission) -> str:
    return f"{row.content_type.app_label}.{row.codename}"
