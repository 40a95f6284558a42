"""Our categories against each marketplace's tree: the file `categories.csv` that the config names."""

from __future__ import annotations

import csv
from pathlib import Path

from syncer.errors import ConfigError
from syncer.listing.rules import CategoryTarget

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
                raise ConfigError(f"{path}: column '{missing[0]}' is missing; the columns are {', '.join(COLUMNS)}")
            return {row["category"]: _target(path, row) for row in rows if row["marketplace"] == marketplace}
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); correct `categories` in the config") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8; save it as 'CSV UTF-8'") from None


def _target(path: Path, row: dict[str, str]) -> CategoryTarget:
    return CategoryTarget(row["external_id"].strip(), tuple(_attributes(path, row)))


def _attributes(path: Path, row: dict[str, str]) -> list[tuple[str, str]]:
    pairs = []
    for part in (row["attributes"] or "").split(";"):
        if not part.strip():
            continue
        key, sign, value = part.partition("=")
        if not sign:
            raise ConfigError(f"{path}: attribute '{part}' of category '{row['category']}' is not written id=value")
        pairs.append((key.strip(), value.strip()))
    return pairs
