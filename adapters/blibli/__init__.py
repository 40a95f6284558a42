"""Blibli: the adapter for one store of its Seller API."""

from adapters.blibli.adapter import OPTIONAL_SECRETS, SECRETS, Blibli, build

__all__ = ["OPTIONAL_SECRETS", "SECRETS", "Blibli", "build"]
