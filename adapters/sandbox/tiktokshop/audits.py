"""The audit: of new products, of edited versions, front by front (facts, sections 7.1 and 7.2); and what ends in time.

Nothing runs by itself: whatever is due by the clock is done before the next call.
"""

from __future__ import annotations

from typing import Any

from adapters.sandbox.tiktokshop import webhooks
from adapters.sandbox.tiktokshop.context import Context
from adapters.sandbox.tiktokshop.state import TIKTOK, Product, Promotion

REASON = "The product does not meet the listing rules (invented by the sandbox)."
HIDDEN = "SELLER_DEACTIVATED"


def submit(here: Context, product: Product, version: dict[str, Any], lists: list[str]) -> None:
    """Send a version of a product to audit; what was in audit before is replaced by it. `lists` = where it goes on sale
    if it passes."""
    product.next, product.draft = version, False
    product.audit, product.failed, product.lists = "AUDITING", [], lists
    product.audit_ends = None if here.fault == "stuck_queue" else here.now + here.audit_s
    if product.id not in here.shop.waiting:
        here.shop.waiting.append(product.id)
    if not product.ever_live:  # nothing is on sale that a second version could leave as it is
        product.content = version
        product.offers = {sku["id"]: product.offers[sku["id"]] for sku in version["skus"]}
        product.fronts = dict.fromkeys(version["listing_platforms"], "PENDING")


def run(here: Context) -> None:
    """Do what is due by now."""
    if here.shop.waiting:
        _end_audits(here)
    for promotion in here.shop.promotions:
        _promote(here, promotion)
    here.shop.promotions = [one for one in here.shop.promotions if one.end > here.now or one.moved is not None]


def _end_audits(here: Context) -> None:
    """End those that are due, and forget those that nothing is due of."""
    products = [here.shop.products[number] for number in here.shop.waiting]
    for product in products:
        if product.audit_ends is not None and product.audit_ends <= here.now:
            end(here, product)
    here.shop.waiting = [product.id for product in products if product.audit_ends is not None]


def end(here: Context, product: Product) -> None:
    """The audit says what it says."""
    version = product.next
    if version is None or product.draft:
        return
    here.remember(product)
    bad = {front: word for front, word in product.verdicts.items() if front in version["listing_platforms"]}
    ended = here.now if product.audit_ends is None else product.audit_ends
    product.audit_ends, product.verdicts = None, {}
    product.failed = [_reason(front) for front in bad]
    passes = [front for front in version["listing_platforms"] if front not in bad]
    if passes:
        _goes_live(product, version, passes, set(bad))
    else:
        _fails(product)
    product.audit, product.updated = ("APPROVED" if passes else "FAILED"), ended
    kind = "PRODUCT_STATUS_CHANGED" if passes else "PRODUCT_AUDIT_FAILURE"
    webhooks.product_changed(here, product, kind)


def _goes_live(product: Product, version: dict[str, Any], passes: list[str], bad: set[str]) -> None:
    """One active version only: where it fails while it passes elsewhere, the product is taken down and hidden."""
    product.content, product.next = version, None
    product.offers = {sku["id"]: product.offers[sku["id"]] for sku in version["skus"]}
    kept = dict(product.fronts)
    status = {front: "ACTIVATE" if front in product.lists else kept.get(front, HIDDEN) for front in passes}
    fallen = "PLATFORM_DEACTIVATED" if product.ever_live else "FAILED"
    product.fronts = status | dict.fromkeys(sorted(bad), fallen)
    product.ever_live = True


def _fails(product: Product) -> None:
    """A version that fails everywhere changes nothing of one on sale; a product that never was has failed."""
    if not product.ever_live:
        product.fronts = dict.fromkeys(product.fronts, "FAILED")
        return
    product.next = None
    for front, status in product.fronts.items():
        product.fronts[front] = HIDDEN if status == "PENDING" else status
    product.offers = {sku["id"]: product.offers[sku["id"]] for sku in product.skus}


def _reason(front: str) -> dict[str, Any]:
    suggestion = "Change the product and submit it again."
    return {"listing_platform": front, "position": "title", "reasons": [REASON], "suggestions": [suggestion]}


def _promote(here: Context, promotion: Promotion) -> None:
    """A promotion that begins takes its reserve out of the shop, one that ends puts it back."""
    product = here.shop.products.get(promotion.product)
    offer = product.offers.get(promotion.sku) if product is not None else None
    if promotion.moved is None and promotion.start <= here.now < promotion.end and offer is not None:
        place = max(offer.shelves, key=lambda one: offer.shelves[one].stock)
        promotion.reserve = min(promotion.reserve, offer.shelves[place].stock)
        offer.shelves[place].stock -= promotion.reserve
        promotion.moved = place
    elif promotion.moved is not None and promotion.end <= here.now:
        shelf = offer.shelves.get(promotion.moved) if offer is not None else None
        if shelf is not None:
            shelf.stock += promotion.reserve
        promotion.moved = None


def front_status(product: Product) -> str | None:
    """`status` of a product: that on TikTok Shop, absent if it is not listed there (facts, section 7.6)."""
    return product.fronts.get(TIKTOK)
