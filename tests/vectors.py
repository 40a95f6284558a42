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
