"""Our values as Bukalapak's JSON and back. Pure. Units: whole rupiah, grams; descriptions are BBCode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from typing import Any

from adapters.contract import Content, Listing, ListingState, Observed, ObservedOffer, Price

Row = Mapping[str, Any]
Json = dict[str, Any]
WIB = timezone(timedelta(hours=7))
TEXTS = ("title", "description", "attributes", "parcel")
SEPARATOR = ";"


def offer_id(product: str, sku: str) -> str:
    """Both ids: a stock write needs them (facts, section 4.4)."""
    return f"{product}{SEPARATOR}{sku}"


def split(offer: str) -> tuple[str, str]:
    """Product and SKU id of an offer."""
    product, _, sku = offer.partition(SEPARATOR)
    return product, sku


def plain(text: str) -> str:
    """Text that BBCode leaves alone: it knows only square brackets (trap 10)."""
    return text.replace("[", "(").replace("]", ")")


def create_json(listing: Listing, pictures: Sequence[str]) -> Json:
    """The create of section 3.3. Variants are an assumption of ours: no source shows them in a create."""
    content, variants = listing.content, listing.structure.variants
    product: Json = {
        "category_id": _category(content.category), "name": content.title, "weight": _weight(listing),
        "description_bb": plain(content.description), "new": True, "negotiable": False,
        "product_detail_attributes": dict(content.attributes),
    }  # fmt: skip
    if listing.structure.options:
        product["variants"] = [
            {"variant_name": " / ".join(v.options), "price": listing.prices[v.sku].list,
             "stock": listing.stocks[v.sku], "sku_name": v.sku}
            for v in variants
        ]  # fmt: skip
    else:
        sku = variants[0].sku
        product |= {"price": listing.prices[sku].list, "stock": listing.stocks[sku]}
    return {"product": product, "images": ",".join(pictures)}


def _category(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _weight(listing: Listing) -> int:
    if listing.content.parcel is not None:
        return listing.content.parcel[0]
    return max(v.weight_g for v in listing.structure.variants)


def changed(before: object, to: Content) -> tuple[str, ...]:
    """The fields of content that differ; all of them where nothing is known of what was."""
    if not isinstance(before, Content):
        return tuple(field.name for field in fields(Content))
    return tuple(f.name for f in fields(Content) if getattr(before, f.name) != getattr(to, f.name))


def update_json(content: Content, names: Sequence[str]) -> Json:
    """A partial update: what changed."""
    found: Json = {}
    if "title" in names:
        found["name"] = content.title
    if "description" in names:
        found["description_bb"] = plain(content.description)
    if "attributes" in names:
        found["product_detail_attributes"] = dict(content.attributes)
    if "parcel" in names and content.parcel is not None:
        found["weight"] = content.parcel[0]
    return found


# --- what is read ----------------------------------------------------------------------------------------------------


def observed(row: Row, seen_at: datetime) -> Observed:
    """One row of the newer list."""
    product = str(row["id"])
    variants = [v for v in row.get("variants") or [] if isinstance(v, dict)]
    offers = tuple(_variant(product, v) for v in variants) or (_plain(product, row),)
    return Observed(
        external_id=product, code=None, title=str(row.get("name") or ""), state=_state(row, offers),
        created_at=moment(row.get("created_at")), updated_at=moment(row.get("updated_at")), seen_at=seen_at,
        offers=offers, content=_content(row),
    )  # fmt: skip


def _plain(product: str, row: Row) -> ObservedOffer:
    return ObservedOffer(offer_id(product, str(row.get("sku_id"))), _name(row), price=_price(row.get("price")),
                         stock=whole(row.get("stock")))  # fmt: skip


def _variant(product: str, row: Row) -> ObservedOffer:
    name = str(row.get("variant_name") or "")
    return ObservedOffer(offer_id(product, str(row.get("id"))), _name(row), tuple(name.split(" / ")),
                         _price(row.get("price")), whole(row.get("stock")))  # fmt: skip


def _name(row: Row) -> str | None:
    return str(row["sku_name"]) if row.get("sku_name") else None


def _price(value: Any) -> Price | None:
    number = whole(value)
    return None if number is None else Price(number)


def whole(value: Any) -> int | None:
    """A number that may come as text (trap 9)."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return None


def _state(row: Row, offers: Sequence[ObservedOffer]) -> ListingState:
    words = {"deleted": ListingState.gone, "banned": ListingState.banned, "inactive": ListingState.hidden}
    state = str(row.get("state") or "")
    if state in words:
        return words[state]
    if row.get("active") is False:
        return ListingState.hidden
    return ListingState.live if any(offer.stock for offer in offers) else ListingState.live_oos


def _content(row: Row) -> dict[str, object]:
    return {"title": str(row.get("name") or ""), "description": str(row.get("description_bb") or "")}


def moment(text: Any) -> datetime | None:
    """A moment; without a zone it is local (facts, section 2)."""
    if not isinstance(text, str) or not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=WIB)
