"""Lazada as the sandbox plays it: facts, sections 1 to 12."""
