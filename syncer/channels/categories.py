"""Our categories against each marketplace's tree: the file `categories.csv` that the config names."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from syncer.errors import ConfigError
from syncer.listing.rules import CategoryTarget
from syncer.texts import _

COLUMNS = ("category", "marketplace", "external_id", "attributes")


def read_categories(path: Path, marketplace: str) -> dict[str, CategoryTarget]:
    """{our category path: its leaf on `marketplace`}.

    Raises:
        ConfigError: the file is missing, not UTF-8, or lacks a column; the sentence says which.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                text = _("{path}: column '{name}' is missing; the columns are {columns}")
                raise ConfigError(text.format(path=path, name=missing[0], columns=", ".join(COLUMNS)))
            mine = [row for row in rows if row["marketplace"] == marketplace and _named(row)]
            return {row["category"]: CategoryTarget(_named(row), tuple(_attributes(path, row))) for row in mine}
    except OSError as error:
        text = _("{path}: cannot be read ({error}); correct `categories` in the config")
        raise ConfigError(text.format(path=path, error=error.strerror)) from None
    except csv.Error as error:
        text = _("{path}: is no CSV file that can be read ({error}); save it anew as 'CSV UTF-8'")
        raise ConfigError(text.format(path=path, error=error)) from None
    except UnicodeDecodeError:
        raise ConfigError(_("{path}: is not UTF-8; save it as 'CSV UTF-8'").format(path=path)) from None


def _named(row: Mapping[str, str | None]) -> str:
    """The leaf that a line names; '' in one that was broken off or not filled in: that maps nothing."""
    return (row["external_id"] or "").strip()


def _attributes(path: Path, row: Mapping[str, str | None]) -> list[tuple[str, str]]:
    pairs = []
    for part in (row["attributes"] or "").split(";"):
        if not part.strip():
            continue
        key, sign, value = part.partition("=")
        if not sign:
            text = _("{path}: attribute '{part}' of category '{category}' is not written id=value; correct it")
            raise ConfigError(text.format(path=path, part=part, category=row["category"]))
        pairs.append((key.strip(), value.strip()))
    return pairs
