"""What holds of every stock and price write, whichever call brings it (facts, sections 7.3 and 10.2)."""

from __future__ import annotations

from adapters.sandbox.lazada.context import Context
from adapters.sandbox.lazada.errors import RowRefusal, umbrella
from adapters.sandbox.lazada.state import Sku

JUMP = 0.8
"""The share by which a price may move before the product is reviewed again (facts, section 7.3)."""


def jumped(old: int, new: int) -> bool:
    """Whether a price moved so far that it is looked at."""
    return abs(new - old) > JUMP * old


def stock_problem(here: Context, sku: Sku, new: int, old: int) -> RowRefusal | None:
    """Why a warehouse of a SKU cannot go from `old` to `new` sellable pieces, None if it can."""
    where = f"entityId={here.by_sku.get(sku.id, 0)},id={sku.id}"
    if new < 0:
        return RowRefusal("212", f"INV_NEGATIVE_SELLABLE: negative sellable on inventory,{where}")
    if new < old and here.only_rising(sku):
        return RowRefusal("4170", "the SKU is in a campaign: its stock may only rise")
    if new < here.reserved(sku):
        return RowRefusal("501", f"negative sellable on channel inventory,{where}")
    return None


def fits(here: Context, sku: Sku, new: int, old: int, code: str) -> None:
    """Whether the default warehouse can go from `old` to `new` sellable pieces.

    Raises:
        Refusal: it cannot; `code` is the umbrella.
    """
    wrong = stock_problem(here, sku, new, old)
    if wrong is not None:
        detail = {"seller_sku": sku.seller_sku, "message": wrong.text, "code": wrong.code}
        raise umbrella(code, "Update product failed", [detail])
