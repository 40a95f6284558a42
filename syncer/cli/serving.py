"""`daemon`: the service by itself, until it is told to stop."""

from __future__ import annotations

import os
import signal
import sys

import typer


def register(app: typer.Typer) -> None:
    """Add the family to `app`."""
    app.command("daemon")(daemon)


def daemon(context: typer.Context) -> None:
    """Keep every active channel in step, read orders, audit at night, write the report; JSON lines on stderr.

    SIGTERM ends it within 10 seconds, SIGHUP reads the config anew.
    """
    from adapters.clock import SystemClock
    from syncer.cli.options import opened
    from syncer.cli.running import chosen
    from syncer.daemon import Daemon
    from syncer.daemon.logs import configure
    from syncer.report.publishing import publish

    configure()
    with opened(context) as (settings, database):
        chosen(settings, None)  # without an active channel there is nothing to keep
        service = Daemon(settings, database, SystemClock(), context.obj.settings, publish)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: service.ask_to_stop())
        signal.signal(signal.SIGHUP, lambda *_: service.ask_to_reload())
        service.run()
        if service.in_flight:
            # A call that does not land holds a thread that Python would wait for. The store knows that it was sent.
            sys.stderr.flush()
            os._exit(0)
