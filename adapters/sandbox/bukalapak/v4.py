"""API v4: the one write of the catalogue that any source shows (facts, section 4.4)."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.bukalapak.ask import Ask, Fits, checked, is_amount, is_sku, is_whole
from adapters.sandbox.bukalapak.context import Context
from adapters.sandbox.bukalapak.reading import row_sku
from adapters.sandbox.bukalapak.refusals import invalid, missing
from adapters.sandbox.bukalapak.state import Product, Sku


def patch_sku(here: Context, ask: Ask) -> dict[str, Any]:
    """Set stock absolutely, and by switch price and seller SKU; `state: active` also puts the product on sale."""
    here.may_write()
    product = here.product(ask.ids[0])
    sku = next((one for one in product.skus if str(one.sku_id) == ask.ids[1]), None)
    if sku is None:
        raise missing("SKU")
    given = ask.json()
    if "price" in given and here.on("patch_price", "refused"):
        raise invalid("price tidak dapat diubah di sini")
    known = checked(given, _fields(here), here.on("unknown_fields", "swallowed"))
    if not given:
        raise invalid("Tidak ada yang diubah")
    wakes = "state" in known and not product.on
    if wakes:
        here.may_sell()
    here.remember(product)
    _change(here, product, sku, known, wakes)
    here.touch(product)
    return row_sku(product, sku)


def _fields(here: Context) -> dict[str, Fits]:
    fields: dict[str, Fits] = {"stock": is_whole, "state": lambda value: value == "active", "price": is_amount}
    if here.on("sku_name", "settable"):
        fields["sku_name"] = is_sku
    return fields


def _change(here: Context, product: Product, sku: Sku, known: dict[str, Any], wakes: bool) -> None:
    if wakes:
        product.on, product.relisted = True, here.now
    if "stock" in known:
        here.set_stock(product, sku, known["stock"], active="state" in known)
    if "price" in known:
        sku.price = known["price"]
    if "sku_name" in known:
        sku.sku_name = known["sku_name"] or None
