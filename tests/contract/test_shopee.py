"""Shopee keeps the contract."""

from __future__ import annotations

from tests.contract.suite import BatchTests, SteppedCreateTests, StructureTests, TokenTests


class TestShopee(BatchTests, SteppedCreateTests, StructureTests, TokenTests):
    marketplace = "shopee"
    create_operation = "/api/v2/product/add_item"
    price_operation = "/api/v2/product/update_price"
    stock_operation = "/api/v2/product/update_stock"
    token_operation = "/api/v2/auth/access_token/get"
    least_writes = 2
