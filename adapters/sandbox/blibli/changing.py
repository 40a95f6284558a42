"""Changing what is live: prices and stock in bulk and singly, content, variants, pictures, archive (7.5 to 7.10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.sandbox.blibli.context import Context, Refusal, tree
from adapters.sandbox.blibli.pictures import BadPicture, checked
from adapters.sandbox.blibli.queues import enqueue
from adapters.sandbox.blibli.state import Product, Queue, Variant
from adapters.sandbox.blibli.submitting import Bad, decoded, new_variant, pair_of

Json = Mapping[str, Any]
ROWS_MOST = 100
BULK_FIELDS = {"gdnSku", "stock", "exactStock", "minimumStock", "price", "salePrice", "buyable", "displayable",
               "pickupPointCode"}  # fmt: skip


def bulk_update(here: Context, body: Json) -> Queue:
    """updateProduct: rows of live variants, applied through the queue."""
    rows = body.get("productRequests")
    if not isinstance(rows, list) or not rows or len(rows) > ROWS_MOST:
        raise Refusal("ERR-PA400010", f"(invented) 1 to {ROWS_MOST} productRequests")
    names = [str(row.get("gdnSku")) for row in rows]
    if len(set(names)) != len(names):
        raise Refusal("ERR-PA400011", "(invented) a gdnSku stands twice")
    for row in rows:
        if unknown := set(row) - BULK_FIELDS:
            raise Refusal("ERR-PA400012", f"(invented) unknown field {sorted(unknown)[0]}")
    queued = [_accepted(here, dict(row)) for row in rows]
    spoilt = {"reject_row": queued[:1], "partial_batch": queued[: (len(queued) + 1) // 2]}.get(here.fault or "", [])
    for row in spoilt:
        row["error"] = "(invented) the row could not be processed"
    return enqueue(here, "updateProduct", queued)


def _accepted(here: Context, row: dict[str, Any]) -> dict[str, Any]:
    found = here.store.of_l4(str(row.get("gdnSku")))
    unseen = found[1].unseen if found else 0
    return {"gdnSku": row.get("gdnSku"), "value": row, "unseen": unseen}


def apply_bulk(here: Context, row: dict[str, Any]) -> str | None:
    """One row of a bulk update; the error, or None."""
    ask, found = row["value"], here.store.of_l4(str(row["gdnSku"]))
    if found is None:
        return "(invented) gdnSku is not found"
    product, variant = found
    if product.archived:
        return "(invented) product is archived"
    if product.suspended:
        return "(invented) product is suspended"
    if "stock" in ask and "exactStock" in ask:
        return "(invented) stock and exactStock cannot come together"
    if wrong := _point_missing(ask):
        return wrong
    here.touch(product)
    try:
        if "price" in ask or "salePrice" in ask:
            _price(here, variant, ask.get("price"), ask.get("salePrice"), row)
        _stock(here, variant, ask, int(row["unseen"]), row)
    except Bad as problem:
        return str(problem)
    if "buyable" in ask:
        variant.buyable = bool(ask["buyable"])
    return None


def _point_missing(ask: Json) -> str | None:
    points = {point["code"] for point in tree()["pickup_points"]}
    if len(points) > 1 and ask.get("pickupPointCode") not in points:
        return "(invented) pickupPointCode is mandatory: there are several"
    return None


def _price(here: Context, variant: Variant, regular: Any, sale: Any, row: dict[str, Any]) -> None:
    price, lower = pair_of(here, regular, sale)
    campaign = here.promotion(variant)
    if campaign is not None and campaign.locks and (price, lower) != (variant.price, variant.sale):
        if campaign.start <= here.now:
            raise Bad("(invented) product is in a live promotion: its price cannot change")
        # Succeeds, and takes the variant out of the campaign that it is registered for (7.5).
        campaign.dropped, row["warning"] = True, "(invented) the product was taken out of its promotion"
    variant.price, variant.sale = price, lower


def _stock(here: Context, variant: Variant, ask: Json, unseen: int, row: dict[str, Any]) -> None:
    if "stock" in ask:
        if not ask["stock"]:
            row["warning"] = "(invented) stock 0 adds nothing"
            return
        _set(here, variant, max(0, variant.stock + int(ask["stock"])), unseen)
    elif "exactStock" in ask:
        if not isinstance(ask["exactStock"], int) or ask["exactStock"] < 0:
            raise Bad("(invented) exactStock must be 0 or more")
        _set(here, variant, ask["exactStock"], unseen)


def _set(here: Context, variant: Variant, stock: int, unseen: int) -> None:
    """Set it, and notice when it puts back what an order had taken that the seller's software has not read yet."""
    campaign = here.promotion(variant)
    if campaign is not None and stock < campaign.reserve:
        raise Bad("(invented) stock is less than what the campaign reserves")
    if stock > variant.stock and unseen:
        here.store.raised_over_sale += 1
        variant.phantom = min(variant.phantom + stock - variant.stock, unseen)
    variant.stock = stock


def set_stock(here: Context, l4: str, body: Json, point: str | None) -> None:
    """The single stock write: absolute, and at once."""
    found = here.store.of_l4(l4)
    if found is None:
        raise Refusal("ERR-PA404012", "(invented) product is not found", 404)
    product, variant = found
    if product.archived and here.on("archived_stock", "refused"):
        raise Refusal("ERR-PA400031", "(invented) product is archived")
    if product.suspended:
        raise Refusal("ERR-PA400032", "(invented) product is suspended")
    if unknown := set(body) - {"availableStock", "pickupPointCode"}:
        raise Refusal("ERR-PA400033", f"(invented) unknown field {sorted(unknown)[0]}")
    stock = body.get("availableStock")
    if not isinstance(stock, int) or isinstance(stock, bool) or stock < 0:
        raise Refusal("ERR-PA400034", "(invented) availableStock must be 0 or more")
    if wrong := _point_missing({"pickupPointCode": body.get("pickupPointCode") or point}):
        raise Refusal("ERR-PA400035", wrong)
    here.touch(product)
    try:
        _set(here, variant, stock, variant.unseen)
    except Bad as problem:
        raise Refusal("ERR-PA400036", str(problem)) from None


def set_price(here: Context, l4: str, body: Json) -> None:
    """The single price write."""
    found = here.store.of_l4(l4)
    if found is None:
        raise Refusal("ERR-PA404012", "(invented) product is not found", 404)
    price = body.get("price")
    if not isinstance(price, Mapping):
        raise Refusal("ERR-PA400040", "(invented) price is mandatory")
    here.touch(found[0])
    try:
        _price(here, found[1], price.get("regular"), price.get("sale", price.get("regular")), {})
    except Bad as problem:
        raise Refusal("ERR-PA400041", str(problem)) from None
    if "buyable" in body:
        found[1].buyable = bool(body["buyable"])


def set_detail(here: Context, product: Product | None, body: Json) -> None:
    """Content: only what is sent changes; the edit is reviewed anew, and may take the product offline (7.8)."""
    if product is None or not product.live:
        raise Refusal("ERR-PA404012", "(invented) product is not found", 404)
    if product.archived or product.suspended:
        raise Refusal("ERR-PA400050", "(invented) product cannot be edited now")
    name = body.get("name") or body.get("productName")
    if name and name != product.name and product.ordered:
        raise Refusal("ERR-PA400051", "(invented) the name cannot change once the product was ordered")
    here.touch(product)
    try:
        if "description" in body:
            product.description = decoded(body["description"], "description")
    except Bad as problem:
        raise Refusal("ERR-PA400052", str(problem)) from None
    if name:
        product.name = str(name)
    if "attributes" in body:
        product.attributes = {str(k): str(v) for k, v in dict(body["attributes"]).items()}
    review_edit(here, product)


def review_edit(here: Context, product: Product) -> None:
    """An edit of a live product goes into review; PRELIVE takes it offline meanwhile."""
    product.reviewed_again = True
    product.ends = here.now + here.review_s


def set_pictures(here: Context, product: Product | None, body: Json) -> None:
    """All pictures of all variants."""
    if product is None or not product.live:
        raise Refusal("ERR-PA404012", "(invented) product is not found", 404)
    try:
        pictures = [checked(str(one.get("data"))) for one in body.get("data") or []]
    except BadPicture as problem:
        raise Refusal("ERR-PA400060", str(problem)) from None
    if not 1 <= len(pictures) <= 8:
        raise Refusal("ERR-PA400061", "(invented) 1 to 8 images")
    here.touch(product)
    for variant in product.variants:
        variant.pictures = list(pictures)
    review_edit(here, product)


def set_variants(here: Context, product: Product | None, body: Json) -> None:
    """Replaces the whole list: what is not sent is gone; price and stock of those that exist are ignored (7.9)."""
    if product is None or not product.live:
        raise Refusal("ERR-PA404012", "(invented) product is not found", 404)
    rows = body.get("variants")
    if not isinstance(rows, list) or not rows:
        raise Refusal("ERR-PA400070", "(invented) variants must be a list")
    here.touch(product)
    known = {variant.l4: variant for variant in product.variants}
    try:
        fresh = [known.get(row.get("blibliSku")) or _new(here, product, row) for row in rows]
    except Bad as problem:
        raise Refusal("ERR-PA400071", str(problem)) from None
    product.variants = fresh


def _new(here: Context, product: Product, row: Json) -> Variant:
    attributes = {str(k): str(v) for k, v in dict(row.get("attributesMap") or {}).items()}
    variant = new_variant(here, str(row.get("sellerSku") or ""), row, attributes)
    price = dict(row.get("price") or {})
    variant.price, variant.sale = pair_of(here, price.get("regular"), price.get("sale", price.get("regular")))
    variant.pictures = list(product.variants[0].pictures)
    variant.name = " ".join([product.name, *(v for k, v in attributes.items() if not k.startswith("FA-"))])
    variant.l4 = f"{product.l3}-{here.store.next():05d}"
    return variant


def archive(here: Context, body: Json, archived: bool) -> Queue:
    """Archive or bring back whole products, through the queue."""
    names = body.get("productSkus")
    if not isinstance(names, list) or not 1 <= len(names) <= ROWS_MOST:
        raise Refusal("ERR-PA400080", f"(invented) 1 to {ROWS_MOST} productSkus")
    rows = [{"gdnSku": None, "value": {"productSku": str(name), "archived": archived}} for name in names]
    return enqueue(here, "archiveProduct" if archived else "unarchiveProduct", rows)


def apply_archive(here: Context, row: dict[str, Any]) -> str | None:
    """One product to the archive or back; the error, or None."""
    product, wanted = here.store.of_l3(row["value"]["productSku"]), row["value"]["archived"]
    if product is None or not product.live:
        return "(invented) product is not found"
    if product.archived is wanted:
        if here.on("archive_repeat", "accepted"):
            return None
        return f"(invented) product is {'already' if wanted else 'not'} archived"
    here.touch(product)
    product.archived = wanted
    return None


APPLIERS = {
    "updateProduct": apply_bulk, "archiveProduct": apply_archive, "unarchiveProduct": apply_archive,
}  # fmt: skip
