"""The judge of Lazada's traffic: the documentation's field lists, and the fact sheet's where those are opaque.

The lists stand in `tests/reference/lazada.json`. What a `payload` holds is a document inside a parameter, JSON or XML,
which they leave open: its elements stand here, with the section of the fact sheet that shows them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.judge import Exceptions, Judgement, answered, requested

REFERENCE = Path(__file__).parent / "reference" / "lazada.json"
PREFIX = "/rest/"
SYSTEM = frozenset({"app_key", "timestamp", "sign_method", "sign", "access_token", "partner_id", "debug"})
"""1.1: the parameters of every call."""

ANY: Mapping[str, Any] = {}
"""An element whose names are those of a category or of the seller: not judged."""

_IMAGES = {"Image": ANY}
_VARIATION = {"name": ANY, "hasImage": ANY, "customize": ANY, "options": {"option": ANY}}
_SKU = {
    "SkuId": ANY, "SellerSku": ANY, "saleProp": ANY, "quantity": ANY, "price": ANY, "special_price": ANY,
    "special_from_date": ANY, "special_to_date": ANY, "package_height": ANY, "package_length": ANY,
    "package_width": ANY, "package_weight": ANY, "package_content": ANY, "Status": ANY, "Images": _IMAGES,
}  # fmt: skip
_PRODUCT = {
    "ItemId": ANY, "PrimaryCategory": ANY, "AssociatedSku": ANY, "Images": _IMAGES, "Attributes": ANY,
    "variation": {f"variation{number}": _VARIATION for number in range(1, 5)}, "disableAutoFillAttribute": ANY,
    "Skus": {"Sku": _SKU},
}  # fmt: skip


def _skus(**fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"Request": {"Product": {"Skus": {"Sku": {"ItemId": ANY, "SkuId": ANY, "SellerSku": ANY, **fields}}}}}


def _warehouses(*names: str) -> Mapping[str, Any]:
    return {"MultiWarehouseInventory": {"WarehouseCode": ANY, **dict.fromkeys(names, ANY)}}


PAYLOADS: Mapping[str, Mapping[str, Any]] = {
    "/product/create": {"Request": {"Product": _PRODUCT}},  # 7.1
    "/product/pre/check": {"Request": {"Product": _PRODUCT}},  # 7.10: it looks at a create before it is sent
    "/product/update": {"Request": {"Product": _PRODUCT}},  # 7.2
    "/product/price_quantity/update": _skus(  # 7.3
        Price=ANY, SalePrice=ANY, SaleStartDate=ANY, SaleEndDate=ANY, Quantity=ANY,
        MultiWarehouseInventories=_warehouses("Quantity"),
    ),
    # 7.4: the documentation's tag, and the one that a client saw working.
    "/product/stock/sellable/update": _skus(
        SellableQuantity=ANY, MultiWarehouseInventories=_warehouses("SellableQuantity", "Quantity")
    ),
    "/product/deactivate": {"Request": {"Product": {"ItemId": ANY, "Skus": {"SkuId": ANY}}}},  # 7.6
    "/image/migrate": {"Request": {"Image": {"Url": ANY}}},  # 9
    "/images/migrate": {"Request": {"Images": {"Url": ANY}}},  # 9
    "/images/set": {"Request": {"Product": {"Skus": {"Sku": {"SkuId": ANY, "Images": _IMAGES}}}}},  # 9
}  # fmt: skip

_SHOWN_SKU = frozenset({
    "SkuId", "SellerSku", "ShopSku", "Status", "quantity", "Available", "price", "special_price", "special_from_time",
    "special_to_time", "special_from_date", "special_to_date", "package_height", "package_length", "package_width",
    "package_weight", "package_content", "saleProp", "Url", "Images", "multiWarehouseInventories",
    "fblWarehouseInventories", "channelInventories",
})  # fmt: skip
"""7.8: the fields of a SKU in a read. A sale attribute may stand beside them under its own name."""

RESPONSE_EXCEPTIONS: Exceptions = {
    **{("*", name): "4: the envelope" for name in ("code", "type", "message", "detail", "request_id")},
    ("/products/get", "data.products.variation"): "7.8: the options of a product",
    ("/product/item/get", "data.variation.Variation1"): "7.9: in either case",
    ("/product/item/get", "data.variation.Variation2"): "7.9: in either case",
    **{
        ("/product/item/get", f"data.{name}"): "7.9: in camel case"
        for name in ("itemId", "createdTime", "updatedTime", "primaryCategory", "productImageList", "marketImageList")
    },
    ("/orders/items/get", "data.order_items.product_id"): "10.3: the product of a line",
    ("/auth/token/refresh", "country_user_info"): "3: under either name",
    ("/auth/token/create", "country_user_info_list"): "3: under either name",
}
SILENT = frozenset({"/product/remove", "/product/sku/remove", "/product/stock/sellable/adjust"})
"""Payloads or lists of words that no adapter sends: judged by the documentation's names alone."""

CODES = frozenset({
    "0",
    # 3: tokens
    "InvalidCode", "IllegalRefreshToken", "IllegalAccessToken", "InvalidAccessToken", "IncompleteSignature",
    "MissingParameter", "AUTH_TYPE_UNSUPPORTED", "IllegalTimestamp", "InvalidTimestamp", "UnsupportedHTTPMethod",
    # 5: later
    "901", "E901", "E0901", "ApiCallLimit", "SellerCallLimit", "AppApiCallLimit", "ServiceTimeout", "513", "6", "E006",
    "1000", "506", "15", "SYS_ERROR", "THIRD_SERVICE_ERROR", "SELLER_SERVICE_FAIL", "4154", "4159", "4147", "4135",
    "HOT_KEY_BLOCK_EXCEPTION", "E1002", "1002", "998",
    # 4, 5: never unchanged
    "5", "500", "501", "503", "504", "204", "4171", "212", "INV_NEGATIVE_SELLABLE", "4170", "4225", "4136", "4137",
    "207", "208", "4155", "4218", "4162", "4216", "4193", "4105", "4126", "4141", "4104", "4121", "4118", "4157",
    "4119", "4148", "4134", "4138", "4142", "SellerNotActive", "SellerNotVerified", "EDIT_ITEM_NOT_BELONG_SELLER",
    "SELLER_NOT_PERMITTED", "4152", "4108",
    # 1, 7: payloads, pictures, variations
    "1001", "4169", "203", "4139", "4158", "4116", "209", "4133", "4143", "4145", "4112", "4144", "4160", "4164",
    "4165", "4153", "E0001", "E0002", "E0003", "E0004", "E0006", "36",
    # 8, 9, 10: categories, pictures, orders
    "57", "4227", "4228", "701", "300", "301", "302", "303", "304", "30", "14", "16", "17", "19", "37", "38", "39",
    "56", "74", "75",
})  # fmt: skip


@cache
def operations() -> Mapping[str, Any]:
    """{verb and path: {request, response}} of the documentation."""
    table: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))["operations"]
    return table


def is_lazadas(path: str) -> bool:
    """Whether a recorded call is Lazada's."""
    return path.startswith(PREFIX)


def judge(lines: Iterable[Mapping[str, Any]]) -> Judgement:
    """Judge recorded calls of Lazada."""
    found = Judgement()
    for line in lines:
        path = "/" + line["path"].removeprefix(PREFIX)
        found.calls += 1
        found.endpoints.add(path)
        spec = operations().get(f"{line['method']} {path}")
        if spec is None:
            found.unknown_request[f"{path}: no such call by {line['method']}"] += 1
            continue
        _request(found, path, line, spec["request"])
        if isinstance(line["response"], dict):
            answered(found, path, line["response"], spec["response"], RESPONSE_EXCEPTIONS)
            _skus_shown(found, path, line["response"])
            _code(found, path, line["response"])
    return found


def _request(found: Judgement, path: str, line: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
    given = {name: value for name, value in parameters(line).items() if name not in SYSTEM}
    # A file is no parameter (section 2): the record keeps nothing of it.
    files = frozenset({"image"}) if path == "/image/upload" else frozenset[str]()
    requested(found, path, given, fields, files, nested=False)
    for name in ("payload", "apiRequestBody"):
        if name in given and path in PAYLOADS:
            _payload(found, path, given[name])
        elif name in given and path not in SILENT:
            found.unknown_request[f"{path}: {name} has no shape in the fact sheet"] += 1


def parameters(line: Mapping[str, Any]) -> dict[str, Any]:
    """Query, form and the top of a JSON body as one map, as the signature has it (section 12)."""
    query = {name: values[0] if isinstance(values, list) else values for name, values in line["query"].items()}
    return query | (line["body"] if isinstance(line["body"], dict) else {})


def document(text: Any) -> Any:
    """A payload as nested names: JSON or XML; text that is neither is no document."""
    if not isinstance(text, str):
        return text
    if text.lstrip().startswith("<"):
        root = ElementTree.fromstring(text)
        return {root.tag: _element(root)}
    return json.loads(text)


def _payload(found: Judgement, path: str, text: Any) -> None:
    try:
        given = document(text)
    except (ValueError, ElementTree.ParseError):
        found.unknown_request[f"{path}: a payload that is neither JSON nor XML"] += 1
        return
    _document(found, path, given, PAYLOADS[path], "")


def _element(element: ElementTree.Element) -> Any:
    """An element's children by name, each a list; the text of one without children."""
    children: dict[str, list[Any]] = {}
    for child in element:
        children.setdefault(child.tag, []).append(_element(child))
    return children or (element.text or "")


def _document(found: Judgement, path: str, given: Any, shape: Mapping[str, Any], where: str) -> None:
    for value in given if isinstance(given, list) else [given]:
        if not isinstance(value, dict) or shape is ANY:
            continue
        for name, inner in value.items():
            if name not in shape:
                found.unknown_request[f"{path}: {where}{name}"] += 1
            else:
                _document(found, path, inner, shape[name], f"{where}{name}.")


def _skus_shown(found: Judgement, path: str, response: Mapping[str, Any]) -> None:
    data = response.get("data")
    products = data.get("products", [data]) if isinstance(data, dict) and path.endswith("/get") else []
    for sku in (sku for product in products if isinstance(product, dict) for sku in _rows(product.get("skus"))):
        free = set(sku.get("saleProp") or {})
        for name in set(sku) - _SHOWN_SKU - free:
            found.unknown_response[f"{path}: skus.{name}"] += 1


def _rows(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from (row for row in value or [] if isinstance(row, dict))


def _code(found: Judgement, path: str, response: Mapping[str, Any]) -> None:
    code = response.get("code")
    if not isinstance(code, str):
        found.unknown_codes[f"{path}: {code!r} is no text (section 4)"] += 1
    elif code not in CODES:
        found.unknown_codes[f"{path}: {code}"] += 1
