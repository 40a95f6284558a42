"""Tokopedia & TikTok Shop (TikTok Shop Partner API), for shops in Indonesia: one channel, two storefronts."""

from adapters.tiktokshop.adapter import ASSUMPTIONS, OPTIONAL_SECRETS, SECRETS, TikTokShop, build

__all__ = ["ASSUMPTIONS", "OPTIONAL_SECRETS", "SECRETS", "TikTokShop", "build"]
