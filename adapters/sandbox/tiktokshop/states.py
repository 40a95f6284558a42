"""On sale, off sale, deleted, back (facts, section 7.5): up to 20 products a call, failures under code 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.sandbox.tiktokshop import audits
from adapters.sandbox.tiktokshop.audits import HIDDEN
from adapters.sandbox.tiktokshop.context import Ask, Context
from adapters.sandbox.tiktokshop.errors import (
    CHECK_FAILED,
    INVALID,
    NOT_FOUND,
    PLATFORM,
    Refusal,
    failed,
    invalid,
    parameter,
)
from adapters.sandbox.tiktokshop.judging import judge
from adapters.sandbox.tiktokshop.numbers import FROZEN
from adapters.sandbox.tiktokshop.state import PLATFORMS, Product

PRODUCTS_MOST = 20
DOWN = (HIDDEN, "PLATFORM_DEACTIVATED")
"""What can be activated, by the vendor's notes on the call."""

Act = Callable[[], None]
Plan = Callable[[Context, Product, list[str]], Act]
"""What would be done to a product on some platforms; Refusal = it cannot be."""


def activate(here: Context, ask: Ask) -> dict[str, Any]:
    """POST activate."""
    return _each(here, ask, _activation)


def deactivate(here: Context, ask: Ask) -> dict[str, Any]:
    """POST deactivate."""
    return _each(here, ask, _deactivation)


def delete(here: Context, ask: Ask) -> dict[str, Any]:
    """DELETE products, by a body."""
    return _each(here, ask, _deletion)


def recover(here: Context, ask: Ask) -> dict[str, Any]:
    """POST recover: what was deleted comes back, off sale."""
    return _each(here, ask, _recovery)


def _each(here: Context, ask: Ask, plan: Plan) -> dict[str, Any]:
    numbers: list[str] = ask.body["product_ids"]
    if not 1 <= len(numbers) <= PRODUCTS_MOST:
        raise parameter("product_ids has 1 to 20 entries")
    platforms = ask.body.get("listing_platforms", [])
    if not set(platforms) <= set(PLATFORMS):
        raise parameter("listing_platforms")
    acts: list[Act] = []
    errors: list[dict[str, Any]] = []
    for place, number in enumerate(numbers):
        if here.row_omitted(place):
            continue
        try:
            acts.append(_one(here, place, number, platforms, plan))
        except Refusal as refusal:
            errors.append(_error(number, refusal, plan))
    if not errors or here.on("unlisted", "applied") or here.fault in ("reject_row", "partial_batch"):
        for act in acts:
            act()
    return {"errors": errors} if errors else {}


def _one(here: Context, place: int, number: str, platforms: list[str], plan: Plan) -> Act:
    why, product = here.row_refused(place), here.shop.products.get(number)
    if why is not None:
        raise invalid(why)
    if product is None or product.deleted != (plan is _recovery):
        raise Refusal(NOT_FOUND, "product not found")
    if not set(platforms) <= product.fronts.keys():
        raise Refusal(PLATFORM, "the product is not listed on this platform")
    if FROZEN in product.fronts.values():
        raise invalid("the product is frozen")
    act = plan(here, product, platforms or list(product.fronts))

    def done() -> None:
        here.remember(product)
        act()
        product.updated = here.now

    return done


def _error(number: str, refusal: Refusal, plan: Plan) -> dict[str, Any]:
    """A row of `data.errors`; only that of an activation has further errors inside, by the models."""
    if refusal.code != INVALID or plan is not _activation:
        return failed(refusal.code, refusal.text, {"product_id": number})
    extra = [{"code": INVALID, "message": refusal.text}]
    return failed(CHECK_FAILED, "check failed", {"product_id": number, "extra_errors": extra})


def _activation(here: Context, product: Product, fronts: list[str]) -> Act:
    hidden = [front for front in fronts if product.fronts[front] in DOWN]
    if any(product.fronts[front] not in (*DOWN, "ACTIVATE") for front in fronts):
        raise invalid("only products in status SELLER_DEACTIVATED or PLATFORM_DEACTIVATED can be activated")
    judge(here, product.content, product.id)

    def act() -> None:
        if not hidden:
            return
        if here.on("activation", "live"):
            product.ever_live = True
            product.fronts |= dict.fromkeys(hidden, "ACTIVATE")
            return
        version = product.next if product.in_audit and product.next is not None else product.content
        kept = [front for front, status in product.fronts.items() if status == "ACTIVATE"]
        product.fronts |= dict.fromkeys(hidden, "PENDING")
        audits.submit(here, product, version, [*kept, *hidden])

    return act


def _deactivation(_here: Context, product: Product, fronts: list[str]) -> Act:
    if any(product.fronts[front] not in ("ACTIVATE", "PENDING", HIDDEN) for front in fronts) or not product.ever_live:
        raise invalid("only products in status ACTIVATE can be deactivated")

    def act() -> None:
        product.fronts |= dict.fromkeys(fronts, HIDDEN)
        product.lists = [front for front in product.lists if front not in fronts]

    return act


def _deletion(_here: Context, product: Product, fronts: list[str]) -> Act:
    def act() -> None:
        product.fronts = dict.fromkeys(fronts, "DELETED")
        product.audit_ends, product.audit = None, "NONE"

    return act


def _recovery(_here: Context, product: Product, fronts: list[str]) -> Act:
    def act() -> None:
        product.fronts = dict.fromkeys(fronts, HIDDEN)
        product.draft, product.next = False, None

    return act
