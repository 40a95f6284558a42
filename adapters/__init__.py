"""Marketplace adapters, their contract, and the sandbox."""
