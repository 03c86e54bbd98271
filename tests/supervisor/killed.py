"""A supervisor in a process of its own, for the test that kills it: prints what its child prints.

Its own line tells that from now on somebody looks after the child, whenever it is killed.
"""

import math
import sys

import django

from voicehub.supervisor import Service, Supervisor


def say(name: str, line: str) -> None:
    print(name, line, flush=True)


if __name__ == "__main__":
    django.setup()
    supervisor = Supervisor(say, grace=float(sys.argv.pop(1)))
    service = Service("child", [sys.executable, "-c", *sys.argv[1:]], lambda: math.inf, patience=3600)

    def work() -> None:
        supervisor.start(service)
        say("up", "started")

    sys.exit(supervisor.run(work))
