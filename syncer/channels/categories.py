"""Our categories against each marketplace's tree: the file `categories.csv` that the config names."""

from __future__ import annotations

import csv
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
            rows = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                text = _("{path}: column '{name}' is missing; the columns are {columns}")
                raise ConfigError(text.format(path=path, name=missing[0], columns=", ".join(COLUMNS)))
            return {row["category"]: _target(path, row) for row in rows if row["marketplace"] == marketplace}
    except OSError as error:
        text = _("{path}: cannot be read ({error}); correct `categories` in the config")
        raise ConfigError(text.format(path=path, error=error.strerror)) from None
    except UnicodeDecodeError:
        raise ConfigError(_("{path}: is not UTF-8; save it as 'CSV UTF-8'").format(path=path)) from None


def _target(path: Path, row: dict[str, str]) -> CategoryTarget:
    return CategoryTarget(row["external_id"].strip(), tuple(_attributes(path, row)))


def _attributes(path: Path, row: dict[str, str]) -> list[tuple[str, str]]:
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
