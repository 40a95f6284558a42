"""The only place that sends HTTP: pace, sign, send, classify, retry from pace, redact.

`Transport.send` gives an `Answer`, whatever happened on the line; it raises nothing for it. One total
deadline holds over all attempts, every wait, and every single byte read, so that a server that drips cannot
outlive it.
"""

from __future__ import annotations

import contextvars
import http.client
import io
import ipaddress
import json
import random
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import requests
import tenacity
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.filepost import encode_multipart_formdata

from adapters.abreast import abreast
from adapters.clock import Clock
from adapters.contract import Limits
from adapters.pacing import Pacer, TooLate
from adapters.redaction import redact
from adapters.words import kept

MAX_BODY = 16 * 1024 * 1024
Arrived = Literal["no", "maybe", "yes"]
T = TypeVar("T")
R = TypeVar("R")


class Safety(Enum):
    """What may be done again without asking."""

    read = "read"  # always
    repeatable = "repeatable"  # an absolute write that is still current: price, content, visibility
    once = "once"  # only if it surely did not arrive, or was refused for speed
    never = "never"  # a stock number: it is rendered again instead


class Sign(Enum):
    """What the marketplace meant by an answer, as far as the line is concerned."""

    final = "final"
    throttled = "throttled"
    transient = "transient"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, ready to go. `parts` makes it multipart: (field, file name, bytes, media type).

    A part without a file name is an ordinary field.
    """

    method: str
    url: str
    params: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes | None = None
    parts: tuple[tuple[str, str, bytes, str], ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` 0 = nothing did. `arrived`: did the request reach the marketplace?

    `json` is the parsed body or None; `text` says in redacted words what went wrong on the line, if anything
    did; `retry_after` is in seconds; `date` is the server's own clock; `held_for` seconds pacing lets nothing
    go.
    """

    status: int
    json: Any
    text: str
    arrived: Arrived
    retry_after: float | None = None
    date: datetime | None = None
    received_at: datetime | None = None
    held_for: float | None = None


# --- a deadline for every byte ------------------------------------------------------------------------------

_remaining: contextvars.ContextVar[Callable[[], float] | None] = contextvars.ContextVar("remaining", default=None)
_listener: contextvars.ContextVar[Callable[[Request, Answer], None] | None] = contextvars.ContextVar(
    "listener", default=None
)


class DeadlinePassed(TimeoutError):
    """The total deadline of the call has passed."""


class BodyTooLarge(OSError):
    """The answer is larger than any honest answer."""


def _time_left(at_most: float | None = None) -> float | None:
    """Seconds until the deadline; None without one.

    Raises:
        DeadlinePassed: it has passed.
    """
    remaining = _remaining.get()
    if remaining is None:
        return at_most
    left = remaining()
    if left <= 0:
        raise DeadlinePassed("total deadline passed")
    return left if at_most is None else min(left, at_most)


class _DatedReader(io.RawIOBase):
    """Reads a socket; before each read the socket's time-out becomes what is left until the deadline."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._raw = sock, sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        left = _time_left()
        if left is not None:
            self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _DatedResponse(http.client.HTTPResponse):
    """Status line, headers and body are read against the deadline."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_DatedReader(sock))


class _DatedConnection(HTTPConnection):
    response_class = _DatedResponse


class _DatedTlsConnection(HTTPSConnection):
    response_class = _DatedResponse


class _DatedBody(io.BytesIO):
    """A request body that is handed out in blocks while there is time: a bad line may be slow, not
    endless.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        _time_left()
        return super().read(size)


class _DatedAdapter(HTTPAdapter):
    """requests' own adapter with connections that know the deadline."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        pools = dict(self.poolmanager.pool_classes_by_scheme)
        for scheme, connection in (("http", _DatedConnection), ("https", _DatedTlsConnection)):
            pools[scheme] = type("DatedPool", (pools[scheme],), {"ConnectionCls": connection})
        self.poolmanager.pool_classes_by_scheme = pools


def new_session(host: str) -> requests.Session:
    """A session that keeps no cookies and follows no redirects; on loopback it ignores proxy settings too."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _DatedAdapter(pool_connections=4, pool_maxsize=64, max_retries=0))
    session.trust_env = not _is_loopback(host)
    session.headers.update({"User-Agent": "marketplace-syncer", "Accept": "application/json"})
    return session


def _is_loopback(url: str) -> bool:
    name = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


@contextmanager
def overheard(listener: Callable[[Request, Answer], None]) -> Iterator[None]:
    """Tell `listener` of every request that is sent in here, and of its answer, whichever adapter sends it.

    Both are as on the wire, secrets included: what is kept of them must be redacted first.
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


# --- the transport ------------------------------------------------------------------------------------------


class Transport:
    """Sends requests for one shop. Clock, session, pacer and randomness are given."""

    def __init__(
        self, session: requests.Session, clock: Clock, pacer: Pacer, limits: Limits, rng: random.Random
    ) -> None:
        self._session, self._clock, self._pacer, self._limits, self._rng = session, clock, pacer, limits, rng

    def send(
        self,
        make: Callable[[], Request],
        sign_of: Callable[[Answer], Sign],
        safety: Safety,
        keys: Mapping[str, str],
    ) -> Answer:
        """Send what `make` makes (called anew, and so signed anew, before each attempt) within one total
        deadline.

        `sign_of` says what an answer means; `safety` what may be sent again; `keys` which budgets it draws
        on.
        """
        deadline = self._clock.monotonic() + self._limits.deadline_s
        signs: list[Sign] = []
        reached: list[Arrived] = []  # an earlier attempt may have arrived though the last one did not

        def attempt() -> Answer:
            answer, sign = self._attempt(make, sign_of, keys, deadline)
            signs.append(sign)
            reached.append("maybe" if answer.arrived == "yes" and sign is Sign.transient else _reach(answer, sign))
            return answer

        retrying = tenacity.Retrying(
            sleep=self._clock.sleep,
            wait=lambda state: self._wait(state, signs[-1]),
            stop=tenacity.stop_after_attempt(max(1, self._limits.attempts)) | _StopAt(self._clock, deadline),
            retry=tenacity.retry_if_result(lambda answer: _again(answer, signs[-1], safety)),
            retry_error_callback=_last_answer,
        )
        answer = retrying(attempt)
        return replace(answer, arrived=max(reached, key=_REACH.index)) if answer.arrived != "yes" else answer

    def abreast(self, work: Callable[[T], R], values: Iterable[T]) -> Iterator[R]:
        """`work`, which sends reads, of each value: lazily, in order, several in flight where the rates allow more
        calls than one at a time would use up.
        """
        return abreast(work, values, lambda: self._pacer.lanes(self._limits.rates, self._limits.concurrency))

    def _attempt(
        self,
        make: Callable[[], Request],
        sign_of: Callable[[Answer], Sign],
        keys: Mapping[str, str],
        deadline: float,
    ) -> tuple[Answer, Sign]:
        rates = self._limits.rates
        slot = self._pacer.take(rates, keys, deadline)
        if isinstance(slot, TooLate):
            held = slot.at - self._clock.monotonic()
            return Answer(0, None, "held back by pacing", "no", held_for=held), Sign.final
        began = self._clock.monotonic()
        request = make()
        answer = self._exchange(request, deadline)
        if (listener := _listener.get()) is not None:
            listener(request, answer)
        self._pacer.took(slot, keys.get("operation", ""), self._clock.monotonic() - began)
        sign = sign_of(answer)
        if sign is Sign.throttled:
            free_at = self._pacer.refused(rates, keys, slot.at, answer.retry_after)
            held = max(0.0, free_at - self._clock.monotonic())
            answer = replace(answer, held_for=held)
        elif answer.arrived == "yes":
            self._pacer.went_well(rates, keys)
        return answer, sign

    def _wait(self, state: tenacity.RetryCallState, sign: Sign) -> float:
        """Back-off with jitter; after a throttle as long as pacing lets nothing go anyway."""
        if sign is Sign.throttled:
            return _last_answer(state).held_for or 0.0
        return min(8.0, 0.25 * 2.0**state.attempt_number) * (0.5 + self._rng.random() / 2)

    def _exchange(self, request: Request, deadline: float) -> Answer:
        token = _remaining.set(lambda: deadline - self._clock.monotonic())
        status = 0
        try:
            with self._open(request) as response:
                status = response.status_code
                body = _read(response)
                return _answer(response, body, self._clock.now())
        except (requests.RequestException, OSError, http.client.HTTPException) as error:
            # `from None` and no chain: the original's text holds the whole signed address.
            text = f"{_host(request)}: {type(error).__name__}: {_reason(error)}"
            return Answer(status, None, redact(text, request.secrets), _arrived(error))
        finally:
            _remaining.reset(token)

    def _open(self, request: Request) -> requests.Response:
        headers = dict(request.headers)
        body: io.BytesIO | bytes | None = request.body
        if request.parts:
            encoded, content_type = _multipart(request.parts)
            body, headers["Content-Type"] = _DatedBody(encoded), content_type
        elif body is not None:
            headers.setdefault("Content-Type", "application/json")
        left = _time_left() or 0.0
        return self._session.request(
            request.method,
            request.url,
            params=list(request.params),
            data=body,
            headers=headers,
            timeout=(min(self._limits.connect_s, left), left),
            stream=True,
            allow_redirects=False,
        )


_REACH: tuple[Arrived, ...] = ("no", "maybe", "yes")


def _reach(answer: Answer, sign: Sign) -> Arrived:
    """How far an attempt came that is followed by another: one refused for speed surely changed nothing."""
    return "no" if sign is Sign.throttled else answer.arrived


class _StopAt(tenacity.stop.stop_base):
    """Stop when the next attempt would begin after the deadline, by our own clock."""

    def __init__(self, clock: Clock, deadline: float) -> None:
        self._clock, self._deadline = clock, deadline

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        return self._clock.monotonic() + retry_state.upcoming_sleep >= self._deadline


def _again(answer: Answer, sign: Sign, safety: Safety) -> bool:
    """May this be sent again? See `Safety`."""
    if safety is Safety.never or (answer.held_for is not None and sign is not Sign.throttled):
        return False
    if sign is Sign.throttled:
        return True
    if sign is not Sign.transient:
        return False
    return answer.arrived == "no" or safety in (Safety.read, Safety.repeatable)


def _last_answer(state: tenacity.RetryCallState) -> Answer:
    assert state.outcome is not None
    answer: Answer = state.outcome.result()
    return answer


def _multipart(parts: Sequence[tuple[str, str, bytes, str]]) -> tuple[bytes, str]:
    return encode_multipart_formdata([
        (name, (file, content, media) if file else content) for name, file, content, media in parts
    ])  # fmt: skip


def _read(response: requests.Response) -> bytes:
    chunks, size = [], 0
    for chunk in response.iter_content(65536):
        size += len(chunk)
        if size > MAX_BODY:
            raise BodyTooLarge(f"more than {MAX_BODY} bytes")
        chunks.append(chunk)
        _time_left()
    return b"".join(chunks)


def _answer(response: requests.Response, body: bytes, now: datetime) -> Answer:
    parsed: Any = None
    text = ""
    try:
        parsed = json.loads(body)
    except ValueError:
        # The body itself is never quoted: it may hold a buyer's name.
        text = kept("HTTP {status}, {size} bytes that are not JSON", status=response.status_code, size=len(body))
    headers = response.headers
    return Answer(
        response.status_code, parsed, text, "yes",
        _retry_after(headers.get("Retry-After"), now), _http_date(headers.get("Date")), now,
    )  # fmt: skip


def _http_date(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None


def _retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds to wait: the header holds seconds or a date."""
    if not text:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text.strip()):
        return float(text)
    at = _http_date(text)
    return max(0.0, (at - now).total_seconds()) if at else None


def _chain(error: BaseException) -> Iterable[BaseException]:
    """The error, and everything that urllib3 and requests wrapped into it."""
    todo, seen = [error], set()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [e for e in (*one.args, getattr(one, "reason", None), one.__cause__) if isinstance(e, BaseException)]


def _arrived(error: BaseException) -> Arrived:
    """Did the request arrive? "no" only where no connection ever stood."""
    never = (requests.ConnectTimeout, NewConnectionError, NameResolutionError, requests.exceptions.InvalidURL)
    return "no" if any(isinstance(e, never) for e in _chain(error)) else "maybe"


def _host(request: Request) -> str:
    """Where a request went: host and port, nothing that was signed."""
    return urlsplit(request.url).netloc


def _reason(error: BaseException) -> str:
    """The innermost words, which hold no address."""
    texts = [str(e) for e in _chain(error) if isinstance(e, OSError) and not isinstance(e, requests.RequestException)]
    return texts[-1] if texts else "no more is known"
