"""The addresses of the API, version 1. Additions only."""

from __future__ import annotations

from typing import Any

from django.urls import path, re_path
from drf_spectacular.views import SpectacularSwaggerSplitView

from common.api import NowhereView
from partners import pages, routes
from partners.schema import SchemaView
from partners.views.activities import ActivityViewSet
from partners.views.changes import ChangeViewSet
from partners.views.choices import ChoiceViewSet
from partners.views.conversions import ConversionViewSet
from partners.views.events import EventViewSet
from partners.views.imports import ImportViewSet
from partners.views.members import MemberViewSet
from partners.views.offers import OfferViewSet
from partners.views.plans import PlanViewSet
from partners.views.program import ProgramViewSet
from partners.views.quotes import QuoteViewSet
from partners.views.redemptions import RedemptionViewSet
from partners.views.reservations import ReservationViewSet
from partners.views.rewards import RewardViewSet
from partners.views.vouchers import VoucherViewSet
from partners.views.webhooks import DeliveryViewSet, WebhookViewSet


def at(route: str, views: type, name: str, **actions: str) -> Any:
    """An address with its methods: `at("rewards", RewardViewSet, "rewards", get="list")`."""
    return path(route, views.as_view(actions), name=name)  # type: ignore[attr-defined]


app_name = "partners"
urlpatterns = [
    at("activities", ActivityViewSet, "activities", get="list", post="create"),
    at("activities/batch", ActivityViewSet, "activity-batch", post="batch"),
    at("activities/<str:activity>", ActivityViewSet, "activity", get="retrieve"),
    at("activities/<str:activity>/confirm", ChangeViewSet, "activity-confirm", post="confirm"),
    at("activities/<str:activity>/cancel", ChangeViewSet, "activity-cancel", post="cancel"),
    at("activities/<str:activity>/amend", ChangeViewSet, "activity-amend", post="amend"),
    at("quotes", QuoteViewSet, "quotes", post="create"),
    at("members", MemberViewSet, "members", post="create"),
    at("members/find", MemberViewSet, "member-find", post="find"),
    at("members/<str:member>", MemberViewSet, "member", get="retrieve", patch="update"),
    at("members/<str:member>/balance", MemberViewSet, "member-balance", get="balance"),
    at("members/<str:member>/standing", MemberViewSet, "member-standing", get="standing"),
    at("members/<str:member>/entries", MemberViewSet, "member-entries", get="entries"),
    at("members/<str:member>/statements", MemberViewSet, "member-statements", get="statements"),
    at(
        "members/<str:member>/statements/<str:month>",
        MemberViewSet,
        "member-statement",
        get="statement",
    ),
    at("members/<str:member>/offers", OfferViewSet, "member-offers", get="list"),
    at(
        "members/<str:member>/offers/<str:offer>/activate",
        OfferViewSet,
        "offer-activate",
        post="activate",
    ),
    at("members/<str:member>/offers/<str:offer>/undo", OfferViewSet, "offer-undo", post="undo"),
    at("members/<str:member>/plans", PlanViewSet, "member-plans", get="list"),
    at(
        "members/<str:member>/plans/<str:plan>/benefits/<str:benefit>/use",
        PlanViewSet,
        "benefit-use",
        post="use",
    ),
    at("members/<str:member>/choices", ChoiceViewSet, "member-choices", get="list"),
    at(
        "members/<str:member>/choices/<str:choice>",
        ChoiceViewSet,
        "member-choice",
        get="retrieve",
        post="choose",
    ),
    at("members/<str:member>/receipt", MemberViewSet, "member-receipt", get="receipt"),
    at("rewards", RewardViewSet, "rewards", get="list"),
    at("rewards/<str:reward>", RewardViewSet, "reward", get="retrieve"),
    at("redemptions", RedemptionViewSet, "redemptions", get="list", post="create"),
    at("redemptions/<str:redemption>", RedemptionViewSet, "redemption", get="retrieve"),
    at(
        "redemptions/<str:redemption>/cancel", RedemptionViewSet, "redemption-cancel", post="cancel"
    ),
    at("reservations", ReservationViewSet, "reservations", post="create"),
    at("reservations/<str:reservation>", ReservationViewSet, "reservation", get="retrieve"),
    at(
        "reservations/<str:reservation>/capture",
        ReservationViewSet,
        "reservation-capture",
        post="capture",
    ),
    at(
        "reservations/<str:reservation>/release",
        ReservationViewSet,
        "reservation-release",
        post="release",
    ),
    at("vouchers/<str:code>", VoucherViewSet, "voucher", get="retrieve"),
    at("vouchers/<str:code>/use", VoucherViewSet, "voucher-use", post="use"),
    at("vouchers/<str:code>/undo", VoucherViewSet, "voucher-undo", post="undo"),
    at("conversions", ConversionViewSet, "conversions", get="list", post="create"),
    at("events", EventViewSet, "events", get="list"),
    at("program", ProgramViewSet, "program", get="retrieve"),
    at("locations", ProgramViewSet, "locations", get="locations"),
    at("webhooks", WebhookViewSet, "webhooks", get="list", post="create"),
    at(
        "webhooks/<str:webhook>",
        WebhookViewSet,
        "webhook",
        get="retrieve",
        patch="update",
        delete="remove",
    ),
    at("webhooks/<str:webhook>/rotate", WebhookViewSet, "webhook-rotate", post="rotate"),
    at("webhooks/<str:webhook>/resume", WebhookViewSet, "webhook-resume", post="resume"),
    at("webhooks/<str:webhook>/test", WebhookViewSet, "webhook-test", post="test"),
    at("webhooks/<str:webhook>/replay", WebhookViewSet, "webhook-replay", post="replay"),
    at("webhooks/<str:webhook>/deliveries", DeliveryViewSet, "deliveries", get="list"),
    at("deliveries/<str:delivery>", DeliveryViewSet, "delivery", get="retrieve"),
    at("deliveries/<str:delivery>/replay", DeliveryViewSet, "delivery-replay", post="replay"),
    at("imports", ImportViewSet, "imports", get="list", post="create"),
    at("imports/<str:import>", ImportViewSet, "import", get="retrieve"),
    at("imports/<str:import>/errors", ImportViewSet, "import-errors", get="errors"),
    at("imports/<str:import>/apply", ImportViewSet, "import-apply", post="apply"),
    at("imports/<str:import>/cancel", ImportViewSet, "import-cancel", post="cancel"),
    at("imports/<str:import>/resume", ImportViewSet, "import-resume", post="resume"),
    *routes.more(),
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="partners:schema"), name="docs"),
    path("problems", pages.catalogue, name="problems"),
    path("problems/<str:code>", pages.problem, name="problem"),
    re_path(".", NowhereView.as_view(), name="nowhere"),
]
