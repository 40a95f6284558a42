"""How Shopee says no: HTTP 200, a code with or without its module's name, a text that clients must match at times."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A call that failed. `response` = what still stands in the body (facts, section 3.6)."""

    def __init__(self, code: str, message: str, response: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.response = code, message, response


def param(message: str, module: str = "product.") -> Refusal:
    """`error_param`, the code for everything that is wrong with a request."""
    return Refusal(f"{module}error_param", message)


def missing(field: str) -> Refusal:
    """A required field is not there: Go's name of it, and two blanks (facts, section 5)."""
    name = "".join(part.capitalize() for part in field.split("_"))
    return param(f"invalid field {name}: value must  Not Null")


ITEM_NOT_FOUND = ("product.error_item_not_found", "Product not found.")


def not_found() -> Refusal:
    """No such item in this shop."""
    return Refusal(*ITEM_NOT_FOUND)
