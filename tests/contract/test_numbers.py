"""Every numbered rule of the contract has a test of its number, for every adapter."""

from __future__ import annotations

import re

import pytest

import adapters.contract
from tests.contract import test_blibli, test_bukalapak, test_lazada, test_shopee, test_tiktokshop
from tests.contract.suite import ContractTests

EXCEPTIONS = {"bukalapak": {12}}
"""No call of Bukalapak's is known that changes variants: there is nothing to keep (C12)."""

CLASSES: list[type[ContractTests]] = [
    test_shopee.TestShopee, test_bukalapak.TestBukalapak, test_blibli.TestBlibli, test_lazada.TestLazada,
    test_tiktokshop.TestTikTokShop,
]  # fmt: skip


@pytest.mark.parametrize("tests", CLASSES)
def test_every_rule_has_a_test(tests: type[ContractTests]) -> None:
    rules = {int(number) for number in re.findall(r"^ C(\d+) ", adapters.contract.__doc__ or "", re.MULTILINE)}
    tested = {int(found.group(1)) for name in dir(tests) if (found := re.match(r"test_c(\d+)_", name))}
    assert len(rules) == 16
    assert tested == rules - EXCEPTIONS.get(tests.marketplace, set())
