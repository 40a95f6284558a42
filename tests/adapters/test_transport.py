"""The line itself, over real sockets on loopback: deadlines, lost answers, what may be sent again, redaction."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from adapters import transport
from adapters.clock import ManualClock
from adapters.contract import Limits, Rate
from adapters.pacing import Pacer
from adapters.redaction import redact
from adapters.transport import Answer, Request, Safety, Sign, Transport, new_session

START = datetime(2026, 9, 1, tzinfo=UTC)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
Serve = Callable[[socket.socket], None]


@contextmanager
def server(*serve: Serve) -> Iterator[str]:
    """A server on loopback whose n-th connection is served by the n-th function, the last one for all others."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_sockets: list[socket.socket] = []

    def run() -> None:
        at = 0
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_sockets.append(connection)
            threading.Thread(target=_guarded(serve[min(at, len(serve) - 1)]), args=(connection,), daemon=True).start()
            at += 1

    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
        for one in open_sockets:
            one.close()


def _guarded(serve: Serve) -> Serve:
    def run(connection: socket.socket) -> None:
        try:
            serve(connection)
        except OSError:
            return  # the client went away, which is what some of these tests are about

    return run


def heard(connection: socket.socket) -> bytes:
    """Read a request with a body of at most one packet."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    return data


def answer(content: bytes = OK) -> Serve:
    """Serve one answer and hang up."""

    def serve(connection: socket.socket) -> None:
        heard(connection)
        # Said aloud, so that the client does not race us for a connection that is about to close.
        connection.sendall(content.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        connection.close()

    return serve


def hang_up(connection: socket.socket) -> None:
    """Take the request and say nothing."""
    heard(connection)
    connection.close()


def mute(connection: socket.socket) -> None:
    """Take the request and keep the line open until the client leaves."""
    heard(connection)
    connection.recv(1)


def made(clock: ManualClock, host: str, **limits: object) -> Transport:
    chosen = {"rates": (Rate("app", 1000, 1.0),), "deadline_s": 30.0, "attempts": 4} | limits
    return Transport(
        new_session(host),
        clock,
        Pacer(clock),
        Limits(**chosen),  # type: ignore[arg-type]
        random.Random(1),
    )


def send(line: Transport, host: str, safety: Safety = Safety.read, secrets: tuple[str, ...] = ()) -> Answer:
    request = Request("GET", f"{host}/api?sign=abc", (("access_token", "tok-secret-1"),), secrets=secrets)
    return line.send(lambda: request, meaning, safety, {"app": "a"})


def meaning(got: Answer) -> Sign:
    if got.status == 429:
        return Sign.throttled
    return Sign.transient if got.status == 0 or got.status >= 500 or got.json is None else Sign.final


def test_an_answer() -> None:
    with server(answer()) as host:
        got = send(made(ManualClock(START), host), host)
    assert (got.status, got.json, got.arrived) == (200, {}, "yes")


@pytest.mark.parametrize("part", ["headers", "body", "chunks"])
def test_a_server_that_drips_does_not_outlive_the_deadline(part: str) -> None:
    """Every byte comes in time for a read time-out; the total deadline ends it all the same."""
    clock = ManualClock(START)
    drips = 0
    opening = {
        "headers": b"HTTP/1.1 200 OK\r\nX-Slow: ",
        "body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
        "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    }[part]
    drop = b"1\r\nx\r\n" if part == "chunks" else b"x"

    def drip(connection: socket.socket) -> None:
        nonlocal drips
        heard(connection)
        connection.sendall(opening)
        while drips < 10_000:
            clock.advance(1.0)
            drips += 1
            connection.sendall(drop)

    with server(drip) as host:
        got = send(made(clock, host, attempts=1), host, Safety.once)
    assert got.arrived == "maybe"
    assert got.json is None
    assert "deadline" in got.text or "time" in got.text.lower()
    assert clock.monotonic() >= 30.0


def test_a_silent_server_ends_with_a_real_time_out() -> None:
    with server(mute) as host:
        got = send(made(ManualClock(START), host, deadline_s=0.05), host, Safety.once)
    assert (got.status, got.arrived) == (0, "maybe")


def test_an_endless_body_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_BODY", 100_000)
    large = b"HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n" + b"x" * 400_000
    with server(answer(large)) as host:
        got = send(made(ManualClock(START), host), host, Safety.once)
    assert got.json is None
    assert got.arrived == "maybe"
    assert "100000" in got.text


@pytest.mark.parametrize(
    ("safety", "attempts"), [(Safety.read, 4), (Safety.repeatable, 4), (Safety.once, 1), (Safety.never, 1)]
)
def test_what_is_sent_again_after_a_lost_answer(safety: Safety, attempts: int) -> None:
    taken = []

    def lose(connection: socket.socket) -> None:
        taken.append(heard(connection))
        connection.close()

    with server(lose) as host:
        got = send(made(ManualClock(START), host), host, safety)
    assert len(taken) == attempts
    assert got.arrived == "maybe"


@pytest.mark.parametrize(
    ("safety", "status"), [(Safety.read, 200), (Safety.repeatable, 200), (Safety.once, 0), (Safety.never, 0)]
)
def test_a_lost_answer_then_a_good_one(safety: Safety, status: int) -> None:
    with server(hang_up, answer()) as host:
        assert send(made(ManualClock(START), host), host, safety).status == status


@pytest.mark.parametrize("safety", list(Safety))
def test_a_refused_connection_surely_did_not_arrive(safety: Safety) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"http://127.0.0.1:{listener.getsockname()[1]}"
    clock = ManualClock(START)
    got = send(made(clock, host), host, safety)
    assert (got.status, got.arrived) == (0, "no")
    waited = clock.monotonic() > 0.5
    assert waited is (safety is not Safety.never), "all but a stock number are tried again, with a pause"


def test_a_write_that_once_may_have_arrived_stays_so_though_the_next_attempt_did_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def once() -> None:
            connection, _ = listener.accept()
            heard(connection)
            listener.close()
            connection.close()

        thread = threading.Thread(target=once, daemon=True)
        thread.start()
        got = send(made(ManualClock(START), host), host, Safety.repeatable)
        thread.join()
    assert (got.status, got.arrived) == (0, "maybe")


def test_retries_stop_at_the_deadline_not_at_the_count() -> None:
    taken = []

    def lose(connection: socket.socket) -> None:
        taken.append(heard(connection))
        connection.close()

    clock = ManualClock(START)
    with server(lose) as host:
        send(made(clock, host, attempts=1000, deadline_s=20.0), host)
    assert 2 < len(taken) < 20
    assert clock.monotonic() <= 20.0


def test_a_throttle_is_retried_after_its_retry_after_by_our_clock() -> None:
    slow = b"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}"
    clock = ManualClock(START)
    with server(answer(slow), answer()) as host:
        got = send(made(clock, host), host, Safety.once)
    assert got.status == 200
    assert clock.monotonic() >= 7.0


def test_a_retry_after_beyond_the_deadline_comes_back_at_once() -> None:
    slow = b"HTTP/1.1 429 Too Many\r\nRetry-After: 120\r\nContent-Length: 2\r\n\r\n{}"
    clock = ManualClock(START)
    with server(answer(slow)) as host:
        got = send(made(clock, host), host, Safety.once)
        later = send(made(clock, host), host, Safety.once)
    assert got.held_for is not None
    assert got.held_for >= 119
    assert clock.monotonic() < 30
    assert later.status == 429, "another pacer knows nothing of it"


def test_a_redirect_is_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with server(answer(moved)) as host:
        assert send(made(ManualClock(START), host), host, Safety.once).status == 302


def test_no_secret_stands_in_the_text_of_a_failure() -> None:
    with server(hang_up) as host:
        got = send(made(ManualClock(START), host), host, Safety.once, ("tok-secret-1",))
    assert "tok-secret-1" not in got.text
    assert "sign=abc" not in got.text


def test_a_body_that_is_not_json_is_never_quoted() -> None:
    page = b"HTTP/1.1 502 Bad\r\nContent-Length: 13\r\n\r\n<p>Bu Ani</p>"
    with server(answer(page)) as host:
        got = send(made(ManualClock(START), host), host, Safety.once)
    assert (got.status, got.arrived, got.json) == (502, "yes", None)
    assert "Ani" not in got.text


def test_proxies_are_ignored_on_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with server(answer()) as host:
        assert send(made(ManualClock(START), host), host).status == 200
    assert new_session("http://localhost:1").trust_env is False
    assert new_session("http://[::1]:1").trust_env is False
    assert new_session("https://partner.shopeemobile.com").trust_env is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET /x?access_token=abc&sign=0f0f&a=1", "GET /x?access_token=***&sign=***&a=1"),
        ('{"refresh_token": "r-0001", "shop": 1}', '{"refresh_token": "***", "shop": 1}'),
        ("key s3cr3t-value here", "key *** here"),
        ("two\n lines", "two lines"),
    ],
)
def test_redaction(text: str, expected: str) -> None:
    assert redact(text, ["s3cr3t-value"]) == expected


def test_redaction_shortens() -> None:
    assert len(redact("x" * 5000)) == 500


def test_the_date_of_the_server_is_told() -> None:
    dated = b"HTTP/1.1 200 OK\r\nDate: Tue, 01 Sep 2026 00:20:00 GMT\r\nContent-Length: 2\r\n\r\n{}"
    with server(answer(dated)) as host:
        got = send(made(ManualClock(START), host), host)
    assert got.date == datetime(2026, 9, 1, 0, 20, tzinfo=UTC)
    assert got.received_at == START
