"""Submissions and what becomes of them: creates, revisions, content edits, archive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.sandbox.blibli import drafts, queue, review
from adapters.sandbox.blibli.context import Answer, Ask, Context
from adapters.sandbox.blibli.drafts import CREATE_V2, PRODUCT_V2, REVISION_V1, from_revision_v1, from_v2, from_v3
from adapters.sandbox.blibli.errors import absent, invalid
from adapters.sandbox.blibli.judging import problem
from adapters.sandbox.blibli.shape import Shape, checked
from adapters.sandbox.blibli.state import FeedRow, Product, Variant

PRODUCTS_MOST, ARCHIVE_MOST = 10, 100
BODY_MOST = 60 * 1024 * 1024

Draft = dict[str, Any]


# --- creates ---------------------------------------------------------------------------------------------------------


def create_v2(here: Context, ask: Ask) -> Answer:
    """POST createProduct: everything is queued, good or bad."""
    body, rows = _sent_v2(here, ask)
    if any(one.get("bpCode", body.get("bpCode")) != here.shop.store for one in rows):
        raise invalid("bpCode is not that of the store")
    feed = _queued(here, ask, "createProductV2", [from_v2(row) for row in rows])
    return Answer(queue.header(feed))


def _sent_v2(here: Context, ask: Ask) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The body of a create V2 and its products: in a list, or the one that it is."""
    if here.on("create_body", "single"):
        one = checked(ask.body, PRODUCT_V2)
        return one, [one]
    body = checked(ask.body, CREATE_V2)
    if ("products" in body) == ("product" in body):
        raise invalid("body.products is missing, or given twice")
    return body, [*body.get("products", ()), *body.get("product", ())]


def create_v3(here: Context, ask: Ask) -> Answer:
    """POST products/async: good products go on even if others fail; if all fail, the call does (facts, section 7.1)."""
    made = [from_v3(here, row) for row in checked(ask.body, {"product!": [drafts.product_v3(here)]})["product"]]
    reasons = [problem(here, draft) for draft in made]
    if made and all(reasons):
        raise invalid(f"no product is valid: {reasons[0]}")
    feed = _queued(here, ask, "createProductV3", made)
    return Answer(queue.short(feed), status=int(here.switches["blibli.v3_status"]))


def _queued(here: Context, ask: Ask, action: str, made: list[Draft]) -> Any:
    """Queue the drafts; nothing but a switch says that a request id is remembered (facts, section 12)."""
    names = [draft["name"] for draft in made]
    if not 1 <= len(made) <= PRODUCTS_MOST:
        raise invalid(f"1 to {PRODUCTS_MOST} products a call")
    if len(set(names)) < len(names):
        raise invalid("two products of the call have the same name")
    earlier = here.shop.requests.get(ask.request_id)
    if earlier is not None and here.on("same_request", "first"):
        return here.feed(earlier)
    feed = queue.submit(here, action, [{"do": "create", "draft": draft} for draft in made])
    here.shop.requests[ask.request_id] = feed.id
    return feed


def created(here: Context, row: FeedRow, job: Mapping[str, Any]) -> str | None:
    """A create comes out of the queue: a product in review, or a row that failed. Gives a warning, if any."""
    draft = job["draft"]
    skus = [variant["sku"] for variant in draft["variants"]]
    row.value = {"productName": draft["name"], "merchantSkuList": skus}
    wrong = problem(here, draft) or _taken(here, skus)
    if wrong is not None:
        raise invalid(wrong)
    here.shop.last_product += 1
    number = here.shop.last_product
    product = Product(
        number, f"{here.shop.store}-{number:05d}", draft["name"], draft["category"], "", draft["description"], "", 1,
        "", [], here.now, here.now,
    )  # fmt: skip
    warning = put(here, product, draft)
    here.remember(product)
    here.shop.products[number] = product
    review.begin(here, product)
    row.value = {"productCode": product.code, **row.value}
    return warning


def _taken(here: Context, skus: list[str]) -> str | None:
    """Uniqueness of merchantSku is stated nowhere (facts, section 4)."""
    if here.on("same_sku", "accepted"):
        return None
    known = {variant.sku for product in here.shop.products.values() for variant in product.variants}
    return next((f"merchantSku {sku} exists already" for sku in skus if sku in known), None)


def put(here: Context, product: Product, draft: Draft) -> str | None:
    """Write what a draft says into a product. Gives the warning about a new brand, if any."""
    product.name, product.category, product.description = draft["name"], draft["category"], draft["description"]
    product.usp, product.size = draft.get("usp", ""), [float(number) for number in draft["size"]]
    product.kind = draft["kind"] if draft.get("kind") in (1, 2, 3) else 1
    product.pickup = here.pickup(draft.get("pickup"))
    product.attributes, product.defining = dict(draft.get("attributes", {})), dict(draft.get("defining", {}))
    product.logistics, product.video = list(draft.get("logistics", ())), draft.get("video", "")
    product.preorder = draft.get("preorder")
    for picture in draft.get("pictures", {}).values():
        here.shop.images[picture["hash"]] = {name: picture[name] for name in picture if name != "hash"}
    product.variants = [_variant(product, one, draft.get("pictures", {})) for one in draft["variants"]]
    product.brand, warning = _brand(here, draft)
    return warning


def _variant(product: Product, one: Draft, pictures: Mapping[str, Any]) -> Variant:
    """A variant of a draft: the one that stands there under the same SKU, or a new one."""
    found = next((variant for variant in product.variants if variant.sku == one["sku"]), None)
    if found is None:
        product.last_variant += 1
        found = Variant(product.last_variant, one["sku"], 0, 0, 0)
    found.price, found.sale, found.stock = int(one["price"]), int(one["sale"]), int(one["stock"])
    found.minimum, found.buyable = one.get("minimum", 1), one.get("buyable", True)
    found.upc, found.attributes = one.get("upc", ""), dict(one.get("attributes", {}))
    found.images = [pictures[key]["hash"] for key in one["images"]]
    return found


def _brand(here: Context, draft: Draft) -> tuple[str, str | None]:
    """brandCode wins over newBrand; a new one that resembles a known one is ignored (facts, section 6)."""
    known, given, new = here.brands(), draft.get("brand"), draft.get("new_brand")
    if given:
        return known.get(given, str(given)), None
    if not new:
        return "", None
    for name in known.values():
        if name.casefold() == new.strip().casefold():
            return name, f"newBrand is ignored, as it resembles {name}"
    here.shop.brands[f"BR-{400_000 + here.shop.number()}"] = new.strip()
    return new.strip(), None


# --- revisions and edits ---------------------------------------------------------------------------------------------


def as_draft(product: Product) -> Draft:
    """A product as the draft that would make it."""
    variants = [
        {"sku": one.sku, "price": one.price, "sale": one.sale, "stock": one.stock, "minimum": one.minimum,
         "buyable": one.buyable, "upc": one.upc, "attributes": dict(one.attributes), "images": list(one.images)}
        for one in product.variants
    ]  # fmt: skip
    return {
        "name": product.name, "category": product.category, "description": product.description, "usp": product.usp,
        "kind": product.kind, "pickup": product.pickup, "size": list(product.size), "brand": product.brand or None,
        "attributes": dict(product.attributes), "defining": dict(product.defining), "variants": variants,
        "logistics": list(product.logistics), "video": product.video, "preorder": product.preorder,
        "pictures": {key: {"hash": key} for one in product.variants for key in one.images},
    }  # fmt: skip


def changed(product: Product, draft: Draft) -> Draft:
    """The draft of a product with the changes of another that names only them.

    Raises:
        Refusal: it would change what makes variants, or names a variant that is not there.
    """
    whole = as_draft(product)
    if draft.get("defining") and draft["defining"] != product.defining:
        raise invalid("attributes that make variants cannot change")
    for one in draft.get("variants", ()):
        target = next((variant for variant in whole["variants"] if variant["sku"] == one["sku"]), None)
        if target is None:
            raise invalid(f"variant {one['sku']} is not of this product")
        if one.get("attributes", target["attributes"]) != target["attributes"]:
            raise invalid("attributes that make variants cannot change")
        target.update({name: value for name, value in one.items() if name != "attributes"})
    pictures = {**whole["pictures"], **draft.get("pictures", {})}
    rest = {name: value for name, value in draft.items() if name not in ("variants", "defining", "pictures")}
    if rest.get("new_brand") and not rest.get("brand"):
        whole["brand"] = None
    return {**whole, **rest, "pictures": pictures}


def revise_v2(here: Context, ask: Ask) -> Answer:
    """POST products/{product-sku}/revision: `submit` false keeps a draft."""
    product = _correctable(here.by_l3(ask.ids["product-sku"]))
    body = checked(ask.body, drafts.revision_v2(here))
    draft = {**(product.draft or {}), **from_v3(here, body)}
    if not body["submit"]:
        product.draft = draft
        return Answer({"queueId": None, "action": "productRevision", "timeStamp": queue.ms(here.now)})
    return _resubmitted(here, product, draft)


def revise_v1(here: Context, ask: Ask) -> Answer:
    """POST product-submissions/{productCode}."""
    for product in here.shop.products.values():
        if product.code == ask.ids["product-code"]:
            return _resubmitted(here, _correctable(product), from_revision_v1(checked(ask.body, REVISION_V1)))
    raise absent(f"product {ask.ids['product-code']} is not found")


def _correctable(product: Product) -> Product:
    if product.state != "NEED_CORRECTION":
        raise invalid("only a product that needs correction can be revised")
    return product


def _resubmitted(here: Context, product: Product, draft: Draft) -> Answer:
    job = {"do": "revise", "number": product.number, "draft": draft}
    return Answer(queue.short(queue.submit(here, "productRevision", [job])))


def revised(here: Context, row: FeedRow, job: Mapping[str, Any]) -> str | None:
    """A revision comes out of the queue: the product is in review again."""
    product = here.shop.products.get(job["number"])
    if product is None:
        raise absent("the product is not there any more")
    row.value = {"productCode": product.code, "productName": product.name,
                 "merchantSkuList": [variant.sku for variant in product.variants]}  # fmt: skip
    whole = changed(_correctable(product), job["draft"])
    wrong = problem(here, whole)
    if wrong is not None:
        raise invalid(wrong)
    here.remember(product)
    warning = put(here, product, whole)
    product.draft = None
    review.begin(here, product)
    return warning


EDIT = ("name", "description", "uniqueSellingPoint", "productType", "attributes", "dimension", "brandCode",
        "newBrand", "videoUrl", "preOrder", "logistics")  # fmt: skip
"""What a content edit may name where its names are those of create V3: its shape is not in the facts."""

EDIT_AS_REVISED: Shape = {
    "name": "text", "description": "text", "uniqueSellingPoint": "text", "productType": "whole",
    "nonDefiningAttributes": "map", "dimension": drafts.SIZE, "brand": {"code!": "text"}, "videoUrl": "text",
    "preOrder": drafts.PREORDER,
}  # fmt: skip
"""What it may name where its names are those of a revision V1."""


def detail_update(here: Context, ask: Ask) -> Answer:
    """PUT …/detail with what changed: at once, then in review (facts, section 7.8)."""
    product = here.by_l3(ask.ids["product-sku"])
    body = _edited(here, ask)
    if not body:
        raise invalid("nothing is to be changed")
    editable(product)
    draft = changed(product, from_v3(here, body))
    if product.ordered and draft["name"] != product.name:
        raise invalid("the name cannot change once the product was ordered")
    wrong = problem(here, draft)
    if wrong is not None:
        raise invalid(wrong)
    here.remember(product)
    put(here, product, draft)
    review.begin(here, product)
    return Answer({"productSku": product.sku})


def _edited(here: Context, ask: Ask) -> dict[str, Any]:
    """The body of a content edit, by the names of create V3."""
    if here.on("detail_fields", "create"):
        whole = {name.removesuffix("!"): kind for name, kind in drafts.product_v3(here).items()}
        return checked(ask.body, {name: whole[name] for name in EDIT})
    body = checked(ask.body, EDIT_AS_REVISED)
    if "brand" in body:
        body["brandCode"] = body.pop("brand")["code"]
    if "nonDefiningAttributes" in body:
        body["attributes"] = body.pop("nonDefiningAttributes")
    return body


def editable(product: Product) -> None:
    """Whether it can be written now.

    Raises:
        Refusal: archived, suspended, in review or in need of correction: enableEdit is false (facts, section 7.5).
    """
    if product.archived:
        raise invalid("product is archived")
    if product.suspended:
        raise invalid("product is suspended")
    if product.state != "ACTIVE":
        raise invalid("product is in review or needs correction, and cannot be edited")


# --- archive ---------------------------------------------------------------------------------------------------------


def archive(here: Context, ask: Ask) -> Answer:
    """POST statuses/archive: whole products, through the queue; there is no delete."""
    return _status(here, ask, "archive")


def unarchive(here: Context, ask: Ask) -> Answer:
    """POST statuses/unarchive."""
    return _status(here, ask, "unarchive")


def _status(here: Context, ask: Ask, what: str) -> Answer:
    skus = checked(ask.body, {"productSkus!": "texts"})["productSkus"]
    if not 1 <= len(skus) <= ARCHIVE_MOST or len(set(skus)) < len(skus):
        raise invalid(f"1 to {ARCHIVE_MOST} productSkus a call, each once")
    feed = queue.submit(here, f"{what}Product", [{"do": what, "sku": sku} for sku in skus])
    return Answer(queue.short(feed))


def archived(here: Context, row: FeedRow, job: Mapping[str, Any]) -> str | None:
    """An archive or unarchive comes out of the queue; what is so already is an error (facts, section 7.10)."""
    row.value = {"productSku": job["sku"]}
    product = here.by_l3(job["sku"])
    wanted = job["do"] == "archive"
    if product.archived == wanted:
        raise invalid("product is archived already" if wanted else "product is not archived")
    if product.suspended:
        raise invalid("product is suspended")
    if product.state != "ACTIVE" and (not product.ever_live or here.on("archive_in_review", "refused")):
        raise invalid("product is in review or needs correction")
    here.remember(product)
    product.archived, product.updated = wanted, here.now
    if not wanted and here.on("unarchived", "hidden"):
        for variant in product.variants:
            variant.buyable = False
    row.value |= {"productCode": product.code, "productName": product.name}
    return None
