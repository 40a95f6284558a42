"""PyPI lazop-sdk, written by others for the real Lazada, against the sandbox: only the host is changed.

Run by `tests.prove.foreign_lazada` in an interpreter that has the SDK. Reads one JSON object from stdin {url, app_key,
app_secret, access_token, code, picture, item_id, sku_id, seller_sku, order_id}; prints a line a step.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lazop_sdk import LazopClient, LazopRequest  # type: ignore[import-not-found]

STORY = json.load(sys.stdin)
CLIENT = LazopClient(f"{STORY['url']}/rest", STORY["app_key"], STORY["app_secret"])
TOKEN = STORY["access_token"]
NOT_SENT = {"name", "description", "short_description", "brand", "brand_id", "SellerSku", "price", "quantity"}
"""Attributes that a payload carries in places of their own."""


class Refused(Exception):
    """Lazada said no."""


def call(name: str, token: str | None = TOKEN, picture: bytes | None = None, **parameters: str) -> dict[str, Any]:
    """One call, "POST /product/create"; its whole answer, if it went through (code "0" and no detail)."""
    method, path = name.split(" ")
    request = LazopRequest(path, method)
    for key, value in parameters.items():
        request.add_api_param(key, value)
    if picture is not None:
        request.add_file_param("image", picture)
    body: dict[str, Any] = CLIENT.execute(request, token).body
    if body["code"] != "0" or body.get("detail"):
        raise Refused(json.dumps(body))
    return body


def step(name: str, work: Callable[[str], Any]) -> Any:
    """Play one step and say what became of it."""
    try:
        seen, good = work(name), True
    except (Refused, AssertionError, KeyError, IndexError, StopIteration) as problem:
        seen, good = f"{type(problem).__name__}: {problem}", False
    print(json.dumps({"step": name, "ok": good, "saw": seen if isinstance(seen, str | int | bool) else "seen"}))
    return seen if good else {}


def as_json(product: Mapping[str, Any]) -> str:
    return json.dumps({"Request": {"Product": product}}, ensure_ascii=False)


def as_xml(*fields: tuple[str, str]) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields)
    return f"<Request><Product><Skus><Sku>{inner}</Sku></Skus></Product></Request>"


def leaves(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if row.get("leaf"):
            yield row
        yield from leaves(row.get("children") or [])


def value(attribute: Mapping[str, Any]) -> str:
    """Something that a mandatory attribute takes."""
    if attribute.get("options"):
        return str(attribute["options"][0]["name"])
    if attribute["input_type"] == "numeric":
        return str((attribute.get("unit") or {}).get("numericMin") or "100")
    return "2030-01-01" if attribute["input_type"] == "date" else "contoh"


def until(work: Callable[[], Any], tries: int = 100) -> Any:
    """What `work` gives once it gives something: some things come a moment later."""
    for _ in range(tries):
        if found := work():
            return found
        time.sleep(0.1)  # a stranger's client against a real server: a batch of pictures is done a moment later
    raise AssertionError("nothing came")


# --- tokens, seller, warehouses

pair = step("POST /auth/token/create", lambda name: call(name, None, code=STORY["code"]))
step("POST /auth/token/refresh", lambda name: call(name, None, refresh_token=pair["refresh_token"]))
step("GET /seller/get", lambda name: call(name)["data"]["seller_id"])
step("GET /rc/warehouse/get", lambda name: call(name)["result"]["success"])
step("GET /rc/warehouse/detail/get", lambda name: call(name)["result"]["success"])


def limit(name: str) -> str:
    """Of cross-border sellers only (section 7.10): whichever it is, it is Lazada's own answer."""
    try:
        return str(call(name)["data"])
    except Refused as refused:
        return f"refused with {json.loads(str(refused))['code']}"


step("GET /product/seller/item/limit", limit)

# --- categories

tree = step("GET /category/tree/get", lambda name: call(name, language_code="id_ID")["data"])
leaf = next(row for row in leaves(tree) if row.get("var"))
category = str(leaf["category_id"])
attributes = step(
    "GET /category/attributes/get", lambda name: call(name, primary_category_id=category, language_code="id_ID")["data"]
)
step(
    "GET /category/brands/query", lambda name: call(name, startRow="0", pageSize="20")["data"]["module"][0]["brand_id"]
)
step(
    "GET /product/category/suggestion/get",
    lambda name: len(call(name, product_name=leaf["name"])["data"]["categorySuggestions"]),
)

# --- pictures

bytes_ = Path(STORY["picture"]).read_bytes()
shown = step("POST /image/upload", lambda name: call(name, picture=bytes_)["data"]["image"])
hosted = shown["url"]
step(
    "POST /image/migrate",
    lambda name: call(name, payload=f"<Request><Image><Url>{hosted}</Url></Image></Request>")["data"]["image"]["url"],
)
batch = step(
    "POST /images/migrate",
    lambda name: call(name, payload=f"<Request><Images><Url>{hosted}</Url></Images></Request>")["batch_id"],
)


def migrated(name: str) -> int:
    def ready() -> Any:
        found = call(name, batch_id=str(batch))["data"]
        return (found.get("images") or []) + (found.get("errors") or [])

    return len(until(ready))


step("GET /image/response/get", migrated)

# --- a product of two variants, from nothing to nothing

normal = {
    row["name"]: value(row)
    for row in attributes
    if row["is_mandatory"] and row["attribute_type"] == "normal" and row["name"] not in NOT_SENT
}
axis = next((row["name"] for row in attributes if row.get("is_sale_prop")), "Gilingan")


def sku(number: int) -> dict[str, Any]:
    return {
        "SellerSku": f"LZ-{number}", "saleProp": {axis: f"Pilihan {number}"}, "quantity": "12", "price": "85000",
        "package_length": "10", "package_width": "8", "package_height": "20", "package_weight": "0.3",
        "package_content": "1 x kopi",
    }  # fmt: skip


product = {
    "PrimaryCategory": category, "Images": {"Image": [hosted]},
    "Attributes": {"name": "Kopi Arabika Gayo 250 g", "description": "<p>Biji sangrai</p>",
                   "short_description": "<ul><li>250 g</li></ul>", "brand": "No Brand", **normal},
    "variation": {"variation1": {"name": axis, "hasImage": "false", "customize": "true",
                                 "options": {"option": ["Pilihan 1", "Pilihan 2"]}}},
    "Skus": {"Sku": [sku(1), sku(2)]},
}  # fmt: skip
step("POST /product/pre/check", lambda name: bool(call(name, payload=as_json(product))))
made = step("POST /product/create", lambda name: call(name, payload=as_json(product))["data"])
item = str(made["item_id"])
skus = [str(row["sku_id"]) for row in made["sku_list"]]


def renamed() -> str:
    rows = [{**sku(number), "SkuId": skus[number - 1], "Status": "active"} for number in (1, 2)]
    for row in rows:
        del row["quantity"]
    return as_json({"ItemId": item, "Attributes": {"name": "Kopi Arabika Gayo halus 250 g"}, "Skus": {"Sku": rows}})


step("POST /product/update", lambda name: bool(call(name, payload=renamed())))


def own_images(name: str) -> bool:
    images = "".join(f"<Sku><SkuId>{one}</SkuId><Images><Image>{hosted}</Image></Images></Sku>" for one in skus)
    return bool(call(name, payload=f"<Request><Product><Skus>{images}</Skus></Product></Request>"))


step("POST /images/set", own_images)
step(
    "POST /product/sku/remove",
    lambda name: bool(call(name, payload=(
        f"<Request><Product><ItemId>{item}</ItemId><Skus><Sku><SkuId>{skus[1]}</SkuId></Sku></Skus>"
        "</Product></Request>"))),
)  # fmt: skip

# --- a listing that is on sale

KEYS = (("ItemId", str(STORY["item_id"])), ("SkuId", str(STORY["sku_id"])), ("SellerSku", STORY["seller_sku"]))
step("POST /product/price_quantity/update", lambda name: bool(call(name, payload=as_xml(*KEYS, ("Price", "12345")))))
step(
    "POST /product/stock/sellable/update",
    lambda name: bool(call(name, payload=as_xml(*KEYS, ("SellableQuantity", "40")))),
)
step(
    "POST /product/stock/sellable/adjust",
    lambda name: bool(call(name, payload=as_xml(*KEYS, ("SellableQuantity", "2")))),
)


def listed(name: str) -> str:
    wanted = json.dumps([STORY["seller_sku"]])
    [found] = call(name, filter="all", limit="20", sku_seller_list=wanted)["data"]["products"]
    assert str(found["item_id"]) == str(STORY["item_id"]), found["item_id"]
    return str(found["item_id"])


step("GET /products/get", listed)
step("GET /product/item/get", lambda name: bool(call(name, item_id=str(STORY["item_id"]))["data"]))
step("GET /product/qc/alert/list", lambda name: isinstance(call(name, offset="0", limit="20")["data"], list))
step(
    "GET /product/unfilled/attribute/get",
    lambda name: bool(call(name, page_index="1", attribute_tag="key_prop", page_size="20", language_code="id_ID")),
)

# --- orders

order = str(STORY["order_id"])
step(
    "GET /orders/get",
    lambda name: [str(row["order_id"]) for row in call(
        name, update_after="2020-01-01T00:00:00+0700", limit="20")["data"]["orders"]].index(order),
)  # fmt: skip
step("GET /order/get", lambda name: str(call(name, order_id=order)["data"]["order_id"]))
step("GET /order/items/get", lambda name: len(call(name, order_id=order)["data"]))
step("GET /orders/items/get", lambda name: len(call(name, order_ids=f"[{order}]")["data"]))

# --- away again

step(
    "POST /product/deactivate",
    lambda name: bool(call(name, apiRequestBody=f"<Request><Product><ItemId>{item}</ItemId></Product></Request>")),
)
step("POST /product/remove", lambda name: bool(call(name, sku_id_list=json.dumps([f"SkuId_{item}_{skus[0]}"]))))

# --- a stranger

CLIENT = LazopClient(f"{STORY['url']}/rest", STORY["app_key"], "0" * 32)
step("wrong secret", lambda _: call("GET /seller/get"))
