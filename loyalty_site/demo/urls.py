from __future__ import annotations

from django.urls import path

from loyalty_site.demo import views

app_name = "demo"
urlpatterns = [
    path("till/", views.till, name="till"),
    path("mail/", views.inbox, name="inbox"),
    path("mail/<str:letter_id>/", views.letter, name="letter"),
]
