"""Bukalapak: the adapter for one shop, as its calls were until its shops closed (its live host is a closed channel)."""

from adapters.bukalapak.adapter import OPTIONAL_SECRETS, SECRETS, Bukalapak, build

__all__ = ["OPTIONAL_SECRETS", "SECRETS", "Bukalapak", "build"]
