"""What every marketplace of the sandbox is to the server: requests in, replies out, and the truth behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from adapters.sandbox.config_writer import ChannelLines


@dataclass(frozen=True, slots=True)
class Switch:
    """One open question: its positions (the first is the default, the harsher one) and where the facts ask it."""

    id: str
    positions: tuple[str, ...]
    question: str


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


def plain(value: Any) -> dict[str, Any]:
    """A class with slots as a mapping of its fields, not deeper: the quick way for `json.dumps(default=plain)`."""
    return {name: getattr(value, name) for name in value.__slots__}


class Market(Protocol):
    """One marketplace. `apply` is called under the server's lock."""

    marketplace: str
    channel: str
    """What its channel is called in the written config."""
    settle_s: float
    """Within so many seconds whatever was done late shows: `late_apply` and `stale_read` never last longer."""

    def credentials(self) -> dict[str, Any]:
        """A grant for a client of one's own, apart from the written config's."""

    def auth_url(self, base: str) -> str:
        """The consent page under the server's address `base`, good now; '' where shops consent otherwise."""

    def config_lines(self, base: str) -> ChannelLines:
        """What the written config says of this channel: the same numbers as the limits in force."""

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
