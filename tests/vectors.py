"""The signature vectors of the fact sheets, as data: each was computed there by two implementations."""

from __future__ import annotations

from typing import NamedTuple


class BlibliVector(NamedTuple):
    """One vector of section 3.4: `path` = as it is called; what is signed of it stands in the sheet."""

    method: str
    path: str
    body: bytes
    signature: str


BLIBLI_KEY, BLIBLI_TIME = "sim-signature-key", 1_589_275_732_000
BLIBLI = (
    BlibliVector("GET", "/v2/proxy/mta/api/businesspartner/v1/order/orderDetail", b"",
                 "oD7+QULhZ4libZ8JUxvhBgLWm1jybBvKyOCPISrJlBg="),
    BlibliVector("POST", "/v2/proxy/seller/v1/products/filter",
                 b'{"filter":{"state":"ACTIVE"},"paging":{"page":0,"size":50}}',
                 "Y7J5mjxIpZZmj59DsKbg04qE5hLMKsFp4+Oz8oZxH2U="),
    BlibliVector("PUT", "/v2/proxy/seller/v1/products/TOQ-15130-00001-00001/stock", b'{"availableStock":7}',
                 "ghlUHFz2qBDmktVwHx/s/vATEqtQGDq1hWdrIXdkF9U="),
    BlibliVector("POST", "/v2/proxy/mta/api/businesspartner/v1/product/updateProduct",
                 b'{"merchantCode":"TOQ-15130","productRequests":[{"gdnSku":"TOQ-15130-00001-00001","exactStock":7}]}',
                 "eccfskO2tgIJBqCJWzTJ4hJd1/bD5LLQ7h8xDlaxL/I="),
    BlibliVector("DELETE", "/v2/proxy/seller/v1/products/TOQ-15130-00001/images", b"",
                 "HSJYXKj3FEsR/nuI2H2dAQNW+Rs5dxgzf/0DitK3Tss="),
)  # fmt: skip

BUKALAPAK = ("1000001", "simtoken", "Basic MTAwMDAwMTpzaW10b2tlbg==")
"""User, token, and the header of section 3.1."""

LAZADA_SECRET = "helloworld"
_COMMON = {"app_key": "123456", "access_token": "test", "timestamp": "1517820392000", "sign_method": "sha256"}
LAZADA = (
    ("/order/get", {**_COMMON, "order_id": "1234"}, "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A"),
    ("/product/price_quantity/update", {**_COMMON, "payload": (
        "<Request><Product><Skus><Sku><ItemId>6718170187</ItemId><SkuId>12761620980</SkuId><SellerSku>KOPI-GAYO-250"
        "</SellerSku><Price>85000.00</Price><Quantity>12</Quantity></Sku></Skus></Product></Request>"
    )}, "7C39A15E25EB4493D1D64411378AF25D6A11B0B3DFD1188A08C6F6129BEF7AE2"),
    ("/product/update", {**_COMMON, "payload": (
        '{"Request":{"Product":{"Attributes":{"name":"Kopi Gayo & Susu \u2013 250 g"},'
        '"Skus":{"Sku":[{"SkuId":"12761620980"}]}}}}'
    )}, "60B7AE7A67B30531F782B3279DA22EB22A6E25D416DF01AA4C6F572C2F5A3FCD"),
)  # fmt: skip
"""Path, parameters and signature of section 2.1 of the sheet on Lazada; the first is printed in the vendor's guide."""
LAZADA_PUSH = (
    "123456",
    b'{"seller_id":"100123","message_type":0,"data":{"order_status":"pending","trade_order_id":"260422900198363",'
    b'"trade_order_line_id":"260422900298363","status_update_time":1603698638},"timestamp":1603766859,'
    b'"site":"lazada_id"}',
    "8113f170d53f5e60d38bbd3ec12f41c538ae15b29b91b8a8f00229de13f997c4",
)
"""App key, body and signature of section 10.4, computed there by one implementation."""

TIKTOK_SECRET = "e59af819cc"
TIKTOK = (
    ("/authorization/202309/shops", (("app_key", "29a39d"), ("timestamp", "1623812664")), b"",
     "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8"),
    ("/product/202309/products/1729592969712207008/inventory/update",
     (("app_key", "29a39d"), ("shop_cipher", "ROW_exampleCipher"), ("timestamp", "1623812664")),
     b'{"skus":[{"id":"1729592969712207012","inventory":[{"warehouse_id":"7068517275539719942","quantity":7}]}]}',
     "0d8e26e1febe91248c9dd2adca38b01535b63c3bc7c2f65a1a830b2a0af98b63"),
    ("/event/202309/webhooks",
     (("app_key", "68xu9ks5p4i8"), ("shop_cipher", "ROW_xkMbgAAAeVAQra0eZWebFQq5aIK"), ("timestamp", "1696909648")),
     b'{    "address":"https://partner.tiktokshop.com",    "event_type": "PACKAGE_UPDATE"}',
     "495c39774c04ee06162f20a6bef8edae5b17676229588fe76630bb5166da37d2"),
)  # fmt: skip
"""Path, query, body and signature of section 3 of the sheet on Tokopedia & TikTok Shop; spaces in the body matter."""
TIKTOK_PUSH = (
    "29a39d",
    b'{"type":1,"shop_id":"7494","timestamp":1700000000,"data":{"order_id":"576461413038785752",'
    b'"order_status":"AWAITING_SHIPMENT","update_time":1700000000}}',
    "b7208d5af9eba6c598dd2be5a7e3929ff0a336bd5142feb12d08fb390f1e7368",
)
"""App key, body and signature of a webhook."""
