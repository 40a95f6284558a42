"""Every call that is served: its path, its scope, its query, and the operation behind it (facts, sections 2 to 10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.tiktokshop import auth, metadata, numbers, orders, products, reading, states, webhooks
from adapters.sandbox.tiktokshop.context import Ask, Context

BASIC, WRITE, ORDER = "seller.product.basic", "seller.product.write", "seller.order.info"
LOGISTICS, SHOPS, SHOP, EVENT = "seller.logistics", "seller.authorization.info", "seller.shop.info", "seller.event"
UPLOAD = "/product/202309/images/upload"

Act = Callable[[Context, Ask], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. `shape` = the name of its body's shape, '' = it has none."""

    method: str
    path: str
    act: Act
    scope: str
    shape: str = ""
    query: frozenset[str] = frozenset()
    ciphered: bool = True
    writes: bool = False


def _is(*names: str) -> frozenset[str]:
    return frozenset(names)


OPERATIONS = (
    Operation("GET", "/authorization/202309/shops", auth.shops, SHOPS, ciphered=False),
    Operation("GET", "/seller/202309/shops", auth.seller_shops, SHOP, ciphered=False),
    Operation("GET", "/seller/202309/permissions", auth.permissions, SHOP, ciphered=False),
    Operation("GET", "/product/202309/categories", metadata.categories, BASIC, query=metadata.CATEGORIES),
    Operation("GET", "/product/202309/categories/{category_id}/attributes", metadata.attributes, BASIC,
              query=metadata.ATTRIBUTES),
    Operation("GET", "/product/202309/categories/{category_id}/rules", metadata.rules, BASIC,
              query=metadata.OF_CATEGORY),
    Operation("POST", "/product/202309/categories/recommend", metadata.recommend, BASIC, "recommend"),
    Operation("GET", "/product/202309/brands", metadata.brands, BASIC, query=metadata.BRANDS),
    Operation("GET", "/product/202312/prerequisites", metadata.prerequisites, BASIC),
    Operation("GET", "/logistics/202309/warehouses", metadata.warehouses, LOGISTICS),
    Operation("GET", "/logistics/202309/warehouses/{warehouse_id}/delivery_options", metadata.delivery_options,
              LOGISTICS, query=metadata.DELIVERY),
    Operation("POST", "/product/202309/products", products.create, WRITE, "create", writes=True),
    Operation("POST", "/product/202309/products/listing_check", products.check, WRITE, "check"),
    Operation("PUT", "/product/202309/products/{product_id}", products.edit, WRITE, "edit", writes=True),
    Operation("PUT", "/product/202509/products/{product_id}", products.edit, WRITE, "edit", writes=True),
    Operation("POST", "/product/202309/products/{product_id}/partial_edit", products.partial_edit, WRITE,
              "partial_edit", writes=True),
    Operation("POST", "/product/202509/products/{product_id}/partial_edit", products.partial_edit, WRITE,
              "partial_edit", writes=True),
    Operation("POST", "/product/202309/products/{product_id}/inventory/update", numbers.update_inventory, WRITE,
              "stock", writes=True),
    Operation("POST", "/product/202309/products/{product_id}/prices/update", numbers.update_price, WRITE, "price",
              writes=True),
    Operation("POST", "/product/202309/products/activate", states.activate, WRITE, "activate", writes=True),
    Operation("POST", "/product/202309/products/deactivate", states.deactivate, WRITE, "deactivate", writes=True),
    Operation("POST", "/product/202309/products/recover", states.recover, WRITE, "recover", writes=True),
    Operation("DELETE", "/product/202309/products", states.delete, WRITE, "delete", writes=True),
    Operation("POST", "/product/202309/products/search", reading.search, BASIC, "search", reading.PAGE),
    Operation("POST", "/product/202312/products/search", reading.search, BASIC, "search", reading.PAGE),
    Operation("POST", "/product/202502/products/search", reading.search, BASIC, "search", reading.PAGE),
    Operation("GET", "/product/202309/products/{product_id}", reading.get, BASIC, query=reading.GET),
    Operation("GET", "/product/202405/products/diagnoses", reading.diagnoses, BASIC, query=reading.DIAGNOSES),
    Operation("POST", "/product/202309/inventory/search", reading.inventory, BASIC, "inventory"),
    Operation("POST", "/order/202309/orders/search", orders.search, ORDER, "orders", orders.SEARCH),
    Operation("GET", "/order/202309/orders", orders.detail, ORDER, query=orders.DETAIL),
    Operation("GET", "/order/202507/orders", orders.detail, ORDER, query=orders.DETAIL),
    Operation("GET", "/event/202309/webhooks", webhooks.registered, EVENT),
    Operation("PUT", "/event/202309/webhooks", webhooks.register, EVENT, "webhook_set"),
    Operation("DELETE", "/event/202309/webhooks", webhooks.removed, EVENT, "webhook_delete"),
)  # fmt: skip

_PATHS = {one.path for one in OPERATIONS if "{" not in one.path}
_FIXED = {path: {one.method: one for one in OPERATIONS if one.path == path} for path in _PATHS}
_NAMED = [(re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", one.path)), one) for one in OPERATIONS if "{" in one.path]


def found(method: str, path: str) -> tuple[Mapping[str, Operation], Mapping[str, str]]:
    """The operations of a path by method, and the ids in it; none = there is no such path."""
    if path in _FIXED:
        return _FIXED[path], {}
    by_method: dict[str, Operation] = {}
    ids: dict[str, str] = {}
    for pattern, operation in _NAMED:
        match = pattern.fullmatch(path)
        if match:
            by_method[operation.method], ids = operation, match.groupdict()
            if operation.method == method:
                break
    return by_method, ids


# --- which faults mean anything to a call ----------------------------------------------------------------------------

TOKENS = frozenset({auth.TOKEN_GET, auth.TOKEN_REFRESH})
PAGES = frozenset({auth.CONSENT, auth.CONSENT_OLD})
_ROWS = _is("stock", "activate", "deactivate", "delete", "recover")
_AUDITED = _is("create", "edit", "partial_edit", "activate")
_PAGED = (metadata.categories, metadata.brands, reading.search, orders.search)
_STALE = (reading.search, reading.get, reading.inventory)


def plays(path: str, kind: str) -> bool:
    """Whether a fault of this kind means anything to some call of a path."""
    if path in TOKENS:
        return kind in ("lose_refresh", "throttle")
    if path in PAGES:
        return False
    if path == UPLOAD:
        return kind in ("throttle", "expire_token")
    operations, _ = found("", path)
    return any(_fits(operation, kind) for operation in operations.values())


def _fits(operation: Operation, kind: str) -> bool:
    match kind:
        case "reject_row" | "partial_batch" | "omit_row":
            return operation.shape in _ROWS
        case "stuck_queue":
            return operation.shape in _AUDITED
        case "empty_page":
            return operation.act in _PAGED
        case "stale_read":
            return operation.act in _STALE
        case "lose_refresh":
            return False
    return True
