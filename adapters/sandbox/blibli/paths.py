"""Every call that is served: its path as a client calls it, and the operation behind it (facts, section 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adapters.sandbox.blibli import metadata, numbers, orders, products, queue, reading, variants
from adapters.sandbox.blibli.context import Answer, Ask, Context
from adapters.sandbox.blibli.gate import PREFIX

MTA = f"{PREFIX}/mta/api/businesspartner"
SELLER = f"{PREFIX}/seller/v1"
PAGES = frozenset({"page", "size"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. `key` = the name in path or query of what it is about, where limits count by that."""

    name: str
    method: str
    path: str
    act: Callable[[Context, Ask], Answer]
    query: frozenset[str] = frozenset()
    key: str = ""
    switch: tuple[str, str] = ("", "")

    @property
    def family(self) -> str:
        """seller or mta: which envelope it has."""
        return "seller" if self.path.startswith(SELLER) else "mta"


def _is(*names: str) -> frozenset[str]:
    return frozenset(names)


OPERATIONS = (
    Operation("create", "POST", f"{MTA}/v2/product/createProduct", products.create_v2),
    Operation("create", "POST", f"{SELLER}/products/async", products.create_v3),
    Operation("revise", "POST", f"{SELLER}/products/{{product-sku}}/revision", products.revise_v2),
    Operation("revise", "POST", f"{SELLER}/product-submissions/{{product-code}}", products.revise_v1),
    Operation("archive", "POST", f"{SELLER}/products/statuses/archive", products.archive),
    Operation("archive", "POST", f"{SELLER}/products/statuses/unarchive", products.unarchive),
    Operation("bulk_update", "POST", f"{MTA}/v1/product/updateProduct", numbers.bulk_update),
    Operation("stock", "PUT", f"{SELLER}/products/{{blibli-sku}}/stock", numbers.put_stock, numbers.STOCK_QUERY),
    Operation("price", "PUT", f"{SELLER}/products/{{blibli-sku}}", numbers.put_price, numbers.STOCK_QUERY,
              "blibli-sku"),
    Operation("detail_update", "PUT", f"{SELLER}/products/{{product-sku}}/detail", products.detail_update,
              switch=("detail_path", "products")),
    Operation("detail_update", "PUT", f"{SELLER}/{{product-sku}}/detail", products.detail_update,
              switch=("detail_path", "bare")),
    Operation("variants_set", "POST", f"{SELLER}/products/{{product-sku}}/variants", variants.variants_set,
              key="product-sku"),
    Operation("variants_list", "POST", f"{SELLER}/products/{{product-sku}}/variants/filter", variants.variants_list,
              key="product-sku"),
    Operation("image_add", "POST", f"{SELLER}/products/{{product-sku}}/images", variants.image_add, key="product-sku"),
    Operation("image_add", "PUT", f"{SELLER}/products/{{product-sku}}/images", variants.image_set, key="product-sku"),
    Operation("image_add", "DELETE", f"{SELLER}/products/{{product-sku}}/images", variants.image_drop,
              key="product-sku"),
    Operation("list_v3", "POST", f"{SELLER}/products/filter", reading.list_v3),
    Operation("list_v2", "POST", f"{MTA}/v2/product/getProductList", reading.list_v2),
    Operation("list_v1", "GET", f"{MTA}/v1/product/getProductSummary", reading.list_v1, reading.SUMMARY),
    Operation("detail", "GET", f"{SELLER}/products/{{product-sku}}", reading.detail_v2, key="product-sku"),
    Operation("detail", "GET", f"{MTA}/v1/product/detailProduct", reading.detail_v1, _is("gdnSku"), "gdnSku"),
    Operation("submissions", "POST", f"{SELLER}/product-submissions/filter", reading.submissions),
    Operation("submissions", "GET", f"{SELLER}/product-submissions/{{product-sku}}", reading.submission_detail),
    Operation("submissions", "GET", f"{MTA}/v2/product/inProcessProduct", reading.in_process, PAGES),
    Operation("rejected", "GET", f"{MTA}/v2/product/rejectedProductByMerchantSku", reading.rejected,
              PAGES | {"merchantSku"}),
    Operation("feed_detail", "GET", f"{MTA}/v1/feed/detail", queue.feed_detail, queue.FEED_DETAIL, "requestId"),
    Operation("feed_list", "GET", f"{MTA}/v1/feed/list", queue.feed_list, queue.FEED_LIST),
    Operation("categories", "GET", f"{MTA}/v1/product/getCategory", metadata.categories),
    Operation("attributes", "GET", f"{SELLER}/categories/{{category-code}}/attributes", metadata.attributes_v2,
              key="category-code"),
    Operation("attributes", "GET", f"{MTA}/v1/product/getCategoryAttributes", metadata.attributes_v1,
              _is("categoryCode"), "categoryCode"),
    Operation("brands", "GET", f"{MTA}/v2/product/getBrands", metadata.brands, metadata.BRANDS),
    Operation("pickup_points_v2", "POST", f"{SELLER}/stores/pickup-points/filter", metadata.pickup_points_v2),
    Operation("pickup_points", "GET", f"{MTA}/v1/product/getPickupPoint", metadata.pickup_points_v1, PAGES),
    Operation("stores", "GET", f"{SELLER}/stores", metadata.stores),
    Operation("logistics", "GET", f"{SELLER}/logistics", metadata.logistics),
    Operation("orders", "POST", f"{SELLER}/orders/packages/filter", orders.orders_v2),
    Operation("order_detail", "GET", f"{SELLER}/orders/items/{{order-item-id}}", orders.order_v2, key="order-item-id"),
    Operation("orders_v1", "GET", f"{MTA}/v1/order/orderList", orders.orders_v1, orders.LIST_V1),
    Operation("order_detail_v1", "GET", f"{MTA}/v1/order/orderDetail", orders.order_v1, orders.DETAIL_V1),
    Operation("create_package", "POST", f"{MTA}/v1/order/createPackage", orders.create_package),
)  # fmt: skip

WRITES = frozenset({"create", "revise", "archive", "bulk_update", "stock", "price", "detail_update", "variants_set",
                    "image_add"})  # fmt: skip
"""Operations that change a listing."""

QUEUED = frozenset({"create", "revise", "archive", "bulk_update"})
LISTS = frozenset({"list_v3", "list_v2", "list_v1", "submissions", "rejected", "feed_list", "feed_detail", "categories",
                   "brands", "pickup_points", "pickup_points_v2", "orders", "orders_v1", "variants_list"})  # fmt: skip
STALE = frozenset({"list_v3", "list_v2", "list_v1", "detail", "submissions", "variants_list"})
PLAYED: Mapping[str, frozenset[str]] = {
    "reject_row": QUEUED, "partial_batch": QUEUED, "omit_row": QUEUED, "stuck_queue": QUEUED, "empty_page": LISTS,
    "stale_read": STALE, "expire_token": frozenset(), "lose_refresh": frozenset(),
}  # fmt: skip
"""Which operations a fault means anything to; there are no tokens here."""

_EXACT = {operation.path: operation.path for operation in OPERATIONS if "{" not in operation.path}
_BY = {(operation.method, operation.path): operation for operation in OPERATIONS}
_TEMPLATES = tuple((operation, operation.path.split("/")) for operation in OPERATIONS if "{" in operation.path)


def found(here: Context, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation that a call is for, and the ids in its path; None = there is none."""
    if (method, path) in _BY:
        return _BY[(method, path)], {}
    if path in _EXACT:
        return None
    for operation, ids in _matching(path):
        position = operation.switch
        if operation.method == method and (not position[0] or here.on(*position)):
            return operation, ids
    return None


def plays(path: str, kind: str) -> bool:
    """Whether a fault of this kind means anything to a call of `path`, whatever its verb."""
    names = {operation.name for operation in OPERATIONS if operation.path == path}
    names |= {operation.name for operation, _ in _matching(path)} if path not in _EXACT else set()
    return bool(names) and (kind not in PLAYED or bool(names & PLAYED[kind]))


def _matching(path: str) -> list[tuple[Operation, dict[str, str]]]:
    parts = path.split("/")
    return [
        (operation, {name[1:-1]: part for name, part in zip(template, parts, strict=True) if name.startswith("{")})
        for operation, template in _TEMPLATES
        if len(template) == len(parts)
        and all(name.startswith("{") or name == part for name, part in zip(template, parts, strict=True))
    ]
