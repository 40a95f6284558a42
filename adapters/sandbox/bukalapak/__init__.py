"""Bukalapak's sandbox: API v2, API v4 and the accounts host at one address (facts, sections 2 to 4)."""
