"""Shopee (Open Platform API v2), for shops in Indonesia."""

from adapters.shopee.adapter import OPTIONAL_SECRETS, SECRETS, Shopee, build

__all__ = ["OPTIONAL_SECRETS", "SECRETS", "Shopee", "build"]
