"""What went over the wire, written down without secrets and without buyers: for a question to a marketplace, or a test.

A value is masked when its name, or the name of anything around it, says token, key, signature or person, and every
secret that the request knows is struck out wherever it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from adapters.redaction import redact
from adapters.transport import Answer, Request

MASK = "***"
TEXT_MOST = 4_000

_SECRET = re.compile(
    r"token|secret|password|passwd|signature|authorization|cookie|api[-_]?key|seller[-_]?key|client[-_]?(id|key)"
    r"|partner[-_]?key|app[-_]?key|^sign$|^code$|cipher|username|user[-_]?id|refresh|omnikey",
    re.I,
)
_PERSON = re.compile(
    r"buyer|recipient|customer|consignee|receiver|address|phone|email|zip|postal|city|district|town|full[-_]?name"
    r"|first[-_]?name|last[-_]?name|birth|gender|national|note|message[-_]to|tracking|awb|resi|invoice|dropshipper"
    r"|bank|payment|cpf|prescription|geo|latitude|longitude",
    re.I,
)


def transcript(request: Request, answer: Answer, at: datetime) -> dict[str, Any]:
    """One exchange as JSON values: method, path, query, headers, body, status, answer."""
    secrets = tuple(request.secrets)
    return {
        "at": at.isoformat(timespec="seconds"),
        "method": request.method,
        "path": redact(urlsplit(request.url).path, secrets, TEXT_MOST),
        "query": [[name, _named(name, value, secrets)] for name, value in request.params],
        "headers": {name: _header(name, value, secrets) for name, value in request.headers},
        "body": _body(request, secrets),
        "status": answer.status,
        "answer": masked(answer.json, secrets) if answer.json is not None else redact(answer.text, secrets),
        "clock": None if answer.date is None else answer.date.isoformat(timespec="seconds"),
    }


def masked(value: Any, secrets: Iterable[str] = ()) -> Any:
    """`value` with everything masked that is named like a secret or a person's."""
    known = tuple(secrets)
    if isinstance(value, Mapping):
        return {name: _named(str(name), inside, known) for name, inside in value.items()}
    if isinstance(value, list):
        return [masked(row, known) for row in value]
    return redact(value, known, TEXT_MOST) if isinstance(value, str) else value


def _named(name: str, value: Any, secrets: tuple[str, ...]) -> Any:
    if _SECRET.search(name) and not _says_what_happened(name, value):
        return MASK
    if _PERSON.search(name):
        return MASK if value not in (None, "", [], {}) else value
    return masked(value, secrets)


def _says_what_happened(name: str, value: Any) -> bool:
    """A `code` that is a number or a word of an error is no consent's code."""
    return name.lower() == "code" and (isinstance(value, int) or (isinstance(value, str) and len(value) < 24))


def _header(name: str, value: str, secrets: tuple[str, ...]) -> str:
    return MASK if _SECRET.search(name) else redact(value, secrets)


def _body(request: Request, secrets: tuple[str, ...]) -> Any:
    if request.parts:
        return [{"field": name, "media": media, "bytes": len(content)} for name, _, content, media in request.parts]
    if request.body is None:
        return None
    try:
        return masked(json.loads(request.body), secrets)
    except ValueError:
        return f"{len(request.body)} bytes that are not JSON"
