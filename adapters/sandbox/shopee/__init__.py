"""Shopee as a local marketplace: its signatures, envelopes, delays and oddities, by the fact sheet alone."""
