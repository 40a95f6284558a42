"""The report as JSON, for scripts: the model's own names, instants in ISO 8601."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from syncer.report.sentences import sentence
from syncer.report.values import Report

_REPORT: TypeAdapter[Report] = TypeAdapter(Report)


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain JSON values: what waits for whom first, the sentence in the language in use, then all."""
    plain: dict[str, Any] = _REPORT.dump_python(report, mode="json")
    for hold, line in zip(plain["holds"], report.holds, strict=True):
        hold["approve"], hold["reject"] = line.approve, line.reject
    tasks = {who.value: number for who, number in report.tasks.items()}
    head = {"needs_action": report.needs_action, "tasks": tasks, "by_itself": report.by_itself}
    return {**head, "sentence": sentence(report), **plain}
