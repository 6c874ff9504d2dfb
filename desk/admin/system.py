"""Logins, groups and schedules: what Django, allauth and Celery bring, in the desk's clothes."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import admin as account_admin
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_celery_beat import admin as beat_admin
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from desk import say
from desk.admin.base import FactAdmin, HouseAdmin, HouseForm
from members.models import User

for _model in (
    Group,
    EmailAddress,
    PeriodicTask,
    IntervalSchedule,
    CrontabSchedule,
    SolarSchedule,
    ClockedSchedule,
):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class LoginForm(HouseForm, UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class NewLoginForm(HouseForm, UserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")
        field_classes: ClassVar[dict[str, Any]] = {}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin, HouseAdmin):
    form = LoginForm
    add_form = NewLoginForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "name", "works_here", "card", "since")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    list_select_related = ("member",)
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ("groups", "user_permissions")
    fieldsets: ClassVar = [
        (None, {"fields": ("email", "name", "password")}),
        (
            _("What they may do"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
    ]
    add_fieldsets: ClassVar = [
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    ]
    empty_hint = _("No login fits. Members make their own; staff are added here.")

    @display(description=_("staff"), boolean=True)
    def works_here(self, row: User) -> bool:
        return row.is_staff

    @display(description=_("member"))
    def card(self, row: User) -> str:
        member = getattr(row, "member", None)
        return member.name if member else say.NOTHING

    @display(description=_("since"))
    def since(self, row: User) -> str:
        return say.day(row.date_joined)


@admin.register(Group)
class GroupAdmin(auth_admin.GroupAdmin, HouseAdmin):
    list_display = ("name", "people")
    empty_hint = _("No groups yet. Make Clerks and Managers with: manage.py roles")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).annotate(people_count=Count("user"))

    @display(description=_("people"))
    def people(self, row: Group) -> int:
        return int(getattr(row, "people_count", 0))


@admin.register(EmailAddress)
class EmailAddressAdmin(account_admin.EmailAddressAdmin, ModelAdmin):
    """Addresses that were, or are still to be, proven."""


@admin.register(LogEntry)
class LogEntryAdmin(FactAdmin):
    """What was added, changed and deleted in the admin, and by whom."""

    list_display = ("when", "user", "__str__")
    list_select_related = ("user", "content_type")
    list_filter = ("action_flag", "content_type")
    fields = ("when", "user", "content_type", "object_repr", "action_flag", "change_message")
    readonly_fields = ("when",)
    empty_hint = _("Nobody has changed program data here yet.")

    @display(description=_("when"))
    def when(self, row: LogEntry) -> str:
        return say.moment(row.action_time)


class TaskWidget(UnfoldAdminSelectWidget, beat_admin.TaskSelectWidget):
    """The drop-down of tasks that the workers know."""


class ScheduleForm(beat_admin.PeriodicTaskForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = TaskWidget()


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(beat_admin.PeriodicTaskAdmin, ModelAdmin):
    form = ScheduleForm
    list_select_related = ("interval", "crontab", "solar", "clocked")


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(ModelAdmin):
    list_display = ("__str__",)


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(beat_admin.CrontabScheduleAdmin, ModelAdmin):
    """Times of day and days of the week."""


@admin.register(SolarSchedule)
class SolarScheduleAdmin(ModelAdmin):
    list_display = ("__str__",)


@admin.register(ClockedSchedule)
class ClockedScheduleAdmin(beat_admin.ClockedScheduleAdmin, ModelAdmin):
    """Single moments."""
