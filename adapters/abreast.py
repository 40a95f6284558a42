"""Reads side by side: as many in flight as use up the shop's allowance, their answers in the order of the questions."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

READS_MOST = 32
"""More reads in flight than this no shop has ever allowed."""


def abreast(work: Callable[[T], R], values: Iterable[T], lanes: Callable[[], int]) -> Iterator[R]:
    """`work` of each value, lazily and in order; `lanes` says before each one how many may be in flight.

    With one lane nothing leaves the caller's own thread. What `work` raises is raised in the place of its answer;
    what is in flight then is waited for, what has not left never does.
    """
    ahead: deque[Future[R]] = deque()
    with ExitStack() as stack:
        pool: ThreadPoolExecutor | None = None
        for value in values:
            if not ahead and lanes() <= 1:
                yield work(value)
                continue
            if pool is None:
                pool = ThreadPoolExecutor(READS_MOST, thread_name_prefix="read")
                stack.callback(pool.shutdown, cancel_futures=True)
            ahead.append(pool.submit(copy_context().run, work, value))  # who listens to the wire, listens there too
            while len(ahead) >= min(lanes(), READS_MOST):
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
