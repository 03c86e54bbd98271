"""Ends the supervisor's process groups when the supervisor itself was killed and cannot.

A program of its own, standard library only: it must be small, start fast and outlive what it watches.
As the supervisor does, it asks the leader of a group and only then kills the group: the leader knows how to
let its own processes finish, which a SIGTERM to all of them would cut off in the middle of a payment.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import IO

POLL_SECONDS = 0.05


class Guardian:
    """The supervisor's end of the pipe. However that ends, the pipe closes and the guardian acts."""

    def __init__(self, grace: float) -> None:
        reading_end, writing_end = os.pipe()
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", __file__, str(grace)],
            stdin=reading_end,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(reading_end)
        self._orders = os.fdopen(writing_end, "w")

    def protect(self, groups: Iterable[int]) -> None:
        """From now on these process groups, and no others, end with the supervisor."""
        self._orders.write(" ".join(map(str, groups)) + "\n")
        self._orders.flush()

    def dismiss(self) -> None:
        self.protect([])
        self._orders.close()
        self._process.wait()


def guard(orders: IO[str], grace: float) -> None:
    """Follow the orders to their end; then end the groups that were named last."""
    groups: list[int] = []
    for line in orders:
        groups = [int(word) for word in line.split()]
    for leader in groups:
        with contextlib.suppress(ProcessLookupError):
            os.kill(leader, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while any(map(is_alive, groups)) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    for group in groups:
        kill_group(group)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def kill_group(group: int) -> None:
    """A leader that ended in order has waited for its children: whatever is left is stuck or an orphan."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    guard(sys.stdin, float(sys.argv[1]))
