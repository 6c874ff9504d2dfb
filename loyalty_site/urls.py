"""Every address of the site."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from loyalty_site import health, metrics

admin.autodiscover()

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.view, name="metrics"),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("partners.urls")),
    path("", include("messaging.urls")),
    path("", include("portal.urls")),
]
if settings.DEMO:
    urlpatterns.insert(0, path("demo/", include("loyalty_site.demo.urls")))

handler400 = "loyalty_site.failures.bad_request"
handler403 = "loyalty_site.failures.refused"
handler404 = "loyalty_site.failures.not_found"
handler500 = "loyalty_site.failures.broken"
