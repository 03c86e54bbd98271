from typing import Any

from django.core.management.base import BaseCommand

from voicehub.sync.worker import Worker


class Command(BaseCommand):
    help = "Runs the background worker: the queue, the ticker and the sweep. Ends on SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        Worker().run()
