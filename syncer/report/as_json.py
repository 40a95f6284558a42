"""The report as JSON, for scripts: the model's own names, instants in ISO 8601."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from syncer.report.model import Report

_REPORT: TypeAdapter[Report] = TypeAdapter(Report)


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain JSON values, with the number of things that wait for a person."""
    plain: dict[str, Any] = _REPORT.dump_python(report, mode="json")
    return {"needs_action": report.needs_action, **plain}
