"""`status` and `report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from syncer.cli.options import ChannelOption, JsonOption, opened, print_json

FORMATS = ("text", "json")


def register(app: typer.Typer) -> None:
    """Add the family to `app`."""
    app.command("status")(status)
    app.command("report")(report)


def status(context: typer.Context, channel: ChannelOption = None, json_: JsonOption = False) -> None:
    """The state in a few lines: each channel's last run, what is open, failed and held."""
    from adapters.clock import SystemClock
    from syncer.report.as_json import as_json
    from syncer.report.model import make_report
    from syncer.report.text import brief

    with opened(context) as (settings, database), database.read() as session:
        made = make_report(session, SystemClock().now(), [settings.channel(channel).name] if channel else None)
    if json_:
        print_json(as_json(made))
    else:
        print(brief(made), end="")


def report(
    context: typer.Context,
    channel: ChannelOption = None,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    out: Annotated[Path | None, typer.Option("--out", help="Write it to this file.")] = None,
    json_: JsonOption = False,
) -> None:
    """The sync report: what each shop shows, what failed and why, who must act and what to do."""
    import json

    from adapters.clock import SystemClock
    from syncer.errors import UsageError
    from syncer.report.as_json import as_json
    from syncer.report.model import make_report
    from syncer.report.text import as_text
    from syncer.texts import _

    if form not in FORMATS:
        text = _("--format '{form}' is not one of: {known}")
        raise UsageError(text.format(form=form, known=", ".join(FORMATS)))
    with opened(context) as (settings, database), database.read() as session:
        made = make_report(session, SystemClock().now(), [settings.channel(channel).name] if channel else None)
    plain = json_ or form == "json"
    text = json.dumps(as_json(made), ensure_ascii=False, indent=1) + "\n" if plain else as_text(made)
    if out is None:
        print(text, end="")
    else:
        out.write_text(text, encoding="utf-8")
