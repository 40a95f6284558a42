"""`run list` and `run cancel`: runs and their progress, also those of other terminals and of the daemon."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from syncer.cli.options import ChannelOption, JsonOption, opened, print_json, tell

MOST = 20

run = typer.Typer(help="Runs and their progress.", rich_markup_mode=None, no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the family to `app`."""
    run.command("list")(list_)
    run.command("cancel")(cancel)
    app.add_typer(run, name="run")


def list_(
    context: typer.Context,
    channel: ChannelOption = None,
    most: Annotated[int, typer.Option("--most", min=1, help="How many, newest first.")] = MOST,
    json_: JsonOption = False,
) -> None:
    """The newest runs: what started them, how far they are, how they ended."""
    from syncer.sync.runs import recent
    from syncer.texts import _

    with opened(context) as (settings, database), database.read() as session:
        rows = recent(session, settings.channel(channel).name if channel else None, most)
    if json_:
        print_json({"runs": [row.as_json() for row in rows]})
        return
    for row in rows:
        print(_line(row))
    if not rows:
        tell(_("no run yet"))


def cancel(
    context: typer.Context, number: Annotated[int, typer.Argument(help="The run's number, as `run list` shows it.")]
) -> None:
    """End a run after its call in flight; what it did not come to stays due.

    A daemon leaves the channel alone for a minute then; `channel pause` keeps it away for longer.
    """
    from adapters.clock import SystemClock
    from syncer.store import journal
    from syncer.sync.runs import ask_to_end
    from syncer.texts import _

    with opened(context) as (_settings, database), database.write() as session:
        channel = ask_to_end(session, number, journal.who())
        journal.write(session, SystemClock().now(), "run cancel", str(number), channel)
    tell(_("run {number} ends after the call in flight").format(number=number))


def _line(row: Any) -> str:
    from syncer.report.dates import local
    from syncer.report.words import counted, word
    from syncer.texts import _

    progress = _("{done} of {total} calls").format(done=row.done, total=row.total) if row.ended_at is None else ""
    # A run that has ended says in its message who ended it.
    asked = _("asked to end by {who}").format(who=row.cancelled_by) if progress and row.cancelled_by else ""
    parts = [str(row.id), row.channel, word(row.trigger), local(row.started_at), word(row.status), progress or
             counted(row.outcomes), asked or row.message]  # fmt: skip
    return "  ".join(part for part in parts if part)
