"""How the desk looks and where its doors are: unfold's settings.

Read by settings, so nothing here asks for a model.

The colors follow the operator's brand: hue and chroma of accent and ink, with lightness chosen so
that words keep 4.5:1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _

from common.ui import colors

STEPS = (50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950)
LIGHTNESS = (0.985, 0.96, 0.92, 0.86, 0.71, 0.60, 0.50, 0.43, 0.34, 0.25, 0.19)
# Greys carry a trace of the ink's hue: paper by day, deep navy by night.
INK_CHROMA = (0.004, 0.007, 0.012, 0.018, 0.026, 0.032, 0.036, 0.04, 0.04, 0.04, 0.036)
LIGHT_GROUNDS = ("#ffffff", "#f6f6f8")


def _brand(request: HttpRequest) -> tuple[str, str]:
    from desk import house
    from program.models import Program

    known = house.program(request) or Program()
    return known.brand_accent, known.brand_ink


def base(request: HttpRequest) -> dict[str, str]:
    """Greys in the hue of the brand's ink."""
    return dict(_greys(_brand(request)[1]))


def primary(request: HttpRequest) -> dict[str, str]:
    """The brand's accent from pale to dark; 600 carries white words, 500 is read on the dark
    scheme's grounds.
    """
    return dict(_accents(*_brand(request)))


@lru_cache(maxsize=8)
def _greys(ink: str) -> dict[str, str]:
    hue = colors.to_oklch(ink)
    hue = hue if hue.chroma > 0.01 else colors.Oklch(hue.light, 0.04, math.radians(262))
    shades = zip(STEPS, LIGHTNESS, INK_CHROMA, strict=True)
    return {str(step): colors.from_oklch(hue.at(light, chroma)) for step, light, chroma in shades}


@lru_cache(maxsize=8)
def _accents(accent: str, ink: str) -> dict[str, str]:
    hue, night = colors.to_oklch(accent), _greys(ink)["800"]
    tones = {
        str(step): colors.from_oklch(hue.at(light, hue.chroma * (0.25 if light > 0.9 else 1)))
        for step, light in zip(STEPS, LIGHTNESS, strict=True)
    }
    dark = colors.reach(accent, colors.TEXT, *LIGHT_GROUNDS, up=False)
    return tones | {"600": dark, "500": colors.reach(accent, colors.TEXT, night, up=True)}


def header(request: HttpRequest) -> str:
    """The program's name."""
    from desk import house

    known = house.program(request)
    return known.name if known else "Pennant"


def subheader(request: HttpRequest) -> str:
    """Whose desk it is."""
    from desk import house

    known = house.program(request)
    return (
        str(_("Desk of %(business)s") % {"business": known.business}) if known else str(_("Desk"))
    )


def _may(*names: str) -> Callable[[HttpRequest], bool]:
    return lambda request: all(request.user.has_perm(name) for name in names)


def _item(title: Any, icon: str, url: str, *names: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "url": url,
        "permission": _may(*names),
    }


def _list(title: Any, icon: str, model: str) -> dict[str, Any]:
    app, name = model.split(".")
    return _item(title, icon, f"{app}_{name}_changelist", f"{app}.view_{name}")


def _group(title: Any, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "separator": True, "collapsible": True, "items": items}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The doors that are open to whoever is signed in, the one they stand in marked.

    Every page shows them, so words and addresses are told here, once: as the lazy strings of
    NAVIGATION they would be looked up anew wherever a template reads them.
    """
    prefix = get_script_prefix()
    groups = [
        {**group, "items": [_door(one, prefix) for one in group["items"] if _opens(one, request)]}
        for group in NAVIGATION
    ]
    items = [item for group in groups for item in group["items"]]
    first = _address(FIRST_PAGE, prefix)
    covered = [_nearness(item["link"], request.path, first) for item in items]
    nearest = max(covered, default=0)
    for item, near in zip(items, covered, strict=True):
        item["active"] = 0 < nearest == near
    return [{**group, "title": str(group.get("title", ""))} for group in groups if group["items"]]


def _opens(item: dict[str, Any], request: HttpRequest) -> bool:
    return bool(item["permission"](request))


def _door(item: dict[str, Any], prefix: str) -> dict[str, Any]:
    link = _address(item["url"], prefix)
    return {"title": str(item["title"]), "icon": item["icon"], "link": link}


@lru_cache(maxsize=256)
def _address(url: str, prefix: str) -> str:
    """Where a page of the admin is, under the prefix of the whole site."""
    return reverse(f"admin:{url}")


def _nearness(link: str, path: str, first: str) -> int:
    """How much of an address a door's own covers; the first page's is its own alone."""
    is_inside = path == link if link == first else path.startswith(link)
    return len(link) if is_inside else 0


FIRST_PAGE = "index"
NAVIGATION: list[dict[str, Any]] = [
    {
        "items": [
            _item(_("Today"), "flag", "index"),
            _list(_("Members"), "group", "members.member"),
            _item(_("Enrol a member"), "person_add", "members_member_add", "members.add_member"),
            _item(
                _("Members who look alike"),
                "merge",
                "members_member_alike",
                "members.add_membermerge",
            ),
            _item(
                _("Use a voucher"),
                "qr_code_scanner",
                "rewards_voucher_use",
                "rewards.change_redemption",
            ),
            _list(_("Vouchers"), "confirmation_number", "rewards.redemption"),
            _list(_("Invitations"), "group_add", "earning.referral"),
            _list(_("Pending activities"), "hourglass_top", "earning.pendingactivity"),
            _list(_("Choices"), "checklist", "earning.milestonechoice"),
            _list(_("Activated offers"), "local_offer", "earning.offeractivation"),
            _list(_("Orders to send"), "local_shipping", "rewards.fulfilment"),
            _list(_("Unclaimed activities"), "help", "earning.unclaimedactivity"),
            _list(
                _("Waiting for a second person"),
                "supervised_user_circle",
                "points.adjustmentrequest",
            ),
            _item(
                _("Adjustments of a day"),
                "fact_check",
                "points_adjustmentrequest_report",
                "points.change_adjustmentrequest",
            ),
        ],
    },
    _group(
        _("What happened"),
        [
            _list(_("Activities"), "event_available", "earning.activity"),
            _list(_("Awards"), "add_circle", "earning.award"),
            _list(_("Imports"), "upload_file", "earning.importrun"),
            _list(_("Opening balances"), "drive_folder_upload", "points.openingrun"),
            _list(_("Imported files"), "upload_file", "partners.import"),
            _list(_("Standings"), "military_tech", "tiers.standing"),
            _list(_("Subscriptions"), "autorenew", "plans.subscription"),
            _list(_("Charges"), "request_quote", "plans.charge"),
            _list(_("Events"), "history", "events.event"),
        ],
    ),
    _group(
        _("Questions"),
        [
            _item(_("Cases"), "support_agent", "surveys_case_board", "surveys.view_case"),
            _item(_("Scores"), "speed", "surveys_survey_scores", "surveys.view_tally"),
            _list(_("Who was asked"), "forum", "surveys.invitation"),
            _list(_("Who was not, and why"), "rule", "surveys.decision"),
            _list(_("Answers"), "reviews", "surveys.answer"),
            _list(_("Letters"), "mail", "messaging.letter"),
        ],
    ),
    _group(
        _("The ledger"),
        [
            _list(_("Entries"), "receipt_long", "points.entry"),
            _list(_("Postings"), "post_add", "points.posting"),
            _list(_("Accounts"), "account_balance_wallet", "points.account"),
            _list(_("Lots"), "inventory_2", "points.lot"),
            _list(_("Holds"), "lock_clock", "points.hold"),
            _list(_("Transfers"), "send", "points.transfer"),
            _list(_("Extensions"), "update", "points.extension"),
            _list(_("Uses of lots"), "call_split", "points.lotuse"),
            _list(_("Audits"), "verified", "points.auditrun"),
        ],
    ),
    _group(
        _("How members earn"),
        [
            _list(_("Activity types"), "category", "program.activitytype"),
            _list(_("Earning rules"), "calculate", "earning.rule"),
            _list(_("Offers"), "local_offer", "earning.offer"),
            _list(_("Milestones"), "emoji_flags", "earning.milestone"),
            _list(_("Occasions"), "celebration", "earning.occasion"),
            _list(_("Dividends"), "savings", "earning.dividend"),
            _list(_("Declarations"), "campaign", "earning.declaration"),
            _list(_("Invitation terms"), "handshake", "earning.referralterms"),
        ],
    ),
    _group(
        _("Tiers and households"),
        [
            _list(_("Ladders and tiers"), "stairs", "tiers.ladder"),
            _list(_("Routes to tiers"), "alt_route", "tiers.tierroute"),
            _list(_("Ends by tier"), "hourglass", "tiers.tierexpiry"),
            _list(_("Households"), "home", "members.household"),
            _list(_("Segments"), "diversity_3", "members.segment"),
        ],
    ),
    _group(
        _("Rewards and plans"),
        [
            _list(_("Rewards"), "redeem", "rewards.reward"),
            _list(_("Uploaded codes"), "list", "rewards.rewardcode"),
            _list(_("Conversions"), "currency_exchange", "rewards.conversion"),
            _list(_("Funds"), "volunteer_activism", "rewards.fund"),
            _list(_("Draws"), "casino", "rewards.draw"),
            _list(_("Plans"), "card_membership", "plans.plan"),
        ],
    ),
    _group(
        _("Surveys and letters"),
        [
            _list(_("Surveys"), "quiz", "surveys.survey"),
            _list(_("What they ask"), "list_alt", "surveys.version"),
            _list(_("When they ask"), "bolt", "surveys.trigger"),
            _list(_("Which open cases"), "flag_circle", "surveys.caserule"),
            _list(_("Ways of asking"), "tune", "surveys.care"),
            _list(_("Texts of replies"), "short_text", "surveys.replytext"),
            _list(_("Words of letters"), "draft", "messaging.template"),
        ],
    ),
    _group(
        _("The program"),
        [
            _list(_("Name and brand"), "palette", "program.program"),
            _list(_("Units"), "toll", "program.unit"),
            _list(_("Partners and places"), "storefront", "program.partner"),
            _list(_("API keys"), "key", "partners.apikey"),
            _list(_("Simulations"), "science", "earning.simulationrun"),
            _list(_("Applied blueprints"), "history_edu", "program.revision"),
        ],
    ),
    _group(
        _("Engine room"),
        [
            _list(_("Logins"), "badge", "members.user"),
            _list(_("Groups"), "groups", "auth.group"),
            _list(_("Changes in the admin"), "manage_history", "admin.logentry"),
            _list(_("Workers"), "favorite", "events.heartbeat"),
            _list(_("Schedules"), "schedule", "django_celery_beat.periodictask"),
        ],
    ),
]

# unfold's own choice of greys for words does not reach 4.5:1 on the sidebar.
WORDS = {
    "subtle-light": "var(--color-base-600)",
    "subtle-dark": "var(--color-base-300)",
    "default-light": "var(--color-base-700)",
    "default-dark": "var(--color-base-200)",
    "important-light": "var(--color-base-900)",
    "important-dark": "var(--color-base-50)",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": header,
    "SITE_HEADER": header,
    "SITE_SUBHEADER": subheader,
    "SITE_URL": "/",
    "SITE_SYMBOL": "flag",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "COLORS": {"base": base, "primary": primary, "font": WORDS},
    "STYLES": [lambda request: static("desk/desk.css")],
    "SCRIPTS": [lambda request: static("desk/desk.js")],
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": navigation},
}
