"""`status` and `report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncer.cli.options import ChannelOption, JsonOption, opened, print_json

if TYPE_CHECKING:
    from syncer.report.values import Report

FORMATS = ("text", "json", "html")


def register(app: typer.Typer) -> None:
    """Add the family to `app`."""
    app.command("status")(status)
    app.command("report")(report)


def status(context: typer.Context, channel: ChannelOption = None, json_: JsonOption = False) -> None:
    """The state in a few lines: each channel's last run, what is open, failed and held."""
    made = _made(context, channel)
    if json_:
        from syncer.report.as_json import as_json

        print_json(as_json(made))
        return
    from syncer.report.text import brief

    print(brief(made), end="")


def report(
    context: typer.Context,
    channel: ChannelOption = None,
    form: Annotated[str, typer.Option("--format", help="text, json or html.")] = "text",
    out: Annotated[Path | None, typer.Option("--out", help="Write it to this file, whole or not at all.")] = None,
    json_: JsonOption = False,
) -> None:
    """The sync report: what each shop shows, what failed and why, who must act and what to do."""
    from syncer.errors import UsageError
    from syncer.texts import _

    if form not in FORMATS:
        text = _("--format '{form}' is not one of: {known}")
        raise UsageError(text.format(form=form, known=", ".join(FORMATS)))
    made = _made(context, channel)
    face = _face(made, "json" if json_ else form)
    if out is None:
        print(face, end="")
        return
    from syncer.report.publishing import write_whole

    write_whole(out, face)


def _made(context: typer.Context, channel: str | None) -> Report:
    """The report of one channel, or of all."""
    from adapters.clock import SystemClock
    from syncer.report import model

    with opened(context) as (settings, database), database.read() as session:
        chosen = [settings.channel(channel).name] if channel else None
        return model.make_report(session, SystemClock().now(), chosen, settings.channels)


def _face(made: Report, form: str) -> str:
    """The report in one of `FORMATS`."""
    if form == "html":
        from syncer.report.html import as_html

        return as_html(made)
    if form == "text":
        from syncer.report.text import as_text

        return as_text(made)
    import json

    from syncer.report.as_json import as_json

    return json.dumps(as_json(made), ensure_ascii=False, indent=1) + "\n"
