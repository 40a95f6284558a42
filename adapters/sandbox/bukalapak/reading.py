"""What reads of products show: the two lists and the detail of v2, the one list of v4 (facts, 3.3 and 4.3)."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.bukalapak.ask import Ask
from adapters.sandbox.bukalapak.context import Context, local
from adapters.sandbox.bukalapak.reference import path_of
from adapters.sandbox.bukalapak.refusals import invalid, missing
from adapters.sandbox.bukalapak.state import Product, Sku

PER_PAGE = (6, 18, 20, 40, 80)
LIMIT_MOST = 50
"""The largest page that any client of the sources asks for (facts, section 4.3)."""

TYPES = ("available", "sold", "all")

BB = (("[b]", "<b>"), ("[/b]", "</b>"), ("[i]", "<i>"), ("[/i]", "</i>"), ("\n", "<br>"))


# --- v2 --------------------------------------------------------------------------------------------------------------


def search(here: Context, ask: Ask) -> dict[str, Any]:
    """What every buyer finds."""
    low, high = ask.whole("price_min", 0), ask.whole("price_max", 999_999_999)
    conditions = ask.query.get("conditions[]", ["new", "used"])
    words = ask.one("keywords").casefold()
    found = [
        product for product in here.seen()
        if here.for_sale(product) and words in product.name.casefold() and _condition(product) in conditions
        and low <= _cheapest(product) <= high
    ]  # fmt: skip
    return _page_v2(here, ask, found)


def mine(here: Context, ask: Ask) -> dict[str, Any]:
    """The seller's own: those for sale, or with `not_for_sale_only=1` the others; never both."""
    others = ask.one("not_for_sale_only", "0")
    if others not in ("0", "1"):
        raise invalid("not_for_sale_only tidak sah")
    found = [p for p in here.seen() if not p.deleted and here.for_sale(p) == (others == "0")]
    return _page_v2(here, ask, found)


def detail(here: Context, ask: Ask) -> dict[str, Any]:
    """One product of this shop."""
    product = here.shop.products.get(ask.ids[0])
    shown = None if product is None else here.glimpse(product)
    if shown is None or shown.deleted:
        raise missing("Barang")
    return {"product": detail_v2(here, shown)}


def _page_v2(here: Context, ask: Ask, found: list[Product]) -> dict[str, Any]:
    page, size = ask.whole("page", 1), ask.whole("per_page", 20)
    if size not in PER_PAGE or page < 1:
        raise invalid("page atau per_page tidak sah")
    rows = [] if here.fault == "empty_page" else sorted(found, key=_last_change, reverse=True)
    return {"products": [detail_v2(here, product) for product in rows[(page - 1) * size : page * size]]}


def detail_v2(here: Context, product: Product) -> dict[str, Any]:
    """A product as v2 shows it. It knows nothing of variants: no source shows any here."""
    shown = str if here.on("v2_numbers", "strings") else int
    category_id = here.category(product)
    return {
        "id": product.id, "name": product.name, "category_id": category_id,
        "category_structure": path_of(category_id), "price": shown(_cheapest(product)),
        "stock": shown(product.stock if product.on else 0), "weight": shown(product.weight),
        "condition": _condition(product), "negotiable": product.negotiable, "active": product.on,
        "for_sale": here.for_sale(product), "state_description": _described(here, product),
        "description_bb": product.description_bb, "product_detail_attributes": product.attributes,
        "images": product.images, "created_at": local(product.created), "updated_at": local(product.updated),
    }  # fmt: skip


def _described(here: Context, product: Product) -> str | None:
    """Why it is not for sale, in the words of facts, section 3.3."""
    if product.banned:
        return "Melanggar"
    if here.shop.holiday:
        return "Lapak Tutup"
    return "Stok Habis" if product.on and product.stock == 0 else None


def _condition(product: Product) -> str:
    return "new" if product.new else "used"


def _cheapest(product: Product) -> int:
    return min(sku.sale_price or sku.price for sku in product.skus)


def _last_change(product: Product) -> tuple[float, str]:
    return product.updated, product.id


def _made(product: Product) -> tuple[float, str]:
    return product.created, product.id


# --- v4 --------------------------------------------------------------------------------------------------------------


def me(here: Context, _ask: Ask) -> dict[str, Any]:
    """The account (facts, section 4.3; its fields are INVENTED)."""
    store = {"id": here.shop.store_id, "name": "Toko Contoh", "closed": here.shop.holiday}
    return {"id": here.shop.user_id, "username": "toko_contoh", "store": store}


def own(here: Context, ask: Ask) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The seller's own, by offset: unstable under change, deleted rows among `sold` and `all`."""
    kind = ask.one("product_type", "available")
    if kind not in TYPES or ask.one("sort", "date") != "date":
        raise invalid("product_type atau sort tidak sah")
    offset, limit = window(ask)
    words = ask.one("keywords").casefold()
    found = [
        product for product in here.seen()
        if words in product.name.casefold() and kind in ("all", "available" if here.for_sale(product) else "sold")
    ]  # fmt: skip
    # Without a word about the order the last change comes first; `sort=date` at least stands still while nothing is
    # made. Both are INVENTED: the facts only say that the offsets shift.
    found.sort(key=_made if "sort" in ask.query else _last_change, reverse=True)
    rows = [] if here.fault == "empty_page" else found
    page = [row_v4(here, product) for product in rows[offset : offset + limit]]
    return page, {"offset": offset, "limit": limit, "total": len(rows)}


def window(ask: Ask) -> tuple[int, int]:
    """Offset and limit of a list of v4.

    Raises:
        Refusal: the limit is 0, or above the largest that any source shows.
    """
    offset, limit = ask.whole("offset", 0), ask.whole("limit", 10)
    if not 1 <= limit <= LIMIT_MOST:
        raise invalid("limit tidak sah")
    return offset, limit


def row_v4(here: Context, product: Product) -> dict[str, Any]:
    """A product as the list of v4 shows it."""
    first = product.skus[0]
    return {
        "id": product.id, "sku_id": first.sku_id, "sku_name": first.sku_name, "default_sku_id": first.sku_id,
        "name": product.name, "price": first.sale_price or first.price, "original_price": first.price,
        "stock": product.stock if product.on else 0, "weight": product.weight,
        "dimensions": {"width": 0, "height": 0, "length": 0}, "category": _category(here.category(product)),
        "condition": "Baru" if product.new else "Bekas", "description": _html(product.description_bb),
        "description_bb": product.description_bb, "images": _images(product.images),
        "specs": _specs(product), "state": _state(product), "active": product.on and not product.banned,
        "for_sale": here.for_sale(product), "min_quantity": 1, "max_quantity": None, "labels": [], "couriers": [],
        "variants": [row_sku(product, sku) for sku in product.skus] if product.tiered else [],
        "created_at": local(product.created), "updated_at": local(product.updated),
        "relisted_at": local(product.relisted),
        "store": {"id": here.shop.store_id, "product_upload_remaining": here.remaining()},
    }  # fmt: skip


def row_sku(product: Product, sku: Sku) -> dict[str, Any]:
    """A variant; one that is not on sale shows stock 0 (facts, section 4.4)."""
    return {
        "id": sku.sku_id, "product_id": product.id, "sku_name": sku.sku_name, "variant_name": sku.name,
        "price": sku.sale_price or sku.price, "stock": max(0, sku.stock) if product.on else 0,
        "state": _state(product), "default_sku": sku is product.skus[0],
        "details": [
            {"variant_id": number, "label": label, "value": value}
            for number, (label, value) in enumerate(sku.options, start=1)
        ],
        "images": [],
    }  # fmt: skip


def _state(product: Product) -> str:
    """`active` and `deleted` are from the facts (4.3, 4.4), the other two INVENTED."""
    if product.deleted:
        return "deleted"
    if product.banned:
        return "banned"
    return "active" if product.on else "inactive"


def _category(category_id: int) -> dict[str, Any]:
    names = path_of(category_id)
    return {"id": category_id, "name": names[-1] if names else "", "structure": names, "url": f"/c/{category_id}"}


def _images(ids: list[str]) -> dict[str, list[str]]:
    urls = {size: [f"https://img.invalid/{size}/{one}.jpg" for one in ids] for size in ("large", "original", "small")}
    return {"ids": list(ids), **{f"{size}_urls": found for size, found in urls.items()}}


def _specs(product: Product) -> dict[str, Any]:
    """Values as text, but the place of origin as a list: clients met both (facts, section 4.3)."""
    return {
        name: [value] if name == "daerah_asal" and isinstance(value, str) else value
        for name, value in product.attributes.items()
    }


def _html(text: str) -> str:
    for bb, html in BB:
        text = text.replace(bb, html)
    return text
