"""What a Bukalapak shop says of itself, as values: attributes of categories, upload quotas, bounds. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.bukalapak.client import WIB, whole
from adapters.contract import Facts, ShopBounds

Row = Mapping[str, Any]
LISTS = ("select", "radio_buttons", "check_boxes")
"""Input types whose values come from a list that is closed (facts, section 3.5)."""
MOST_PICTURES = 5  # facts, section 3.3


@dataclass(frozen=True, slots=True)
class Assumed:
    """Where this shop's answers to open questions stand; the defaults are the careful ones.

    `variants`: a v2 create takes an invented list of variants. `patch_price`: the v4 PATCH of a SKU takes a price.
    `sku_name`: the same PATCH, and that list, take the seller's own SKU.
    """

    variants: bool = False
    patch_price: bool = False
    sku_name: bool = False

    @classmethod
    def of(cls, assumptions: Mapping[str, str]) -> Assumed:
        """From the positions in the channel's config."""
        return cls(
            assumptions.get("bukalapak.create_variants") == "accepted",
            assumptions.get("bukalapak.patch_price") == "accepted",
            assumptions.get("bukalapak.sku_name") == "settable",
        )


@dataclass(frozen=True, slots=True)
class Attribute:
    """One field of a category (facts, section 3.5). `options` = {name in lower case: name}."""

    name: str
    kind: str = "string"
    required: bool = False
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Uploads:
    """Creates that are left this day, week and month, as they were at `seen_at`; None = not said (section 4.3)."""

    seen_at: datetime
    daily: int | None = None
    weekly: int | None = None
    monthly: int | None = None

    def free_from(self, now: datetime) -> datetime | None:
        """When a create can go again; None = now. When a quota starts anew is nowhere said: midnight +07:00 is ours."""
        seen = self.seen_at.astimezone(WIB).replace(hour=0, minute=0, second=0, microsecond=0)
        ends = (
            (self.daily, seen + timedelta(days=1)),
            (self.weekly, seen + timedelta(days=7 - seen.weekday())),
            (self.monthly, (seen.replace(day=1) + timedelta(days=32)).replace(day=1)),
        )
        until = max((end for left, end in ends if left is not None and left <= 0), default=None)
        return until.astimezone(UTC) if until is not None and until > now else None


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """The categories learnt, and the quota as it was then."""

    categories: Mapping[str, Mapping[str, Attribute]] = field(default_factory=dict)
    uploads: Uploads | None = None

    def attributes(self, category: str) -> Mapping[str, Attribute]:
        """{field: attribute} of a category; empty if it was never learnt."""
        return self.categories.get(category, {})


def load(facts: Facts) -> ShopFacts:
    """The adapter's own part of stored facts."""
    private = json.loads(facts.private)
    categories = {
        key: {
            name: Attribute(a["name"], a["kind"], a["required"], {o.casefold(): o for o in a["options"]})
            for name, a in rows.items()
        }
        for key, rows in private.get("categories", {}).items()
    }
    left = private.get("uploads")
    uploads = Uploads(datetime.fromisoformat(left["seen_at"]), *left["left"]) if left else None
    return ShopFacts(categories, uploads)


def uploads_json(uploads: Uploads | None) -> dict[str, Any] | None:
    """What is kept of the quota."""
    if uploads is None:
        return None
    left = [uploads.daily, uploads.weekly, uploads.monthly]
    return {"seen_at": uploads.seen_at.isoformat(), "left": left}


def uploads_of(row: Row, seen_at: datetime) -> Uploads | None:
    """The quota that a v4 product row carries with its store (facts, section 4.3)."""
    left = (row.get("store") or {}).get("product_upload_remaining")
    if not isinstance(left, dict):
        return None
    return Uploads(seen_at, whole(left.get("daily")), whole(left.get("weekly")), whole(left.get("monthly")))


def attributes_json(rows: Sequence[Row]) -> dict[str, Any]:
    """The attributes of one category, cut down to what is kept."""
    return {
        str(row["fieldName"]): {
            "name": str(row.get("displayName") or row["fieldName"]),
            "kind": str(row.get("inputType") or "string"),
            "required": bool(row.get("required")),
            "options": [text for o in row.get("options") or [] if (text := _option(o))],
        }
        for row in rows
        if row.get("fieldName")
    }


def _option(option: Any) -> str:
    return str(option.get("name") or option.get("value") or "") if isinstance(option, dict) else str(option or "")


def leaves(tree: Sequence[Row]) -> Iterator[str]:
    """The ids of the categories without children."""
    for node in tree:
        children = [c for c in node.get("children") or [] if isinstance(c, dict)]
        if children:
            yield from leaves(children)
        elif node.get("id") is not None:
            yield str(node["id"])


def bounds_of(attributes: Mapping[str, Any], assumed: Assumed) -> ShopBounds:
    """What a category accepts. Limits of name, description and price are in no source (facts, section 3.3)."""
    closed = {key: tuple(a["options"]) for key, a in attributes.items() if a["kind"] in LISTS and a["options"]}
    brand = [a for key, a in attributes.items() if is_brand(key) and a["required"] and a["kind"] in LISTS]
    required = [(key, str(a["name"])) for key, a in attributes.items() if a["required"] and not is_brand(key)]
    return ShopBounds(
        pictures=(1, MOST_PICTURES),
        options=None if assumed.variants else 0,
        attributes=tuple(attributes),
        required_attributes=tuple(required),
        closed_values=closed,
        brand_required=any(a["required"] for key, a in attributes.items() if is_brand(key)),
        brands=tuple(option for a in brand for option in a["options"]),
    )


def is_brand(key: str) -> bool:
    """True for the field that holds the brand: `specs` show it as "brand" (facts, section 4.3)."""
    return key.casefold() in ("brand", "merek", "merk")
