"""Every call that is served: its path as a client calls it after /rest, and the operation behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adapters.sandbox.lazada import auth, metadata, numbers, orders, pictures, products, reading, removal
from adapters.sandbox.lazada.context import Answer, Ask, Context
from adapters.sandbox.lazada.gate import REST

GET, POST = frozenset({"GET"}), frozenset({"POST"})
EITHER = GET | POST
PAYLOAD = frozenset({"payload"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. `parameters` = the business parameters that it knows; `seller` = it needs an access token."""

    path: str
    methods: frozenset[str]
    act: Callable[[Context, Ask], Answer]
    parameters: frozenset[str] = frozenset()
    seller: bool = True


def _is(*names: str) -> frozenset[str]:
    return frozenset(names)


OPERATIONS = (
    Operation("/auth/token/create", EITHER, auth.create, _is("code", "uuid"), seller=False),
    Operation("/auth/token/refresh", EITHER, auth.refresh, _is("refresh_token"), seller=False),
    Operation("/product/create", POST, products.create, PAYLOAD),
    Operation("/product/pre/check", EITHER, products.pre_check, PAYLOAD),
    Operation("/product/update", POST, products.update, PAYLOAD),
    Operation("/product/price_quantity/update", POST, numbers.price_quantity, PAYLOAD),
    Operation("/product/stock/sellable/update", POST, numbers.sellable_update, PAYLOAD),
    Operation("/product/stock/sellable/adjust", POST, numbers.sellable_adjust, PAYLOAD),
    Operation("/product/deactivate", POST, removal.deactivate, _is("apiRequestBody")),
    Operation("/product/remove", POST, removal.remove, _is("sku_id_list", "seller_sku_list")),
    Operation("/product/sku/remove", POST, removal.sku_remove, PAYLOAD),
    Operation("/products/get", GET, reading.products, reading.LIST),
    Operation("/product/item/get", GET, reading.product, _is("item_id")),
    Operation("/product/seller/item/limit", GET, reading.item_limit),
    Operation("/product/qc/alert/list", GET, reading.qc_alerts, _is("offset", "limit")),
    Operation("/product/unfilled/attribute/get", EITHER, metadata.unfilled,
              _is("page_index", "attribute_tag", "page_size", "language_code")),
    Operation("/category/tree/get", GET, metadata.categories, _is("language_code"), seller=False),
    Operation("/category/attributes/get", GET, metadata.attributes, _is("primary_category_id", "language_code")),
    Operation("/product/category/suggestion/get", GET, metadata.suggestions, _is("product_name", "image_url")),
    Operation("/category/brands/query", EITHER, metadata.brands, _is("startRow", "pageSize"), seller=False),
    Operation("/image/upload", POST, pictures.upload, _is("image")),
    Operation("/image/migrate", POST, pictures.migrate, PAYLOAD),
    Operation("/images/migrate", POST, pictures.migrate_many, PAYLOAD),
    Operation("/image/response/get", GET, pictures.response, _is("batch_id")),
    Operation("/images/set", POST, products.set_images, PAYLOAD),
    Operation("/seller/get", GET, metadata.seller),
    Operation("/rc/warehouse/get", EITHER, metadata.warehouses),
    Operation("/rc/warehouse/detail/get", EITHER, metadata.warehouse_detail),
    Operation("/orders/get", GET, orders.orders, orders.LIST),
    Operation("/order/get", GET, orders.order, _is("order_id")),
    Operation("/order/items/get", GET, orders.items, _is("order_id")),
    Operation("/orders/items/get", GET, orders.items_of_many, _is("order_ids")),
)  # fmt: skip

BY_PATH: Mapping[str, Operation] = {REST + operation.path: operation for operation in OPERATIONS}

TOKENS = _is("/auth/token/create", "/auth/token/refresh")
UPLOADS = _is("/image/upload", "/image/migrate", "/images/migrate")
NUMBERS = _is("/product/price_quantity/update", "/product/stock/sellable/update", "/product/stock/sellable/adjust")
WRITES = NUMBERS | _is("/product/create", "/product/update", "/product/deactivate", "/product/remove",
                       "/product/sku/remove", "/images/set")  # fmt: skip
"""Calls that change a listing."""

PLAYED: Mapping[str, frozenset[str]] = {
    "reject_row": NUMBERS | _is("/product/remove", "/images/migrate"),
    "partial_batch": NUMBERS | _is("/product/remove"),
    "omit_row": _is("/product/create"),
    "stuck_queue": _is("/product/create", "/product/update", "/images/migrate"),
    "empty_page": _is("/products/get", "/orders/get", "/category/brands/query", "/category/tree/get"),
    "stale_read": _is("/products/get", "/product/item/get"),
    "lose_refresh": TOKENS,
    "throttle": frozenset(operation.path for operation in OPERATIONS) - TOKENS,
    "expire_token": frozenset(operation.path for operation in OPERATIONS if operation.seller),
}  # fmt: skip
"""Which calls a fault means anything to; none but these hit the marketplace itself."""


def plays(path: str, kind: str) -> bool:
    """Whether a fault of this kind means anything to a call of `path`."""
    return path in BY_PATH and path.removeprefix(REST) in PLAYED.get(kind, frozenset())
