"""The worker under VoiceHub's own supervisor, as `manage.py up` runs it, without web and sandbox."""

import sys

import django

from voicehub.supervisor import Supervisor


def say(name: str, line: str) -> None:
    print(f"{name:8}| {line}", flush=True)


if __name__ == "__main__":
    django.setup()
    from voicehub.management.commands.up import worker_service

    supervisor = Supervisor(say)
    sys.exit(supervisor.run(lambda: supervisor.start(worker_service())))
