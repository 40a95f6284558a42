"""Lazada keeps the contract."""

from __future__ import annotations

from tests.contract.suite import StructureTests, TokenTests


class TestLazada(StructureTests, TokenTests):
    """Answers name only what was refused, so that nothing is learnt from a row left out of them."""

    marketplace = "lazada"
    create_operation = "/product/create"
    price_operation = "/product/price_quantity/update"
    stock_operation = "/product/stock/sellable/update"
    token_operation = "/auth/token/refresh"
    least_writes = 2
