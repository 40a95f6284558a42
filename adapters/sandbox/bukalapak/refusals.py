"""How Bukalapak says no. Only code 10001 and its text stand in a source (facts, section 4.2).

Every other text here is INVENTED and begins with a word that says so, as the fact sheet's own example does; every
other code is invented, too, and lies above 19000. No client may lean on them.
"""

from __future__ import annotations

NOT_AUTHORISED = 10001
FORBIDDEN, NOT_FOUND, INVALID, THROTTLED, CLOSED = 19403, 19404, 19422, 19429, 19410


class Refusal(Exception):
    """A call that failed. `shows` = its status is the HTTP status, too, where others hide behind a 200."""

    def __init__(self, message: str, status: int = 422, code: int = INVALID, shows: bool = False) -> None:
        super().__init__(message)
        self.message, self.status, self.code, self.shows = message, status, code, shows


class TokenRefusal(Exception):
    """A call to the accounts host that failed; the status is that of RFC 6749, section 5.2."""

    def __init__(self, error: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.error, self.text, self.status = error, text, status


def invented(text: str) -> str:
    """A text that no source gives, labelled."""
    return f"(invented) {text}"


def invalid(text: str) -> Refusal:
    """The request is wrong."""
    return Refusal(invented(text))


def missing(what: str) -> Refusal:
    """There is no such thing in this shop."""
    return Refusal(invented(f"{what} tidak ditemukan"), 404, NOT_FOUND)


def nowhere() -> Refusal:
    """No source names this path with this method."""
    return Refusal(invented("Alamat tidak dikenal"), 404, NOT_FOUND, shows=True)


def unauthorised() -> Refusal:
    """The answer of the one error that a source shows."""
    return Refusal("You are not authorized", 401, NOT_AUTHORISED, shows=True)


def denied(text: str = "User id atau token salah") -> Refusal:
    """Bad credentials of v2 (facts, section 3.1), or a token without the scope."""
    return Refusal(invented(text), 403, FORBIDDEN, shows=True)


def throttled() -> Refusal:
    """Too fast; nothing of it is documented."""
    return Refusal(invented("Terlalu banyak permintaan"), 429, THROTTLED, shows=True)


def winding_down() -> Refusal:
    """From February 2025 on nothing new is put on sale (facts, section 0)."""
    return Refusal(invented("Unggah produk fisik sudah ditutup"), 403, CLOSED)


def closed() -> Refusal:
    """Physical goods are no longer sold (facts, section 0)."""
    return Refusal(invented("Layanan produk fisik telah berakhir"), 410, CLOSED)
