"""The addresses in letters."""

from __future__ import annotations

from django.urls import path

from messaging import views

app_name = "messaging"
urlpatterns = [path("letters/<str:token>/", views.stop, name="stop")]
