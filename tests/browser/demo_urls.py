"""The addresses of the site with those that only the demo has."""

from __future__ import annotations

from typing import Any

from django.urls import include, path

from loyalty_site.urls import *  # noqa: F403
from loyalty_site.urls import urlpatterns as site

urlpatterns: list[Any] = [path("demo/", include("loyalty_site.demo.urls")), *site]
