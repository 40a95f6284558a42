"""Every answer of the fact sheets' examples, opened by the adapter that has to understand it."""

from __future__ import annotations

from importlib import import_module

import pytest

from adapters.contract import Cause
from syncer.channels.registry import OURS
from tests.papers.checking import calls, plain
from tests.papers.payloads import FOLDER, Payload, payloads

ANSWERS = [
    pytest.param(name, payload, id=f"{name}-{payload.name}")
    for name in OURS
    for payload in payloads(name).values()
    if payload.kind == "answer"
]


@pytest.mark.parametrize(("marketplace", "payload"), ANSWERS)
def test_an_answer_means_what_the_sheet_says(marketplace: str, payload: Payload) -> None:
    client = import_module(f"adapters.{marketplace}.client")
    [operation, *_] = calls(marketplace).get(plain(payload.call), [payload.call.rpartition("/")[2]])
    reply = client.open_envelope(operation, payload.answer)
    cause = Cause(payload.cause) if payload.cause else None
    assert (reply.ok, reply.cause) == (payload.ok, cause)
    if not payload.ok:
        assert reply.code == payload.code
        assert reply.text


@pytest.mark.parametrize("marketplace", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_an_example_is_whole(marketplace: str) -> None:
    found = payloads(marketplace).values()
    assert found
    for payload in found:
        assert payload.kind in ("request", "answer", "push")
        assert payload.section
        assert payload.body
        assert bool(payload.status) == (payload.kind == "answer")
        assert payload.ok == (payload.cause is None)
