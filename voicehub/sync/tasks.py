"""What the queue may run: the doorbell's answer and the heartbeat. Both may come twice or never."""

from voicehub.sync import engine
from voicehub.sync.worker import is_stopping


def drain() -> int:
    """Run what is due. A worker that is asked to end leaves the doorbell to the next one."""
    return 0 if is_stopping() else engine.drain(stopping=is_stopping)


def beat() -> None:
    """Pass through the queue; the result monitor stamps the heartbeat when it is through."""
