"""How Blibli says no: a code and a text in the envelope of the family, at HTTP 200 or at 4xx.

No stored source has the catalogue of codes (facts, section 5): those with SIM in them, and every text, are invented.
"""

from __future__ import annotations


class Refusal(Exception):
    """A call that failed. `status` = the HTTP status where failures show there; `fixed` = it always does."""

    def __init__(self, code: str, text: str, status: int, fixed: bool = False) -> None:
        super().__init__(text)
        self.code, self.text, self.status, self.fixed = code, text, status, fixed


def invalid(text: str) -> Refusal:
    """Something is wrong with the request."""
    return Refusal("ERR-SIM400001", text, 400)


def absent(text: str) -> Refusal:
    """What the call is about is not there."""
    return Refusal("ERR-SIM404001", text, 404)


def nowhere() -> Refusal:
    """The path or the method does not exist."""
    return Refusal("ERR-SIM404000", "no such service", 404, fixed=True)


def unknown_client(text: str) -> Refusal:
    """The client's id and key (facts, section 5: 401)."""
    return Refusal("ERR-SIM401001", text, 401, fixed=True)


def forbidden(text: str) -> Refusal:
    """The seller's key, the signature or its time (facts, section 5: 403)."""
    return Refusal("ERR-SIM403001", text, 403, fixed=True)


def unbound(status: int) -> Refusal:
    """The store is not bound to the client: the one code that has a source (facts, sections 5 and 13)."""
    return Refusal("ERR-PA400054", "the store is not bound to this API client", status, fixed=True)
