"""What answers show beside what was asked: evidence on open questions, codes and statuses that no source names."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from adapters.contract import Cause, Noticed, Notion
from adapters.tiktokshop.client import Reply
from adapters.tiktokshop.reading import AUDITS_DONE, AUDITS_FAILED, AUDITS_OPEN, STATES

THROTTLED = "36009002"


class Notices:
    """What was noticed since the last asking, each thing said once. Safe to share between threads."""

    def __init__(self) -> None:
        self._said: set[tuple[Notion, str, str]] = set()
        self._new: list[Noticed] = []
        self._lock = threading.Lock()

    def add(self, notion: Notion, name: str, operation: str, position: str = "", evidence: str = "") -> None:
        """Keep one thing, unless it was said before."""
        with self._lock:
            if (key := (notion, name, position)) not in self._said:
                self._said.add(key)
                self._new.append(Noticed(notion, name, operation, position, evidence))

    def taken(self) -> tuple[Noticed, ...]:
        """What is new; from now on it was said."""
        with self._lock:
            new, self._new = tuple(self._new), []
        return new

    # --- from answers

    def reply(self, reply: Reply) -> None:
        """A code that no source names, and in which clothes a refusal comes (facts, sections 5 and 6)."""
        body = reply.answer.json
        if reply.ok or not reply.code or not isinstance(body, dict):
            return
        if reply.cause is Cause.unknown:
            self.add(Notion.code, reply.code, reply.operation, evidence=reply.text)
        if reply.code == THROTTLED:
            told = "absent" if reply.answer.retry_after is None else "present"
            self.answer("retry_after", told, reply.operation, f"HTTP {reply.answer.status}")
        elif reply.code.startswith("12") and len(reply.code) == len(THROTTLED):
            status = "200" if reply.answer.status < 400 else "400"
            self.answer("error_status", status, reply.operation, f"{reply.code} came with {reply.answer.status}")
            if body.get("data") is None:
                form = "null" if "data" in body else "missing"
                self.answer("error_data", form, reply.operation, f"{reply.code} came without content")

    def shown(self, operation: str, statuses: Iterable[str], audit: str) -> None:
        """A product's statuses that no source names."""
        for status in statuses:
            if status not in STATES:
                self.add(Notion.status, status, operation, evidence="status of a product")
        if audit not in AUDITS_DONE | AUDITS_FAILED | AUDITS_OPEN:
            self.add(Notion.status, audit, operation, evidence="status of an audit")

    def answer(self, question: str, position: str, operation: str, evidence: str) -> None:
        """Where a shop stands in an open question."""
        self.add(Notion.assumption, f"tiktokshop.{question}", operation, position, evidence)
