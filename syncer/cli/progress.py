"""Progress of long work, on stderr: a bar where there is a terminal, nothing where there is none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def counting(title: str) -> Iterator[Callable[[int], None]]:
    """Count up while the block works; call with how much is done."""
    with bar(title) as step:
        yield lambda done: step(done, None, "")


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int | None, str], None]]:
    """A bar while the block works; call with done, total (None = unknown) and a word on what is being done."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)

        def step(done: int, total: int | None, text: str) -> None:
            progress.update(task, completed=done, total=total, description=f"{title} {text}".strip())

        yield step
