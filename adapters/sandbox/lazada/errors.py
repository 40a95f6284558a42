"""How Lazada says no: HTTP 200 with a code that is not "0" (facts, section 4). Texts without a source are invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Detail = Mapping[str, str]


class Refusal(Exception):
    """A call that failed. `kind` = the field `type` of the answer; `detail` = what of the call was wrong."""

    def __init__(self, code: str, text: str, kind: str = "ISV", detail: Sequence[Detail] = ()) -> None:
        super().__init__(text)
        self.code, self.text, self.kind, self.detail = code, text, kind, list(detail)


class RowRefusal(Exception):
    """One SKU of a call that may hold several is refused."""

    def __init__(self, code: str, text: str, check: str = "") -> None:
        super().__init__(text)
        self.code, self.text, self.check = code, text, check


def numbered(code: str, text: str, kind: str = "ISV", detail: Sequence[Detail] = ()) -> Refusal:
    """A refusal whose message begins with its own number, as most do (facts, section 4)."""
    return Refusal(code, f"E{code}: {text}", kind, detail)


def malformed(text: str) -> Refusal:
    """A payload that cannot be read (facts, section 5: 5)."""
    return numbered("5", f"Invalid Request Format: {text}")


def unsupported(text: str) -> Refusal:
    """A parameter that the call does not know, or one that it lacks (facts, section 5: 6 and E006)."""
    return Refusal("6", f"E006: Unexpected internal error: {text}", "ISP")


def mistyped(where: str) -> Refusal:
    """JSON with the wrong type in a place (facts, section 1: 1001)."""
    return Refusal("1001", f"E1001: {where} has the wrong type", "ISV")


def not_created(field: str, text: str, check: str = "CHK_BASIC_REQUIRED") -> Refusal:
    """A create that lacks something: a number of its own under an umbrella text (facts, section 4)."""
    detail = {"field": field, "message": text, "code": check}
    return Refusal("4108", "E500: Create product failed", "ISP", [detail])


def umbrella(code: str, text: str, detail: Sequence[Detail]) -> Refusal:
    """500, 501 and 503: what is wrong stands in the detail (facts, section 4)."""
    return numbered(code, text, "ISP", detail)
