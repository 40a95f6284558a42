"""The adapter of Lazada Indonesia."""

from adapters.lazada.adapter import Lazada, build

__all__ = ["Lazada", "build"]
