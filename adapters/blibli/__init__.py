"""Blibli: one store through the Seller API."""

from adapters.blibli.adapter import OPTIONAL_SECRETS, SECRETS, Blibli, build

__all__ = ["OPTIONAL_SECRETS", "SECRETS", "Blibli", "build"]
