"""What the queue may run: the doorbell's answer, chores, and the heartbeat. Any of them may come twice or never."""

from voicehub.sync import chores, engine
from voicehub.sync.worker import is_stopping


def drain() -> int:
    """Run what is due. A worker that is asked to end leaves the doorbell to the next one."""
    return 0 if is_stopping() else engine.drain(stopping=is_stopping)


def do_chore(name: str) -> None:
    """Work on a chore for a while. A worker that is asked to end leaves it to the next one."""
    if not is_stopping():
        chores.run(name)


def beat() -> None:
    """Pass through the queue; the result monitor stamps the heartbeat when it is through."""
