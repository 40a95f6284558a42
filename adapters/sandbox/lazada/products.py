"""Products: made, changed, joined (facts, sections 7.1 and 7.2)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from adapters.sandbox.lazada import judging, review
from adapters.sandbox.lazada.context import Answer, Ask, Context, tree
from adapters.sandbox.lazada.documents import Node, document, inner, objects, text
from adapters.sandbox.lazada.errors import Refusal, malformed, not_created, numbered, umbrella
from adapters.sandbox.lazada.judging import Draft, Unfit
from adapters.sandbox.lazada.state import Item, Sku
from adapters.sandbox.lazada.stock import fits, jumped
from adapters.sandbox.selling import set_stock

DELETE_ME = "d_"
"""The prefix of text attributes that an update deletes (facts, section 7.2)."""


# --- creates ---------------------------------------------------------------------------------------------------------


def create(here: Context, ask: Ask) -> Answer:
    """POST /product/create. There is no request key: what comes twice is refused by its SellerSku."""
    node = inner(document(ask.get("payload")), "Product")
    try:
        item, made = _joined(here, node) if text(node, "AssociatedSku") else _made(here, node)
    except Unfit as wrong:
        raise umbrella("500", "Create product failed", [wrong.detail]) from None
    here.remember(item, listed_late=True)
    here.add(item)
    review.begin(here, item)
    rows = [{"seller_sku": sku.seller_sku, "shop_sku": item.shop_sku(sku), "sku_id": sku.id} for sku in made]
    if here.fault == "omit_row":
        rows = rows[1:]
    return Answer({"item_id": item.id, "sku_list": rows, **_status(here, item)})


def pre_check(here: Context, ask: Ask) -> Answer:
    """/product/pre/check: what a create would say, without it."""
    node = inner(document(ask.get("payload")), "Product")
    try:
        _made(here, node)
    except Unfit as wrong:
        raise umbrella("500", "Create product failed", [wrong.detail]) from None
    return Answer({})


def _status(here: Context, item: Item) -> dict[str, str]:
    return {"item_status": item.shown} if here.on("item_status", "present") else {}


def _made(here: Context, node: Node) -> tuple[Item, list[Sku]]:
    """A new product, not yet in the shop, and its SKUs."""
    category = text(node, "PrimaryCategory")
    if not category:
        raise not_created("PrimaryCategory", "C004: cannot be blank.")
    here.leaf(category)
    images = judging.pictures(here, node, wanted=True)
    given = texts_of(inner(node, "Attributes"))
    attributes = judging.attributes(here, category, given)
    axes = judging.variation(here, category, node)
    drafts = [judging.drafted(here, row) for row in objects(inner(node, "Skus"), "Sku")]
    _checked(here, axes, drafts)
    _room(here)
    if not _autofill_off(here, node):
        attributes = _filled(here, category, attributes)
    item = Item(here.shop.number(), category, attributes, images, here.now, here.now, variation=axes)
    item.skus = [_sku(here, draft) for draft in drafts]
    return item, item.skus


def _checked(here: Context, axes: list[dict[str, Any]], drafts: list[Draft]) -> None:
    if not drafts:
        raise not_created("Skus", "C004: cannot be blank.")
    if len(drafts) > 1 and not axes:
        raise numbered("4144", "several SKUs need a variation and a saleProp each")
    for draft in drafts:
        _new(draft)
    judging.combinations(axes, [(draft.seller_sku, draft.sale_prop or {}) for draft in drafts])
    judging.pictured([draft.images or [] for draft in drafts])
    judging.unique(here, [draft.seller_sku for draft in drafts])


def _new(draft: Draft) -> None:
    """Whether a SKU can be made as it is."""
    judging.complete(draft)
    judging.specials(draft.price or 0, draft.special, draft.seller_sku)
    if draft.status == "deleted":
        raise Unfit("Status", "a new SKU is active or inactive", draft.seller_sku)


def _room(here: Context) -> None:
    most = here.shop.active_most
    if len(here.shop.items) >= most and here.shop.active_items() >= most:
        raise Refusal("THD_APPROVAL_RULE_CENTER_ERR_PRE_QC_LISTING_LIMIT_ERROR",
                      f"the shop may have {most} active products", "ISV")  # fmt: skip


def _sku(here: Context, draft: Draft) -> Sku:
    return Sku(
        here.shop.number(), draft.seller_sku, draft.price or 0, draft.quantity or 0, draft.special or None,
        draft.special_from or "", draft.special_to or "", draft.status or "active", draft.sale_prop or {},
        draft.package, draft.images or [],
    )  # fmt: skip


def _autofill_off(here: Context, node: Node) -> bool:
    if here.on("autofill_off", "product"):
        return text(node, "disableAutoFillAttribute") == "true"
    return text(inner(node, "Attributes"), "disableAttributeAutoFill") == "true"


def _filled(here: Context, category: str, given: Mapping[str, str]) -> dict[str, str]:
    """With the attributes that Lazada fills in by itself (facts, section 7.1)."""
    names = [name for name in here.leaf(category)["optional"] if tree()["attributes"][name]["options"]]
    return {**{name: tree()["attributes"][name]["options"][0]["name"] for name in names}, **given}


def texts_of(node: Node) -> dict[str, str]:
    """The texts of an object; what is none is swallowed like every tag that nobody knows."""
    return {name: value.strip() for name, value in node.items() if isinstance(value, str)}


def _joined(here: Context, node: Node) -> tuple[Item, list[Sku]]:
    """The product of the AssociatedSku with the SKUs of this payload besides its own."""
    wanted = text(node, "AssociatedSku")
    by_id = here.on("associated_sku", "SkuId")
    pairs = here.shop.everything()
    found = next((item for item, sku in pairs if wanted == (str(sku.id) if by_id else sku.seller_sku)), None)
    if found is None:
        raise numbered("4137", "the AssociatedSku does not exist")
    if not found.variation or found.shown != "Active":
        raise Unfit("AssociatedSku", "its product has no variation, or is not shown")
    drafts = [judging.drafted(here, row) for row in objects(inner(node, "Skus"), "Sku")]
    for draft in drafts:
        _new(draft)
    judging.unique(here, [draft.seller_sku for draft in drafts], found.id)
    item = copy.deepcopy(found)
    made = [_sku(here, draft) for draft in drafts]
    _grown(item, made)
    return item, made


def _grown(item: Item, made: list[Sku]) -> None:
    """Add SKUs, and the options that they bring along."""
    for sku in made:
        for axis in item.variation:
            value = sku.sale_prop.get(axis["name"], "")
            if value and value not in axis["options"]:
                axis["options"].append(value)
    for axis in item.variation:
        judging.options_fit(axis["options"])
    item.skus += made
    judging.combinations(item.variation, [(sku.seller_sku, sku.sale_prop) for sku in item.living])
    judging.pictured([sku.images for sku in item.living])


# --- updates ---------------------------------------------------------------------------------------------------------


def update(here: Context, ask: Ask) -> Answer:
    """POST /product/update: one product; only what is sent changes, but the status of a SKU may (facts, 7.2)."""
    node = inner(document(ask.get("payload")), "Product")
    item = item_of(here, text(node, "ItemId"))
    if item.state == "banned":
        raise numbered("4155", "the product is locked")
    whole = copy.deepcopy(item)
    try:
        _content(here, whole, node)
        stocks = _skus(here, whole, node)
    except Unfit as wrong:
        raise umbrella("501", "Update product failed", [wrong.detail]) from None
    _commit(here, item, whole, stocks)
    return Answer(_status(here, whole))


def item_of(here: Context, item_id: str) -> Item:
    """The product with this id.

    Raises:
        Refusal: there is none.
    """
    if not item_id:
        raise numbered("4136", "ItemId is missing")
    item = here.shop.items.get(int(item_id)) if item_id.isdecimal() and len(item_id) < 20 else None
    if item is None or item.state == "deleted":
        raise numbered("4136", "the product does not exist")
    return item


def _content(here: Context, whole: Item, node: Node) -> None:
    """Texts, pictures, category and variation."""
    category = text(node, "PrimaryCategory")
    if category:
        here.leaf(category)
        whole.category = category
    given = texts_of(inner(node, "Attributes"))
    if given or category:
        dropped = {name[len(DELETE_ME) :] for name in given if name.startswith(DELETE_ME)}
        kept = {name: value for name, value in whole.attributes.items() if name not in dropped}
        if "brand" in given and "brand_id" not in given:
            kept.pop("brand_id", None)
        whole.attributes = judging.attributes(here, whole.category, {**kept, **given})
    if "Images" in node:
        whole.images = judging.pictures(here, node, wanted=True)
    if node.get("variation"):
        axes = judging.variation(here, whole.category, node)
        if {axis["name"] for axis in whole.variation} - {axis["name"] for axis in axes}:
            raise numbered("4133", "a variation cannot be removed here")
        whole.variation = axes


def _skus(here: Context, whole: Item, node: Node) -> dict[int, int]:
    """Change the SKUs that the payload names; {SkuId: the stock that it is to have}."""
    stocks: dict[int, int] = {}
    made = []
    for row in objects(inner(node, "Skus"), "Sku"):
        draft = judging.drafted(here, row)
        if not text(row, "SkuId"):
            made.append(_added(here, whole, draft))
            continue
        sku = next((sku for sku in whole.living if str(sku.id) == text(row, "SkuId")), None)
        if sku is None:
            raise numbered("4137", "the SKU does not exist")
        _named(here, sku, draft)
        _changed(here, sku, draft)
        if draft.quantity is not None:
            fits(here, sku, draft.quantity, sku.stock, "501")
            stocks[sku.id] = draft.quantity
    if not whole.living:
        whole.state, whole.review_ends = "deleted", None
    elif made or whole.variation:
        _grown(whole, made)
    return stocks


def _added(here: Context, whole: Item, draft: Draft) -> Sku:
    if here.on("update_adds_sku", "refused"):
        raise numbered("4216", "SkuId is missing")
    if not whole.variation:
        raise numbered("4144", "a product without variation has one SKU")
    _new(draft)
    judging.unique(here, [draft.seller_sku], whole.id)
    return _sku(here, draft)


def _named(here: Context, sku: Sku, draft: Draft) -> None:
    """SellerSku is no key and never changes (facts, section 7.2)."""
    if draft.seller_sku in ("", sku.seller_sku) or here.on("sku_rename", "ignored"):
        return
    raise numbered(
        "4193", "SellerSku cannot be changed", detail=[{"seller_sku": sku.seller_sku, "message": "SellerSku"}]
    )


def _changed(here: Context, sku: Sku, draft: Draft) -> None:
    if here.on("package_on_update", "mandatory"):
        judging.packaged(draft)
    if draft.price is not None or draft.special is not None:
        unlocked(here, sku)
    sku.price = draft.price or sku.price
    if draft.special is not None:
        sku.special, sku.special_from, sku.special_to = (
            draft.special or None, draft.special_from or "", draft.special_to or "",
        )  # fmt: skip
    judging.specials(sku.price, sku.special, sku.seller_sku)
    sku.package = {**sku.package, **draft.package}
    sku.images = sku.images if draft.images is None else draft.images
    sku.sale_prop = sku.sale_prop if draft.sale_prop is None else draft.sale_prop
    if draft.status is not None:
        sku.status = draft.status
    elif here.on("missing_status", "activates"):
        sku.status = "active"


def unlocked(here: Context, sku: Sku) -> None:
    """Whether no campaign keeps the price.

    Raises:
        Refusal: one does.
    """
    if here.price_locked(sku):
        detail = [{"seller_sku": sku.seller_sku, "message": "the price is locked by a campaign"}]
        raise Refusal("THD_IC_ERR_F_IC_ABILITY_PG_003", "the SKU is in a campaign", "ISV", detail)


def _commit(here: Context, item: Item, whole: Item, stocks: Mapping[int, int]) -> None:
    if whole.shown == "Active" and item.shown == "InActive":
        _room(here)
    jump = any(jumped(old.price, new.price) for old, new in zip(item.skus, whole.skus, strict=False))
    again = (_shown(whole) != _shown(item) and here.on("edit_review", "pending")) or (
        jump and here.on("price_jump", "review")
    )
    here.remember(item, listed_late=True)
    here.add(whole)
    for sku in whole.skus:
        if sku.id in stocks:
            set_stock(here.shop, sku, stocks[sku.id])
    whole.updated = here.now
    # What was rejected is looked at again whatever was changed: that is what an edit of it is for.
    if whole.state != "deleted" and (again or item.state == "rejected"):
        review.begin(here, whole)


def _shown(item: Item) -> tuple[Any, ...]:
    """What a review looks at."""
    variants = [(sku.id, sku.sale_prop, sku.images) for sku in item.living]
    return (item.category, item.attributes, item.images, item.variation, variants)


def set_images(here: Context, ask: Ask) -> Answer:
    """POST /images/set: the pictures of SKUs, which replace those that are there (facts, section 9)."""
    node = inner(document(ask.get("payload")), "Product")
    rows = objects(inner(node, "Skus"), "Sku") or objects(node, "Sku")
    if not rows:
        raise malformed("no Sku")
    chosen: dict[int, list[str]] = {}
    for row in rows:
        sku_id = text(row, "SkuId")
        if not sku_id:
            raise numbered("4216", "SkuId is missing")
        if not sku_id.isdecimal() or int(sku_id) not in here.by_sku:
            raise numbered("4137", "the SKU does not exist")
        chosen[int(sku_id)] = judging.pictures(here, row, wanted=True)
    for item_id in {here.by_sku[sku_id] for sku_id in chosen}:
        item = here.shop.items[item_id]
        whole = copy.deepcopy(item)
        for sku in whole.skus:
            sku.images = chosen.get(sku.id, sku.images)
        judging.pictured([sku.images for sku in whole.living])
        _commit(here, item, whole, {})
    return Answer({})
