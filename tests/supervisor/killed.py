"""A supervisor in a process of its own, for the test that kills it: prints what its child prints."""

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
    sys.exit(supervisor.run(lambda: supervisor.start(service)))
