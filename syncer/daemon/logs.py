"""The daemon's log: one JSON line an event, by structlog; nothing secret ever comes near it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TextIO

import structlog

from adapters.redaction import redact


def configure(out: TextIO = sys.stderr) -> None:
    """Lines go to `out`; the supervisor keeps them."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Without local variables: a token may stand in one.
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            _redacted,
            structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )


def _redacted(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: _plain(value) for key, value in event.items()}


def _plain(value: object) -> object:
    match value:
        case str():
            return redact(value, limit=2000)
        case Mapping():
            return {key: _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _:
            return value
