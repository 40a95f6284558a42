"""Shopee (Open Platform API v2), for shops in Indonesia."""

from adapters.shopee.adapter import SECRETS, ShopAccess, Shopee, build

__all__ = ["SECRETS", "ShopAccess", "Shopee", "build"]
