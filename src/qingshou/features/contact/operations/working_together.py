"""Two at one work: while the database works for one of them, the program works for the other.

Each has a connection of its own. Inside a transaction of the caller's there is one connection, and so one worker.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import Event

from django.db import connection


def work_together(step: Callable[[], bool], *, tell: Callable[[], None], is_much: bool) -> None:
    """Do a work step by step until nothing is left of it.

    Takes   step     does one step; safe to be done by several at once. Gives whether there may be more
            tell     called after each step of the caller's own thread
            is_much  whether a second worker is worth its connection
    Stops   whatever a step stops with; the other worker ends its step first
    """
    if not is_much or connection.in_atomic_block:
        _go_on(step, tell)
        return
    is_over = Event()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="second") as pool:
        second = pool.submit(copy_context().run, _help, step, is_over)

        def tell_while_well() -> None:
            _raise_failure_of(second)
            tell()

        try:
            _go_on(step, tell_while_well)
        finally:
            is_over.set()
    _raise_failure_of(second)


def _go_on(step: Callable[[], bool], tell: Callable[[], None]) -> None:
    while step():
        tell()
    tell()


def _help(step: Callable[[], bool], is_over: Event) -> None:
    try:
        while not is_over.is_set() and step():
            pass
    finally:
        connection.close()


def _raise_failure_of(second: "Future[None]") -> None:
    if second.done():
        second.result()
