"""Ordering a simulation: a draft as text or as a file, since when, and off it goes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django import forms
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminTextareaWidget

from desk import roles
from desk.verbs.base import Done, VerbForm
from earning import simulating, tasks
from program import blueprint, toml

LARGEST = 1_000_000  # bytes of a blueprint; the largest we know has 40,000


class Simulate(VerbForm):
    title, button = later("Simulate a draft"), later("Replay the past under it")
    intro = later(
        "Everything that was recorded is replayed as if the draft had been in force. Nothing is "
        "changed. It takes a while; you may leave the page and come back."
    )
    permission = roles.SIMULATE

    file = forms.FileField(
        label=later("A blueprint"),
        required=False,
        help_text=later("A program.toml, or a .zip of its folder. Or change the text below."),
    )
    since = forms.DateField(
        label=later("As if it came into force on"),
        required=False,
        widget=UnfoldAdminDateWidget(),
        help_text=later("Empty: as if it had been in force all along."),
    )
    draft = forms.CharField(
        label=later("The program as it is"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 30, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = {} if args and args[0] else {"draft": toml.write(blueprint.export())}
        super().__init__(*args, **kwargs, initial=initial)

    @property
    def home(self) -> str:
        return reverse("admin:earning_simulationrun_changelist")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("file"):
            try:
                data["draft"] = _text_of(data["file"])
            except (UnicodeDecodeError, zipfile.BadZipFile, KeyError):
                self.add_error("file", _("There is no program.toml in it that can be read."))
        return data

    def act(self, *, actor: str) -> Done:
        data = self.cleaned_data
        row = simulating.order(data["draft"], since=data["since"], actor=actor)
        transaction.on_commit(lambda: tasks.simulate.delay(str(row.pk)))
        url = reverse("admin:earning_simulationrun_change", args=[row.pk])
        return Done(_("It is on its way."), url)


def _text_of(file: Any) -> str:
    """The blueprint in an uploaded file. Raises KeyError where there is none, or one too large."""
    raw: bytes = file.read(LARGEST + 1)
    if zipfile.is_zipfile(io.BytesIO(raw)):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            found = [one for one in archive.infolist() if one.filename.endswith(blueprint.FILE)]
            inside = min(found, key=lambda one: len(one.filename), default=None)
            if inside is None or inside.file_size > LARGEST:
                raise KeyError(blueprint.FILE)
            raw = archive.read(inside)
    if len(raw) > LARGEST:
        raise KeyError(blueprint.FILE)
    return raw.decode("utf-8")
