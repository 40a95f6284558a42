"""How many pieces a channel may sell. Pure.

The ledger's level may be below zero for a moment (an order of more than there was); a shop is never told so.
"""

from __future__ import annotations

from syncer.catalogue.model import Variant
from syncer.listing.rules import ChannelRules


def stock_of(variant: Variant, rules: ChannelRules) -> int:
    """Pieces to show: the ledger's level less the channel's buffer, never below 0."""
    return max(0, variant.stock - rules.stock_buffer)
