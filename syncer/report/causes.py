"""For each failure: what it is called, who must act, and what to do next. Every failure has a cure or an owner.

The words are data: `config/causes.toml`, in both languages. Our own code is looked up first, then the marketplace's
code, then the cause alone, so that a marketplace without entries of its own still says who must act.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from adapters.contract import Cause, MarketplaceError
from syncer.settings import config_dir
from syncer.texts import language

NAME = "causes.toml"


class Who(StrEnum):
    """Who must act."""

    staff = "staff"
    operator = "operator"
    marketplace = "marketplace"
    nobody = "nobody"


PEOPLE = (Who.staff, Who.operator)
"""Those of ours: what waits for them is something to do."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A failure in words of the language in use. `id` names its place in the data, as 'shopee.promotion'."""

    id: str
    who: Who
    title: str
    action: str

    @property
    def for_people(self) -> bool:
        """Whether somebody of ours must act."""
        return self.who in PEOPLE


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the data, in every language."""

    id: str
    who: Who
    title: Mapping[str, str]
    action: Mapping[str, str]

    def said(self) -> Advice:
        """The entry in the language in use."""
        return Advice(self.id, self.who, self.title[language()], self.action[language()])


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry for some codes of one marketplace. `says` is looked for in the message; None = whatever it says."""

    entry: Entry
    cause: Cause
    codes: tuple[str, ...]
    says: str | None

    def covers(self, cause: Cause, code: str, text: str) -> bool:
        """True if cause, code and words agree."""
        return (
            cause is self.cause
            and any(fnmatchcase(code, pattern) for pattern in self.codes)
            and (self.says is None or re.search(self.says, text, re.IGNORECASE) is not None)
        )


@dataclass(frozen=True, slots=True)
class Book:
    """All that `causes.toml` says."""

    causes: Mapping[Cause, Entry]
    codes: Mapping[str, Entry]
    rules: Mapping[str, tuple[Rule, ...]]


@cache
def book() -> Book:
    """The data, read once.

    Raises:
        KeyError: an entry lacks a key.
        ValueError: a cause or a `who` that does not exist, or the file is not TOML.
    """
    raw = tomllib.loads((config_dir() / NAME).read_text(encoding="utf-8"))
    return Book(
        causes={Cause(name): _entry(name, entry) for name, entry in raw["cause"].items()},
        codes={name: _entry(name, entry) for name, entry in raw["code"].items()},
        rules={name: tuple(map(_rule, entries)) for name, entries in raw["marketplace"].items()},
    )


def advice(cause: Cause | None, code: str = "", marketplace: str = "", text: str = "") -> Advice:
    """What to tell people of a failure, in the language in use: by its code, else by its cause."""
    known = book()
    cause = cause or Cause.unknown
    if code in known.codes:
        return known.codes[code].said()
    rules = known.rules.get(marketplace, ())
    found = next((rule.entry for rule in rules if rule.covers(cause, code, text)), None)
    return (found or known.causes[cause]).said()


def advice_on_error(error: MarketplaceError, marketplace: str) -> Advice:
    """What to tell people of a call that failed as a whole."""
    return advice(error.cause, error.code, marketplace, error.text)


def advice_on(code: str) -> Advice:
    """What to tell people of one of our own codes.

    Raises:
        KeyError: there is no such code.
    """
    return book().codes[code].said()


def _entry(name: str, raw: Mapping[str, Any]) -> Entry:
    return Entry(name, Who(raw["who"]), dict(raw["title"]), dict(raw["action"]))


def _rule(raw: Mapping[str, Any]) -> Rule:
    return Rule(_entry(raw["id"], raw), Cause(raw["cause"]), tuple(raw["codes"]), raw.get("says"))
