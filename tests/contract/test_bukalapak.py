"""Bukalapak keeps the contract."""

from __future__ import annotations

from collections.abc import Mapping

from tests.contract.suite import TokenTests


class TestBukalapak(TokenTests):
    marketplace = "bukalapak"
    create_operation = "/v2/products.json"
    price_operation = "*"  # its path holds ids
    stock_operation = "*"
    token_operation = "/oauth/token"
    least_writes = 6
    switches: Mapping[str, str] = {"bukalapak.patch_price": "accepted"}
