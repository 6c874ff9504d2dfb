"""Privacy: what every column of every table holds about a person, and how it is emptied.

Each app describes its own tables (`<app>/privacy.py`); a column that nobody described fails the
build. Erasing a person, proving that nothing is left, and telling people what is held about them
all read these sheets and nothing else.

Four kinds of columns:
- plain: ids, amounts, dates, codes: what the books need, and nobody is known by;
- personal: what somebody is known by; each says what stands there afterwards;
- words: what people typed about somebody (reasons, notes): replaced in the person's own rows;
- sentences: what the house wrote, which may name somebody: names are cut out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db import models

ERASED = "[erased]"


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """What one column is.

    `emptied` is what a personal column, or a typed one, holds afterwards (a callable is asked when
    it is needed). `is_text`: former values are searched for, and cut out, in everybody's rows.
    `withheld` says why people are not shown it.
    """

    is_personal: bool = False
    emptied: Any = None
    is_text: bool = False
    withheld: Any = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """Whom an erasure or an export is about: memberships, logins, and what they are known by.

    `marks` are known to nobody else (addresses, numbers); `names` may be shared by others.
    """

    members: tuple[Any, ...]
    logins: tuple[Any, ...]
    marks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its columns, and how the rows of a person are found.

    `member` or `login` is a lookup to whose row it is; `rows` finds them where no column says so.
    `title` is what people read above their own rows. With `is_deleted`, erasure removes the rows.
    `only` narrows which of the person's rows have their typed words replaced.
    """

    model: str
    columns: Mapping[str, Column]
    title: Any = ""
    member: str = ""
    login: str = ""
    rows: Callable[[Person], models.QuerySet[Any]] | None = None
    is_deleted: bool = False
    only: models.Q = dataclasses.field(default_factory=models.Q)

    @property
    def table(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def is_about_people(self) -> bool:
        """Whether rows of it belong to somebody."""
        return bool(self.member or self.login or self.rows)

    def rows_of(self, person: Person) -> models.QuerySet[Any]:
        """The person's rows."""
        if self.rows is not None:
            return self.rows(person)
        objects = self.table._base_manager
        if self.member:
            return objects.filter(**{f"{self.member}__in": person.members})
        if self.login:
            return objects.filter(**{f"{self.login}__in": person.logins})
        return objects.none()

    def texts(self) -> list[str]:
        """The columns in which somebody may be named."""
        return [name for name, column in self.columns.items() if column.is_text]


def plain(names: str) -> dict[str, Column]:
    """Columns that say nothing by which somebody is known."""
    return dict.fromkeys(names.split(), Column())


def personal(**emptied: Any) -> dict[str, Column]:
    """Columns by which somebody is known, each with what stands there afterwards."""
    return {name: Column(is_personal=True, emptied=value) for name, value in emptied.items()}


def gone(names: str) -> dict[str, Column]:
    """Columns by which somebody is known, in rows that are removed."""
    return dict.fromkeys(names.split(), Column(is_personal=True))


def secret(names: str, why: Any) -> dict[str, Column]:
    """Personal columns that people are not shown, and the reason they are given."""
    return dict.fromkeys(names.split(), Column(is_personal=True, withheld=why))


def words(names: str, emptied: Any = ERASED) -> dict[str, Column]:
    """What people typed about somebody."""
    return dict.fromkeys(names.split(), Column(is_personal=True, emptied=emptied, is_text=True))


def sentences(names: str) -> dict[str, Column]:
    """What the house wrote and may name somebody in."""
    return dict.fromkeys(names.split(), Column(is_text=True))


def house(app: str, tables: Mapping[str, str]) -> list[Sheet]:
    """Tables of an app that are about nobody: by model, the names of all columns."""
    return [Sheet(f"{app}.{model}", plain(names)) for model, names in tables.items()]


_sheets: dict[str, Sheet] = {}


def register(sheets: Iterable[Sheet]) -> None:
    """Describe tables. Called once by each app, at start-up."""
    for sheet in sheets:
        _sheets[sheet.model] = sheet


def sheets() -> list[Sheet]:
    """Every table that was described, in the order of the floors."""
    return list(_sheets.values())
