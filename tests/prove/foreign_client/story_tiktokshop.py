"""What a seller's software does in a day, by the client library `tiktok-shop-api` alone: one JSON line a step."""

# mypy: ignore-errors
# The library is in the environment of the proof alone.

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tiktok_shop_api import TikTokShop, TikTokShopAuth
from tiktok_shop_api.generated import models
from tiktok_shop_api.generated.types import File

TOLD = json.load(sys.stdin)


def step(name: str, act: Callable[[], Any]) -> Any:
    """Do it, and say what it saw."""
    try:
        saw = act()
    except Exception as error:  # whatever a stranger's library raises is what it saw
        print(json.dumps({"step": name, "ok": False, "saw": repr(error)}))
        return None
    print(json.dumps({"step": name, "ok": True, "saw": saw}))
    return saw


def ask(model: str, **fields: Any) -> Any:
    """A request body by the library's own model."""
    return getattr(models, model).from_dict(fields)


def main() -> None:
    """The story."""
    app, house = (TOLD["app_key"], TOLD["app_secret"]), TOLD["warehouse"]
    auth = TikTokShopAuth(*app, base_url=TOLD["url"])
    first = auth.exchange_code(TOLD["code"])
    step("token", lambda: first.seller_base_region)
    token = auth.refresh(first.refresh_token).access_token
    step("refresh", lambda: token != first.access_token)
    shop = TikTokShop(*app, token, base_url=TOLD["url"])
    cipher = step("shops", lambda: shop.authorization.get_authorized_shops().data.shops[0].cipher)
    shop = shop.with_shop(shop_cipher=cipher)
    body = ask("SearchProductsRequest", status="ACTIVATE")
    found = shop.products.search_products(body=body, page_size=50).data.products[0]
    product, sku = step("list", lambda: [found.id, found.skus[0].id])
    step("detail", lambda: shop.products.get_product(product).data.title)
    stock = ask("UpdateInventoryRequest", skus=[{"id": sku, "inventory": [{"warehouse_id": house, "quantity": 42}]}])
    step("stock", lambda: shop.products.update_inventory(product, body=stock).code)
    price = ask("UpdatePriceRequest", skus=[{"id": sku, "price": {"amount": "12345", "currency": "IDR"}}])
    step("price", lambda: shop.products.update_price(product, body=price).code)
    with Path(TOLD["image"]).open("rb") as file:
        picture = models.UploadProductImageRequest(data=File(payload=file, file_name="a.jpg", mime_type="image/jpeg"))
        step("picture", lambda: shop.products.upload_product_image(body=picture).data.width)
    step("orders", lambda: [one.id for one in shop.orders.get_order_detail(ids=TOLD["orders"]).data.orders])
    step("houses", lambda: shop.logistics.get_warehouse_list().data.warehouses[0].id)
    edit = ask("PartialEditProductRequest", title="Kopiah resam anyaman kasar dari Bangka")
    step("edit", lambda: shop.products.partial_edit_product(product, body=edit).data.audit.status)
    stranger = TikTokShop(app[0], "wrong", token, cipher, base_url=TOLD["url"])
    step("wrong key", lambda: stranger.logistics.get_warehouse_list().code)


main()
