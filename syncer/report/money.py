"""Rupiah as Indonesians write them."""

from __future__ import annotations


def rupiah(amount: int) -> str:
    """Whole rupiah, as 'Rp150.000': a full stop between thousands, no decimals, in either language."""
    return ("-" if amount < 0 else "") + "Rp" + f"{abs(amount):,}".replace(",", ".")
