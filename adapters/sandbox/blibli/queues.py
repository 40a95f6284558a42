"""Accepted calls: applied when their time has come, told of row by row, some of them never (facts, section 7.4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from adapters.sandbox.blibli.context import Context
from adapters.sandbox.blibli.state import Queue

Apply = Callable[[Context, dict[str, Any]], str | None]
"""Does what a row asks for; the error, or None."""


def enqueue(here: Context, action: str, rows: list[dict[str, Any]]) -> Queue:
    """Take rows into a queue of 26 characters, as those of the newer kind have."""
    number = here.store.next()
    digest = hashlib.sha256(f"queue {number}".encode()).hexdigest().upper()
    queue = Queue(f"01HZX{digest[:21]}", action, here.now, here.now + here.queue_s, rows, fault=here.fault)
    here.store.queues[queue.id] = queue
    return queue


def work(here: Context, appliers: Mapping[str, Apply]) -> None:
    """Apply every queue whose time has come, oldest first."""
    for queue in sorted(here.store.queues.values(), key=lambda q: q.ready):
        if queue.done or queue.ready > here.now:
            continue
        apply = appliers.get(queue.action)
        history = [_told(here, queue, row, apply) for row in queue.rows]
        if queue.fault == "omit_row":
            history = history[:-1]
        # A stuck queue says nothing for ever, whatever became of its products.
        queue.history = [] if queue.fault == "stuck_queue" else history
        queue.done = True


def _told(here: Context, queue: Queue, row: dict[str, Any], apply: Apply | None) -> dict[str, Any]:
    error = row.get("error")
    if error is None and apply is not None:
        error = apply(here, row)
    warning = row.get("warning")
    return {
        "gdnSku": row.get("gdnSku"), "value": json.dumps(row["value"]), "timestamp": int(queue.ready * 1000),
        "isSuccess": error is None, "errorMessage": error or warning,
    }  # fmt: skip


def head(queue: Queue) -> dict[str, Any]:
    """What is said of a queue as a whole."""
    return {"requestId": queue.id, "requestAction": queue.action, "total": len(queue.rows),
            "timeStamp": int(queue.at * 1000)}  # fmt: skip


def finished(queue: Queue) -> bool:
    """Whether the queue says that it is done: a stuck one never does."""
    return queue.done and len(queue.history) >= len(queue.rows)
