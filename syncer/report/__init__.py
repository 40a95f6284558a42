"""Telling people: the model of a sync report, and its forms (text, JSON)."""
