"""Blibli keeps the contract."""

from __future__ import annotations

from collections.abc import Mapping

from tests.contract.suite import BatchTests, QueuedCreateTests, StructureTests


class TestBlibli(BatchTests, QueuedCreateTests, StructureTests):
    marketplace = "blibli"
    create_operation = "createProduct"
    price_operation = "updateProduct"
    stock_operation = "updateProduct"
    switches: Mapping[str, str] = {
        "blibli.archive_in_review": "accepted"
    }  # content and its take-down in one breath: C11
    shows_unpaid = False  # no status of an unpaid order is known (facts, section 10)
    least_writes = 4  # each fall by the single stock call, the prices in bulk
