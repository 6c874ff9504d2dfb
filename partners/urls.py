"""The addresses of the API, version 1. Additions only."""

from __future__ import annotations

from django.urls import path, re_path
from drf_spectacular.views import SpectacularSwaggerSplitView

from common.api import NowhereView
from partners import pages, views
from partners.schema import SchemaView

app_name = "partners"
urlpatterns = [
    path("activities", views.ActivityViewSet.as_view({"post": "create"}), name="activities"),
    path("members/<str:card>", views.MemberViewSet.as_view({"get": "retrieve"}), name="member"),
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="partners:schema"), name="docs"),
    path("problems", pages.catalogue, name="problems"),
    path("problems/<str:code>", pages.problem, name="problem"),
    re_path(".", NowhereView.as_view(), name="nowhere"),
]
