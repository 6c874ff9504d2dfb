"""Form fields for what the database keeps as JSON or in smallest parts, written the way people
write it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from common.text import scaled
from program.models import Unit

COLOR = re.compile(r"#[0-9a-fA-F]{6}")


class LinesField(forms.CharField):
    """A list of sentences, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [
            line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()
        ]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


class ColorsField(forms.CharField):
    """Two or three colors, separated by spaces or commas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=UnfoldAdminTextInputWidget(), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return " ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").replace(",", " ").split()

    def validate(self, value: Any) -> None:
        super().validate(value)
        wrong = [color for color in value if not COLOR.fullmatch(color)]
        if wrong:
            raise ValidationError(
                _("%(color)s is not a color of the form #1a2b3c.") % {"color": wrong[0]}
            )
        if len(value) not in (2, 3):
            raise ValidationError(_("A pennant has two or three colors."))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


class DaysField(forms.CharField):
    """Whole numbers of days, separated by spaces or commas, the largest first; none for an empty
    field.
    """

    most, is_descending = 3650, True
    mistake = gettext_lazy(
        "Write numbers of days from 1 to 3650, such as 60, 30, 7. This is none: %(word)s"
    )

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=UnfoldAdminTextInputWidget(), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = (super().to_python(value) or "").replace(",", " ").split()
        wrong = [word for word in words if not word.isdecimal() or not 1 <= int(word) <= self.most]
        if wrong:
            raise ValidationError(self.mistake % {"word": wrong[0]})
        return sorted({int(word) for word in words}, reverse=self.is_descending)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or []) != self.to_python(data)
        except ValidationError:
            return True


class MonthsField(DaysField):
    """Months of the year by their numbers, in order; none for an empty field."""

    most, is_descending = 12, False
    mistake = gettext_lazy(
        "Write numbers of months from 1 to 12, such as 3, 6, 9, 12. This is none: %(word)s"
    )


class ChoicesField(forms.CharField):
    """Choices, one a line: `code = words`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return "\n".join(f"{code} = {words}" for code, words in value.items())
        return value

    def to_python(self, value: Any) -> Any:
        found: dict[str, str] = {}
        for line in (super().to_python(value) or "").splitlines():
            code, equals, words = (part.strip() for part in line.partition("="))
            if not code and not words:
                continue
            if not (code and equals and words):
                raise ValidationError(
                    _("Write one choice a line: code = words. This line is not: %(line)s")
                    % {"line": line.strip()}
                )
            found[code] = words
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or {}) != self.to_python(data)
        except ValidationError:
            return True


class AmountField(forms.DecimalField):
    """An amount in whole units, as people write it.

    The form turns it into the unit's smallest part with `smallest`.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )
        super().__init__(max_digits=15, decimal_places=2, localize=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Spaces and a real minus sign are forgiven; so are commas between thousands."""
        if isinstance(value, str):
            value = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", value)
            value = value.replace("\N{MINUS SIGN}", "-").replace(" ", "").replace("\xa0", "")
        return super().to_python(value)


def smallest(value: Decimal, unit: Unit) -> int:
    """An amount in the unit's smallest part.

    Raises ValidationError when the unit has fewer decimals.
    """
    parts = value.scaleb(unit.decimals)
    if parts != parts.to_integral_value():
        raise ValidationError(
            _("%(units)s have %(decimals)s decimals.")
            % {"units": unit.plural.capitalize(), "decimals": unit.decimals}
            if unit.decimals
            else _("%(units)s are whole numbers.") % {"units": unit.plural.capitalize()}
        )
    return int(parts)


class AmountsMixin:
    """A model form with amounts that are kept in smallest parts and written in whole units.

    `amounts` says for each which field, or which attribute of the form, has its unit.
    """

    amounts: Mapping[str, str] = {}

    def unit_of(self, source: str) -> Unit | None:
        """The unit behind a field of the form, as chosen or as stored; None while it is unknown."""
        chosen = getattr(self, "cleaned_data", {}).get(source)
        if isinstance(chosen, Unit):
            return chosen
        row = self.instance  # type: ignore[attr-defined]
        return getattr(row, source) if getattr(row, f"{source}_id", None) else None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, source in self.amounts.items():
            stored = self.initial.get(name)  # type: ignore[attr-defined]
            unit = self.unit_of(source)
            if isinstance(stored, int) and unit is not None:
                self.initial[name] = scaled(stored, unit.decimals)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}  # type: ignore[misc]
        for name, source in self.amounts.items():
            value, unit = data.get(name), self.unit_of(source)
            if isinstance(value, Decimal) and unit is not None:
                try:
                    data[name] = smallest(value, unit)
                except ValidationError as error:
                    self.add_error(name, error)  # type: ignore[attr-defined]
        return data
