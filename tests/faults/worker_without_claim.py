"""The worker with its claim taken out: jobs are sent without being stamped first. Only to see the check fail."""

import django

django.setup()

from voicehub.sync import claim  # noqa: E402
from voicehub.sync.worker import Worker  # noqa: E402

claim._stamp = lambda work, lane_of, lane, now: None

if __name__ == "__main__":
    Worker().run()
