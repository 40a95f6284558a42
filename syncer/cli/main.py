"""The command `syncer`: global options, the families of commands, and the one place where errors become exit codes."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from syncer.cli import (
    adopting,
    catalogue,
    categories,
    channels,
    deciding,
    running,
    runs,
    serving,
    setting_up,
    telling,
    variants,
)
from syncer.cli.options import Globals
from syncer.errors import SyncerError

GC_AFTER = 100_000
"""New objects before Python looks for garbage (its own default is 700)."""

app = typer.Typer(
    name="syncer",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Keep one product store in step with its shops on the marketplaces.",
)


@app.callback()
def _globals(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="The config, syncer.toml (SYNCER_CONFIG).")] = None,
    database: Annotated[str | None, typer.Option(help="The database's URL (SYNCER_DATABASE_URL).")] = None,
    lang: Annotated[str | None, typer.Option(help="Language of what is shown: id or en (SYNCER_LANG).")] = None,
) -> None:
    context.obj = Globals(config, database, lang)
    _speak(lang)


def _speak(language: str | None) -> None:
    from syncer.errors import UsageError
    from syncer.texts import DEFAULT, LANGUAGES, _, use_language

    wanted = language or os.environ.get("SYNCER_LANG") or DEFAULT
    if wanted not in LANGUAGES:
        text = _("there are no texts in '{language}'; choose one of {languages}")
        raise UsageError(text.format(language=wanted, languages=", ".join(LANGUAGES)))
    use_language(wanted)


setting_up.register(app)
catalogue.register(app)
running.register(app)
runs.register(app)
telling.register(app)
deciding.register(app)
variants.register(app)
channels.register(app)
categories.register(app)
adopting.register(app)
serving.register(app)


def main() -> None:
    """Run one command; every error that we foresee is one sentence on stderr and an exit code, never a traceback."""
    # The libraries are 150,000 objects that stay. Looking for garbage among them, while they load and once more at
    # the end, took a third of `syncer status`.
    gc.set_threshold(GC_AFTER)
    _fill_closed_streams()
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except SyncerError as error:
        code = _say(str(error), error.exit_code)
    except typer.Abort:
        code = 130
    except BrokenPipeError:
        code = _unread()
    except SystemExit as error:
        # typer turns a broken pipe into exit 1 by itself.
        code = _unread() if isinstance(error.__context__, BrokenPipeError) else error.code
    except Exception as error:
        code = _unforeseen(error)
    gc.freeze()
    sys.exit(code if isinstance(code, int) else 0)


def _fill_closed_streams() -> None:
    """Streams that the caller closed (`syncer report >&-`) lead nowhere; no file of ours may get their number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # the lowest free number is the closed stream's own
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _unread() -> int:
    """The reader went away (`syncer report | head`): that is its right. Nothing may complain at exit either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stdout = sys.__stdout__ or sys.stdout
    return 0


def _unforeseen(error: Exception) -> int:
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # the parser's own errors
        if type(error).__name__ == "NoArgsIsHelpError":  # not one sentence, but the help of a command without words
            print(error.format_message(), file=sys.stderr)
            return 2
        return _say(error.format_message().rstrip(".") + "; see --help", 2)
    if os.environ.get("SYNCER_DEBUG"):
        raise error
    from syncer.cli.trouble import sentence

    return _say(sentence(error), 1)


def _say(text: str, code: int) -> int:
    print("syncer: " + " ".join(text.split()), file=sys.stderr)
    return code
