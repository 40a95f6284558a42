"""Bukalapak, as it was until February 2025: API v2 for products and pictures, v4 for lists, stock and orders."""

from adapters.bukalapak.adapter import Bukalapak, build

__all__ = ["Bukalapak", "build"]
