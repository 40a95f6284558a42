"""Blibli keeps the contract."""

from __future__ import annotations

from tests.contract.suite import BatchTests, QueuedCreateTests, StructureTests


class TestBlibli(BatchTests, QueuedCreateTests, StructureTests):
    marketplace = "blibli"
    create_operation = "createProduct"
    price_operation = "updateProduct"
    stock_operation = "updateProduct"
    least_writes = 4  # each fall by the single stock call, the prices in bulk
