"""Bukalapak as a local server: two generations of calls, two credentials at once, and the eras of its end."""
