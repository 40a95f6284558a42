"""Every numbered rule of the contract has a test of its number."""

from __future__ import annotations

import re

import adapters.contract
from tests.contract.suite import ContractTests


def test_every_rule_has_a_test() -> None:
    rules = {int(number) for number in re.findall(r"^ C(\d+) ", adapters.contract.__doc__ or "", re.MULTILINE)}
    tested = {int(found.group(1)) for name in dir(ContractTests) if (found := re.match(r"test_c(\d+)_", name))}
    assert len(rules) == 16
    assert tested == rules
