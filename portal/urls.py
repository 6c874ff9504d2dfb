"""The members' addresses."""

from __future__ import annotations

from django.urls import path

from portal import choosing, files, offers, person, sharing, surveying, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("activity/", views.activity, name="activity"),
    path("choose/<str:public_id>/", choosing.choose, name="choose"),
    path("tiers/", views.tiers, name="tiers"),
    path("rewards/", views.rewards, name="rewards"),
    path("rewards/<slug:code>/", views.reward, name="reward"),
    path("rewards/<slug:code>/have/", views.redeem, name="redeem"),
    path("offers/", offers.shown, name="offers"),
    path("offers/<slug:code>/activate/", offers.activate, name="activate"),
    path("offers/<str:public_id>/undo/", offers.undo, name="deactivate"),
    path("vouchers/", views.vouchers, name="vouchers"),
    path("vouchers/<slug:public_id>/", views.voucher, name="voucher"),
    path("vouchers/<slug:public_id>/give-back/", views.undo, name="undo"),
    path("plans/", views.plans, name="plans"),
    path("plans/start/<slug:code>/<slug:period>/", views.start_plan, name="start_plan"),
    path("plans/<slug:public_id>/cancel/", views.leave_plan, name="leave_plan"),
    path("card/", views.card, name="card"),
    path("profile/", views.profile, name="profile"),
    path("profile/points/", views.expiry, name="expiry"),
    path("send/", sharing.send, name="send"),
    path("household/", sharing.household, name="household"),
    path("household/found/", sharing.found, name="household_found"),
    path("household/invite/", sharing.invite, name="household_invite"),
    path("household/invitations/<uuid:pk>/", sharing.answer, name="invitation"),
    path("household/consent/", sharing.consent, name="household_consent"),
    path("household/leave/", sharing.leave, name="household_leave"),
    path("profile/statements/", views.statements, name="statements"),
    path("profile/statements/<slug:month>/", views.statement, name="statement"),
    path("profile/data/", person.held, name="held"),
    path("profile/data/file/", person.held_file, name="held_file"),
    path("profile/delete/", person.leave, name="leave"),
    path("profile/delete/code/", person.leave_code, name="leave_code"),
    path("good-bye/", person.left, name="left"),
    path("profile/scheme/", views.scheme, name="scheme"),
    path("profile/sign-out/", views.sign_out, name="sign_out"),
    path("invite/", views.invite, name="invite"),
    path("join/<slug:code>/", views.join, name="join"),
    path("inbox/", surveying.inbox, name="inbox"),
    path("inbox/letters/", surveying.letters, name="letters"),
    path("ask/<str:token>/", surveying.ask, name="ask"),
    path("answer/<str:token>/", surveying.answer, name="answer"),
    path("claim/", views.claim, name="claim"),
    path("offline/", views.offline, name="offline"),
    path("style.css", files.style, name="stylesheet"),
    path("manifest.webmanifest", files.manifest, name="manifest"),
    path("sw.js", files.worker, name="worker"),
]
