"""What every marketplace of the sandbox is to the server: requests in, replies out, and the truth behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class NowhereError(LookupError):
    """A `/_sandbox/` call that does not exist, or that is about something that does not."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it came over the wire. `fault` = a fault that the marketplace itself must play; `late_by` = seconds
    since the moment at which it is to count as applied."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    fault: str | None = None
    late_by: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallSeen:
    """What a hook is told of a call."""

    operation: str
    method: str
    path: str
    query: Mapping[str, list[str]]
    body: bytes
    number: int
    phase: str


class Market(Protocol):
    """One marketplace. `apply` is called under the server's lock."""

    marketplace: str

    def is_token(self, path: str) -> bool:
        """Whether `path` is a token call."""

    def plays(self, path: str, kind: str) -> bool:
        """Whether a fault of this kind means anything to a call of `path`."""

    def apply(self, request: Request) -> Reply:
        """Do what the marketplace would do, and answer."""

    def control(self, method: str, name: str, body: Any) -> Any:
        """One of the `/_sandbox/` calls that are about the marketplace; NowhereError = no such call."""

    def dump(self) -> str:
        """The whole state as JSON."""

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a dumped state."""
