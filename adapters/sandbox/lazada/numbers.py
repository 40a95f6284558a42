"""Prices and stock of up to 50 SKUs a call (facts, sections 7.3 to 7.5): `Quantity` is total, the rest sellable.

A SKU that is not there comes back in the detail of a call that succeeded; one that breaks a rule fails the call, and
whether the good SKUs were written nevertheless is open (facts, section 4.1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from adapters.sandbox.lazada import judging, review
from adapters.sandbox.lazada.context import Answer, Ask, Context
from adapters.sandbox.lazada.documents import Node, document, inner, objects, text
from adapters.sandbox.lazada.errors import Refusal, RowRefusal, numbered, umbrella, unsupported
from adapters.sandbox.lazada.state import Item, Sku
from adapters.sandbox.lazada.stock import jumped, stock_problem
from adapters.sandbox.selling import set_stock

ROWS_MOST, ROWS_ADVISED = 50, 20
DATE = "%Y-%m-%d"


@dataclass(slots=True)
class Change:
    """What one row does to its SKU; `stocks` = {warehouse, "" for the default one: sellable pieces}."""

    price: int | None = None
    special: int | None = None
    begins: str = ""
    ends: str = ""
    stocks: dict[str, int] = field(default_factory=dict)
    absolute: bool = True


Judge = Callable[[Context, Node, Sku], Change]


def price_quantity(here: Context, ask: Ask) -> Answer:
    """POST /product/price_quantity/update."""
    node = document(ask.get("payload"), bare_sku=here.on("one_sku_object", "accepted"))
    return _each(here, node, _priced)


def sellable_update(here: Context, ask: Ask) -> Answer:
    """POST /product/stock/sellable/update: absolute."""
    node = document(ask.get("payload"), json_taken=here.on("stock_json", "accepted"))
    return _each(here, node, _sellable)


def sellable_adjust(here: Context, ask: Ask) -> Answer:
    """POST /product/stock/sellable/adjust: a delta, which a repeat adds again."""
    node = document(ask.get("payload"), json_taken=here.on("stock_json", "accepted"))
    return _each(here, node, _adjusted)


def _each(here: Context, node: Node, judge: Judge) -> Answer:
    rows = objects(inner(node, "Product", "Skus"), "Sku")
    if not rows:
        raise unsupported("there is no Sku")
    if len(rows) > ROWS_MOST:
        raise numbered("4171", f"at most {ROWS_MOST} SKUs")
    if any(not text(row, "SkuId") for row in rows):
        raise numbered("4216", "SkuId is missing")
    late = here.too_large(len(rows))
    absent, failed = _done(here, rows[:ROWS_ADVISED] if late else rows, judge)
    if late:
        raise Refusal("513", "E513: Internal call exception", "SYSTEM")
    if failed:
        raise umbrella("501", "Update product failed", [*failed, *absent])
    return Answer({}, detail=absent)


def _done(here: Context, rows: list[Node], judge: Judge) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Do the rows: details of those whose SKU is not there, and of those that break a rule."""
    absent, failed = _played(here, rows)
    good: list[tuple[Item, Sku, Change]] = []
    for row in rows[len(failed) : len(rows) - len(absent)]:
        found = here.find(text(row, "ItemId"), text(row, "SkuId"))
        if found is None:
            absent.append(_row(row, "ITEM_NOT_FOUND", "E0501"))
            continue
        try:
            _open(found[0])
            good.append((*found, judge(here, row, found[1])))
        except RowRefusal as wrong:
            failed.append(_told(found[1], wrong))
        except Refusal as wrong:
            failed.append(_told(found[1], RowRefusal(wrong.code, wrong.text)))
    if not failed or here.on("refused_rest", "applied"):
        for item, sku, change in good:
            _write(here, item, sku, change)
    return absent, failed


def _played(here: Context, rows: list[Node]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The rows that a fault hits: the later half is not there, or the first is refused."""
    if here.fault == "partial_batch":
        return [_row(row, "ITEM_NOT_FOUND", "E0501") for row in rows[len(rows) // 2 :]], []
    if here.fault == "reject_row":
        return [], [{**_row(rows[0], "(invented) refused by a rule of the shop", "4155"), "field": "Sku"}]
    return [], []


def _row(row: Node, said: str, code: str) -> dict[str, str]:
    """A detail about a row, which has a SellerSku only if the call had one (facts, section 7.3)."""
    echo = text(row, "SellerSku")
    return {"field": "ItemId", "message": said, "code": code, **({"seller_sku": echo} if echo else {})}


def _told(sku: Sku, wrong: RowRefusal) -> dict[str, str]:
    check = {"bizCheck": wrong.check} if wrong.check else {}
    return {"seller_sku": sku.seller_sku, "message": wrong.text, "code": wrong.code, **check}


def _open(item: Item) -> None:
    if item.state == "banned":
        raise RowRefusal("4155", "the product is locked")


def _write(here: Context, item: Item, sku: Sku, change: Change) -> None:
    here.remember(item)
    item.updated = here.now
    if change.price is not None:
        if jumped(sku.price, change.price) and here.on("price_jump", "review"):
            review.begin(here, item)
        sku.price = change.price
    if change.special is not None:
        sku.special, sku.special_from, sku.special_to = change.special or None, change.begins, change.ends
    for code, pieces in change.stocks.items():
        if code:
            sku.elsewhere[code] = pieces
        else:
            set_stock(here.shop, sku, pieces, change.absolute)


# --- what a row says -------------------------------------------------------------------------------------------------


def _priced(here: Context, row: Node, sku: Sku) -> Change:
    price, special, total = text(row, "Price"), text(row, "SalePrice"), text(row, "Quantity")
    places = _places(here, row)
    _permitted(here, bool(total) or bool(places))
    change = Change()
    if price:
        change.price = judging.rupiah(here, price)
    if special:
        change.special = judging.sale_price(here, special)
        change.begins, change.ends = _days(row)
    elif text(row, "SaleStartDate") or text(row, "SaleEndDate"):
        change.special, (change.begins, change.ends) = sku.special, _days(row)
    if price or special:
        if here.price_locked(sku):
            raise RowRefusal("THD_IC_ERR_F_IC_ABILITY_PG_003", "the price is locked by a campaign")
        _below(change, sku)
    if total:
        held = sku.withheld + sku.occupied + (0 if here.shop.multi_warehouse else sum(sku.elsewhere.values()))
        change.stocks[""] = _checked(here, sku, judging.pieces(total) - held, sku.stock)
    for code, quantity in places.items():
        held = sku.withheld + sku.occupied if not code else 0
        change.stocks[code] = _checked(here, sku, judging.pieces(quantity) - held, _at(sku, code), code)
    return change


def _permitted(here: Context, with_stock: bool) -> None:
    """As seen live of an Indonesian seller; whether a price alone passes is open (facts, section 7.3)."""
    if not here.shop.permitted and (with_stock or here.on("not_permitted_price", "refused")):
        raise RowRefusal("501", "SELLER_NOT_PERMITTED", "SELLER_NOT_PERMITTED")


def _days(row: Node) -> tuple[str, str]:
    begins, ends = text(row, "SaleStartDate"), text(row, "SaleEndDate")
    for day in filter(None, (begins, ends)):
        judging.moment(day, DATE)
    return f"{begins} 00:00:00" if begins else "", f"{ends} 23:59:59" if ends else ""


def _below(change: Change, sku: Sku) -> None:
    price = sku.price if change.price is None else change.price
    special = sku.special if change.special is None else change.special
    if special and special >= price:
        raise RowRefusal("4157", "the special price must be below the price")


def _sellable(here: Context, row: Node, sku: Sku) -> Change:
    change, given = Change(), text(row, "SellableQuantity")
    if given:
        change.stocks[""] = _checked(here, sku, judging.pieces(given), sku.stock)
    for code, quantity in _places(here, row, here.switches["lazada.warehouse_tag"]).items():
        change.stocks[code] = _checked(here, sku, judging.pieces(quantity), _at(sku, code), code)
    return change


def _adjusted(here: Context, row: Node, sku: Sku) -> Change:
    change, given = Change(absolute=False), text(row, "SellableQuantity")
    if given:
        change.stocks[""] = _checked(here, sku, sku.stock + _delta(given), sku.stock)
    for code, quantity in _places(here, row, here.switches["lazada.warehouse_tag"]).items():
        delta, old = _delta(quantity), _at(sku, code)
        if delta < 0 and here.on("warehouse_delta", "refused"):
            raise RowRefusal("4152", "negative quantity")
        change.stocks[code] = _checked(here, sku, old + delta, old, code)
    return change


def _delta(given: str) -> int:
    return -judging.pieces(given[1:]) if given.startswith("-") else judging.pieces(given.removeprefix("+"))


def _places(here: Context, row: Node, tag: str = "Quantity") -> Mapping[str, str]:
    """{warehouse, "" for the default one: what is said of it}; a tag that is not `tag` is swallowed."""
    rows = objects(inner(row, "MultiWarehouseInventories"), "MultiWarehouseInventory")
    if rows and not here.shop.multi_warehouse:
        raise RowRefusal("501", "the seller has one warehouse: MultiWarehouseInventories must not be used")
    codes = {place["code"].casefold(): place["code"] for place in here.warehouses()}
    default = here.warehouses()[0]["code"]
    found = {}
    for one in rows:
        code = codes.get(text(one, "WarehouseCode").casefold())
        if code is None:
            raise RowRefusal("501", "the warehouse does not exist")
        if text(one, tag):
            found["" if code == default else code] = text(one, tag)
    return found


def _at(sku: Sku, code: str) -> int:
    return sku.elsewhere.get(code, 0) if code else sku.stock


def _checked(here: Context, sku: Sku, new: int, old: int, code: str = "") -> int:
    wrong = stock_problem(here, sku, new, old) if not code else None
    if code and new < 0:
        wrong = RowRefusal("212", "INV_NEGATIVE_SELLABLE: negative sellable on inventory")
    if wrong is not None:
        raise wrong
    return new
