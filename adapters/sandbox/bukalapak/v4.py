"""The newer generation: the list with SKUs, stock, transactions, reference data (facts, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from adapters.sandbox.bukalapak import v2
from adapters.sandbox.bukalapak.context import STORE, USER, Context, RefusalV2, RefusalV4, tree
from adapters.sandbox.bukalapak.state import BANNED, DELETED, FOR_SALE, Line, Order, Product, Sku
from adapters.sandbox.market import NowhereError

Json = Mapping[str, Any]
WIB = timezone(timedelta(hours=7))
PAGE_MOST = 100
CLOSED = "(invented) marketplace for physical goods is closed"
STATES = ("pending", "paid", "accepted", "delivered", "received", "remitted", "cancelled", "expired", "refunded",
          "rejected")  # fmt: skip
WORDS = {"unpaid": "pending", "paid": "paid", "accepted": "accepted", "shipped": "delivered", "delivered": "received",
         "cancelled": "cancelled", "returned": "refunded", "failed": "expired"}  # fmt: skip
BACK = ("cancelled", "expired", "refunded", "rejected")


def me(_here: Context) -> Json:
    """Whose token it is."""
    return {"id": int(USER), "username": "plut-sandbox", "name": "PLUT", "store": {"id": int(STORE)}}


def products(here: Context, query: Mapping[str, str]) -> tuple[list[Json], dict[str, int]]:
    """Own products by offset; deleted rows come along (trap 7), and pages shift while they are turned."""
    kind, offset, limit = (
        query.get("product_type", "available"),
        _number(query, "offset", 0),
        _number(query, "limit", 50),
    )
    if kind not in ("available", "sold", "all") or not 1 <= limit <= PAGE_MOST:
        raise RefusalV4(400, 10002, "(invented) invalid parameter")
    words = query.get("keywords", "").casefold()
    rows = [here.seen(p) for p in here.shop.products.values()]
    rows = [p for p in rows if words in p.name.casefold()]
    if kind != "all":
        rows = [p for p in rows if (p.shown and not here.shop.holiday) is (kind == "available") or p.state == DELETED]
    rows.sort(key=lambda p: -p.updated if query.get("sort") != "date" else -p.created)
    rows = [] if here.fault == "empty_page" else rows
    meta = {"offset": offset, "limit": limit, "total": len(rows)}
    return [row(here, p) for p in rows[offset : offset + limit]], meta


def product(here: Context, number: str) -> Json:
    """One product."""
    found = here.shop.products.get(number)
    if found is None:
        raise RefusalV4(404, 10404, "(invented) product not found")
    return row(here, here.seen(found))


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise RefusalV4(400, 10002, f"(invented) {name} is not a number")
    return int(text)


def row(here: Context, one: Product) -> dict[str, Any]:
    """One product as the newer generation prints it."""
    leaf = next((leaf for leaf in tree()["leaves"] if leaf["id"] == one.category), {"id": one.category, "name": ""})
    first, on = one.skus[0], one.shown and not here.shop.holiday
    condition = ("Baru" if one.new else "Bekas") if here.on("condition", "word") else "new" if one.new else "used"
    variants = [_variant(one, sku, n == 0) for n, sku in enumerate(one.skus)] if len(one.skus) > 1 else []
    return {
        "id": one.id, "sku_id": first.id, "sku_name": first.name, "default_sku_id": first.id, "name": one.name,
        "price": first.price, "original_price": first.price, "stock": sum(sku.stock for sku in one.skus),
        "weight": one.weight, "dimensions": {"width": 0, "height": 0, "length": 0},
        "category": {"id": one.category, "name": leaf["name"], "structure": [leaf["name"]], "url": "/c/x"},
        "condition": condition, "description": one.description, "description_bb": one.description,
        "images": {"ids": list(one.pictures), "large_urls": [], "original_urls": [], "small_urls": []},
        "specs": one.attributes, "state": one.state, "active": one.state == FOR_SALE, "for_sale": on,
        "min_quantity": 1, "max_quantity": None, "labels": [], "couriers": [], "variants": variants,
        "created_at": _iso(one.created), "updated_at": _iso(one.updated), "relisted_at": None,
        "store": {"id": int(STORE), "product_upload_remaining": here.remaining()},
    }  # fmt: skip


def _variant(one: Product, sku: Sku, default: bool) -> dict[str, Any]:
    return {"id": sku.id, "product_id": one.id, "sku_name": sku.name, "variant_name": sku.variant, "price": sku.price,
            "stock": sku.stock, "state": one.state, "default_sku": default, "details": [], "images": []}  # fmt: skip


def patch(here: Context, number: str, sku_id: str, body: Json) -> Json:
    """Absolute stock of one SKU; a price only where the switch lets it."""
    if here.no_writes():
        raise RefusalV4(403, 10403, CLOSED)
    found = here.shop.products.get(number)
    sku = next((s for s in found.skus if str(s.id) == sku_id), None) if found and found.state != DELETED else None
    if found is None or sku is None:
        raise RefusalV4(404, 10404, "(invented) sku not found")
    known = {"stock", "state"} | ({"price"} if here.on("patch_price", "accepted") else set())
    if unknown := set(body) - known:
        raise RefusalV4(422, 10422, f"(invented) {sorted(unknown)[0]} cannot be changed")
    if found.state == BANNED:
        raise RefusalV4(422, 10423, "(invented) product violates the rules")
    here.touch(found)
    _write(here, found, sku, body)
    return {"id": sku.id, "product_id": number, "price": sku.price, "stock": sku.stock}


def _write(here: Context, found: Product, sku: Sku, body: Json) -> None:
    if "stock" in body:
        stock = body["stock"]
        if isinstance(stock, bool) or not isinstance(stock, int) or stock < 0:
            raise RefusalV4(422, 10424, "(invented) stock must be 0 or more")
        if found.state != FOR_SALE and body.get("state") != "active":
            raise RefusalV4(422, 10425, "(invented) product is inactive: its stock stays 0")
        here.set_stock(sku, stock)
    if body.get("state") == "active":
        found.state = FOR_SALE
    if "price" in body:
        price = body["price"]
        if isinstance(price, bool) or not isinstance(price, int) or price < 100:
            raise RefusalV4(422, 10426, "(invented) price must be 100 or more")
        sku.price = price


def attributes(here: Context, number: str) -> list[Json]:
    """The attributes of one category."""
    if not number.isdecimal():
        raise RefusalV4(404, 10404, "(invented) category not found")
    try:
        rows = v2.attributes(here, int(number))
    except RefusalV2 as refusal:
        raise RefusalV4(404, 10404, refusal.text) from None
    return [{"name": r["fieldName"], "display_name": r["displayName"], "multiple": False, "required": r["required"],
             "options": r["options"]} for r in rows]  # fmt: skip


# --- transactions ----------------------------------------------------------------------------------------------------


def transactions(here: Context, query: Mapping[str, list[str]]) -> tuple[list[Json], dict[str, int]]:
    """Orders by state and time of their last change; times are local (facts, section 4.6)."""
    one = {name: values[0] for name, values in query.items()}
    offset, limit = _number(one, "offset", 0), _number(one, "limit", 50)
    states = query.get("states[]", list(STATES))
    start, end = _moment(one.get("start_time"), 0.0), _moment(one.get("end_time"), 1e12)
    found = [o for o in here.shop.orders.values() if o.state in states and start <= o.changed <= end]
    found.sort(key=lambda order: -order.changed)
    found = [] if here.fault == "empty_page" else found
    page = found[offset : offset + limit]
    for order in page:
        for line in order.lines:
            sku = _sku(here, line)
            if sku is not None:
                sku.unseen = 0
    return [_order(order) for order in page], {"offset": offset, "limit": limit, "total": len(found)}


def _moment(text: str | None, otherwise: float) -> float:
    if text is None:
        return otherwise
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RefusalV4(400, 10002, "(invented) invalid time") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=WIB)).timestamp()


def _order(order: Order) -> dict[str, Any]:
    locked = "Terkunci" if order.state in ("pending", "paid") else "Pembeli Uji"
    return {
        "id": order.id, "transaction_id": f"TR{order.id}", "invoice_id": order.id, "state": order.state,
        "state_changed_at": {f"{order.state}_at": _iso(order.changed)},
        "items": [
            {"id": order.id * 10 + n, "name": line.name, "price": line.price, "total_price": line.price * line.quantity,
             "quantity": line.quantity,
             "stuff": {"id": line.sku, "product": {"id": line.product, "weight": 0, "condition": "Baru"},
                       "variant_name": line.variant, "sku_name": None, "price": line.price, "discount": 0}}
            for n, line in enumerate(order.lines)
        ],
        "buyer": {"name": locked}, "amount": {"buyer": {"total": 0}, "seller": {"total": 0}},
        "delivery": {"consignee": {"name": locked, "phone": locked}, "tracking_number": None},
        "options": {"buyer_note": None, "reject_reason": None}, "created_at": _iso(order.placed),
        "updated_at": _iso(order.changed),
    }  # fmt: skip


def transaction(here: Context, number: str) -> Json:
    """One order."""
    order = here.shop.orders.get(int(number)) if number.isdecimal() else None
    if order is None:
        raise RefusalV4(404, 10404, "(invented) transaction not found")
    return _order(order)


def set_status(here: Context, number: str, body: Json) -> Json:
    """A seller's step of an order."""
    order = here.shop.orders.get(int(number)) if number.isdecimal() else None
    if order is None or body.get("state") not in ("accepted", "delivered", "rejected"):
        raise RefusalV4(422, 10427, "(invented) state cannot be set")
    _become(here, order, str(body["state"]))
    return _order(order)


# --- buyers ----------------------------------------------------------------------------------------------------------


def buy(here: Context, body: Json) -> dict[str, str]:
    """A buyer's order; its pieces go when it is paid."""
    lines = []
    for ask in body["lines"]:
        found, sku = offer(here, str(ask["sku"]))
        if not found.shown or here.shop.holiday or int(ask["quantity"]) > sku.stock:
            raise ValueError(f"{ask['sku']} is not on sale in that number")
        lines.append(Line(found.id, sku.id, found.name, sku.variant, int(ask["quantity"]), sku.price))
    number = here.shop.next()
    order = Order(number, "pending", lines, here.now, here.now)
    here.shop.orders[number] = order
    if body.get("paid", True):
        _become(here, order, "paid")
    return {"id": str(number)}


def advance(here: Context, number: str, word: str) -> dict[str, str]:
    """What becomes of an order."""
    order = here.shop.orders.get(int(number)) if number.isdecimal() else None
    if order is None:
        raise NowhereError(f"there is no order {number}")
    if word not in WORDS:
        raise ValueError(f"an order does not become '{word}': {', '.join(WORDS)}")
    _become(here, order, WORDS[word])
    return {"status": order.state}


def _become(here: Context, order: Order, state: str) -> None:
    takes = state not in ("pending", *BACK)
    if takes and not order.took:
        for line in order.lines:
            _take(here, line)
    if state in BACK and order.took:
        for line in order.lines:
            sku = _sku(here, line)
            if sku is not None:
                sku.stock += line.quantity
                sku.unseen = max(0, sku.unseen - line.quantity)
    order.took = takes
    order.state, order.changed = state, here.now


def _take(here: Context, line: Line) -> None:
    sku = _sku(here, line)
    if sku is None:
        return
    sku.stock = max(0, sku.stock - line.quantity)
    sku.unseen += line.quantity
    over = max(0, min(line.quantity, sku.phantom - sku.stock))
    here.shop.oversold += over
    sku.phantom -= over


def _sku(here: Context, line: Line) -> Sku | None:
    found = here.shop.products.get(line.product)
    return next((sku for sku in found.skus if sku.id == line.sku), None) if found else None


def offer(here: Context, name: str) -> tuple[Product, Sku]:
    """The SKU that answers to a seller's SKU, to "product;sku", or to a product's id.

    Raises:
        ValueError: none does.
    """
    for found, sku in here.shop.offers():
        if name in (sku.name, f"{found.id};{sku.id}", found.id):
            return found, sku
    raise ValueError(f"no listing answers to {name}")


def _iso(stamp: float) -> str:
    return datetime.fromtimestamp(stamp, WIB).isoformat()
