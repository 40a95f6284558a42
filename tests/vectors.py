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
