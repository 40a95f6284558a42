"""Progress of long work, on stderr: a bar where there is a terminal, nothing where there is none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

Step = Callable[[int, int | None, str], None]
"""Called with done, total (None = unknown) and a word on what is being done."""


@contextmanager
def counting(title: str) -> Iterator[Callable[[int], None]]:
    """Count up while the block works; call with how much is done."""
    with bar(title) as step:
        yield lambda done: step(done, None, "")


@contextmanager
def bar(title: str) -> Iterator[Step]:
    """A bar while the block works."""
    with bars((title,)) as (step,):
        yield step


@contextmanager
def bars(titles: Sequence[str]) -> Iterator[tuple[Step, ...]]:
    """A bar for each of `titles` while the block works; each may be called from a thread of its own."""
    if not sys.stderr.isatty():
        yield tuple(_silent for _ in titles)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:

        def counted(title: str) -> Step:
            task = progress.add_task(title, total=None)

            def step(done: int, total: int | None, text: str) -> None:
                progress.update(task, completed=done, total=total, description=f"{title} {text}".strip())

            return step

        yield tuple(map(counted, titles))


def _silent(done: int, total: int | None, text: str) -> None:
    """Nobody watches."""
