"""Create and edit (facts, sections 7.1, 7.2, 7.9 and 11): what is left out is lost, and a new version is audited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapters.sandbox.limits import window_s
from adapters.sandbox.tiktokshop import audits, webhooks
from adapters.sandbox.tiktokshop.context import Ask, Context
from adapters.sandbox.tiktokshop.errors import INVALID, LISTING_LIMIT, NO_SKU, Refusal, invalid
from adapters.sandbox.tiktokshop.judging import judge, judge_draft, problems, resolved, warnings
from adapters.sandbox.tiktokshop.numbers import FROZEN, demand, new_offer, new_price, set_quantities
from adapters.sandbox.tiktokshop.state import TIKTOK, Product

DAY = 86_400.0
KEY_MOST = 128
MODES = ("LISTING", "AS_DRAFT")
NOT_CONTENT = frozenset({"save_mode", "idempotency_key", "skus", "option"})
NOT_OF_SKU = frozenset({"price", "inventory"})

Act = Callable[[], None]


# --- create ----------------------------------------------------------------------------------------------------------


def create(here: Context, ask: Ask) -> dict[str, Any]:
    """POST products."""
    key = ask.body.get("idempotency_key", "")
    if len(key) > KEY_MOST:
        raise invalid("idempotency_key has up to 128 characters")
    if key in here.shop.idempotency and not here.on("repeated_key", "forgotten"):
        if here.on("repeated_key", "original"):
            return here.shop.idempotency[key]
        raise Refusal(INVALID, "idempotency_key was used before")
    answer = _created(here, ask.body)
    if key:
        here.shop.idempotency[key] = answer
    return answer


def _created(here: Context, body: Mapping[str, Any]) -> dict[str, Any]:
    mode = _mode(body)
    if mode == "LISTING":
        _within_day(here, here.shop.creates, here.shop.daily_listings)
    version = _version(body)
    version["skus"] = [_sku(sku, here.shop.new_id()) for sku in body["skus"]]
    (judge_draft if mode == "AS_DRAFT" else judge)(here, version)
    offers = {own["id"]: new_offer(here, sku) for own, sku in zip(version["skus"], body["skus"], strict=True)}
    product = Product(here.shop.new_id(), version, offers, {}, here.now, here.now)
    here.earlier.keep(product.id, here.now, None)
    here.shop.products[product.id] = product
    _keep_images(here, version)
    if mode == "AS_DRAFT":
        product.next, product.draft = version, True
        product.fronts = dict.fromkeys(version["listing_platforms"], "DRAFT")
    else:
        here.shop.creates.append(here.now)
        audits.submit(here, product, version, version["listing_platforms"])
        webhooks.say(here, "PRODUCT_CREATION", {"product_id": int(product.id)})
    warned = warnings(version)
    return {"product_id": product.id, "skus": [_echo(sku) for sku in version["skus"]],
            **({"warnings": warned} if warned else {})}  # fmt: skip


def _mode(body: Mapping[str, Any]) -> str:
    mode: str = body.get("save_mode", "LISTING")
    if mode not in MODES:
        raise invalid("save_mode is LISTING or AS_DRAFT")
    return mode


def _within_day(here: Context, stamps: list[float], most: int) -> None:
    """Forget what is older than a day; 0 = no limit."""
    stamps[:] = [at for at in stamps if at > here.now - window_s(DAY, here.fast)]
    if most and len(stamps) >= most:
        raise Refusal(LISTING_LIMIT, "the daily listing limit is reached")


def _version(body: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a body, without its SKUs; category_version is v1 unless it says otherwise (trap 13)."""
    content = {name: value for name, value in body.items() if name not in NOT_CONTENT}
    return {"listing_platforms": [TIKTOK], "category_version": "v1", **content}


def _sku(sku: Mapping[str, Any], number: str) -> dict[str, Any]:
    content = {name: value for name, value in sku.items() if name not in NOT_OF_SKU}
    return {**content, "id": number, "sales_attributes": resolved(sku.get("sales_attributes", []))}


def _keep_images(here: Context, version: Mapping[str, Any]) -> None:
    options = [one for sku in version["skus"] for one in sku["sales_attributes"] if "sku_img" in one]
    for uri in [image["uri"] for image in version["main_images"]] + [one["sku_img"]["uri"] for one in options]:
        here.shop.images[uri].used = True


def _echo(sku: Mapping[str, Any]) -> dict[str, Any]:
    """A SKU as the answer to a write shows it."""
    options = [{"id": one["id"], "value_id": one["value_id"]} for one in sku["sales_attributes"]]
    return {"id": sku["id"], "seller_sku": sku.get("seller_sku", ""), "sales_attributes": options,
            "external_sku_id": sku.get("external_sku_id", "")}  # fmt: skip


def check(here: Context, ask: Ask) -> dict[str, Any]:
    """POST listing_check: everything that a create would be refused for. Its body has no category_version."""
    version = {**_version(ask.body), "category_version": "v2"}
    wrong: list[Refusal] = []
    version["skus"] = []
    for number, sku in enumerate(ask.body["skus"]):
        try:
            version["skus"].append(_sku(sku, str(number)))
            new_offer(here, sku)
        except Refusal as refusal:
            wrong.append(refusal)
    wrong += problems(here, version)
    reasons = [{"code": one.code, "message": one.text} for one in wrong]
    return {"check_result": "FAILED" if reasons else "PASS", "fail_reasons": reasons}


# --- edit ------------------------------------------------------------------------------------------------------------


def edit(here: Context, ask: Ask) -> dict[str, Any]:
    """PUT products/{id}: whatever is left out is blank from now on, except price and inventory."""
    product = _editable(here, ask)
    return _edited(here, product, _version(ask.body), ask.body)


def partial_edit(here: Context, ask: Ask) -> dict[str, Any]:
    """POST products/{id}/partial_edit: properties that are sent replace theirs whole; the base is a draft or what is in
    audit, if there is one, and not what is on sale."""
    product = _editable(here, ask)
    base = product.content if product.next is None else product.next
    sent = {name: value for name, value in ask.body.items() if name not in NOT_CONTENT}
    return _edited(here, product, {**base, **sent}, ask.body)


def _editable(here: Context, ask: Ask) -> Product:
    product = here.product(ask.ids["product_id"])
    if FROZEN in product.fronts.values():
        raise invalid("the product is frozen")
    return product


def _edited(here: Context, product: Product, version: dict[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """Judge all of it, then write all of it. SKUs that a sent list omits are gone (trap 4)."""
    mode = _mode(body)
    acts: list[Act] = []
    if "skus" in body:
        version["skus"] = [_kept_or_new(here, product, sku, acts) for sku in body["skus"]]
    (judge_draft if mode == "AS_DRAFT" else judge)(here, version, product.id)
    before = product.content if product.next is None else product.next
    changed = version != before or (product.draft and mode == "LISTING")
    if changed and mode == "LISTING":
        most = here.switches["tiktokshop.relistings"]
        _within_day(here, product.edits, 0 if most == "unbounded" else int(most))
    here.remember(product)
    for act in acts:
        act()
    _keep_images(here, version)
    if changed:
        _submit(here, product, version, mode)
    product.updated = here.now
    return {"product_id": product.id, "skus": [_echo(sku) for sku in version["skus"]],
            "audit": {"status": product.audit}}  # fmt: skip


def _submit(here: Context, product: Product, version: dict[str, Any], mode: str) -> None:
    if mode == "AS_DRAFT":
        product.next, product.draft = version, True
        product.audit, product.audit_ends = "NONE", None
        if not product.ever_live:
            product.content, product.fronts = version, dict.fromkeys(version["listing_platforms"], "DRAFT")
        return
    product.edits.append(here.now)
    lists = version["listing_platforms"]
    if product.ever_live and here.on("edit_of_hidden", "keeps"):
        lists = [front for front in lists if product.fronts.get(front, "ACTIVATE") == "ACTIVATE"]
    audits.submit(here, product, version, lists)


def _kept_or_new(here: Context, product: Product, sku: Mapping[str, Any], acts: list[Act]) -> dict[str, Any]:
    """A SKU of an edit; what it does to price and stock is put off into `acts`.

    Raises:
        Refusal: an id that is none of the product's, or a price or stock that cannot be.
    """
    if "id" not in sku:
        number, fresh = here.shop.new_id(), new_offer(here, sku)
        acts.append(lambda: product.offers.__setitem__(number, fresh))
        return _sku(sku, number)
    offer = product.offers.get(sku["id"])
    if offer is None:
        raise Refusal(NO_SKU, "sku does not belong to the product")
    if "price" in sku:
        price = new_price(here, product, sku["id"], sku["price"])
        acts.append(lambda: setattr(offer, "price", price))
    if "inventory" in sku:
        quantities = demand(here, offer, sku["inventory"])
        acts.append(lambda: set_quantities(here, offer, quantities))
    return _sku(sku, sku["id"])
