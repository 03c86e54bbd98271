"""The worker with callids that are written down after the post instead of before. Only to see the check fail."""

from dataclasses import replace

import django

django.setup()

from campaigns.models import Attempt, Batch  # noqa: E402
from campaigns.models.batch import new_callid  # noqa: E402
from campaigns.sync.batches import BatchSync  # noqa: E402
from voicehub.sync.worker import Worker  # noqa: E402

send, after = BatchSync.send, BatchSync.after
posted: dict[int, dict[str, str]] = {}


def send_under_other_callids(self, client, record):
    fresh = {call.callid: new_callid() for call in record.post.calls}
    calls = [replace(call, callid=fresh[call.callid]) for call in record.post.calls]
    record.post = replace(record.post, calls=calls)
    receipt = send(self, client, record)
    posted[record.pk] = fresh
    return receipt


def write_them_down(self, job):
    for known, callid in posted.pop(job.object_id, {}).items():
        Attempt.objects.filter(batch__in=Batch.objects.filter(pk=job.object_id), callid=known).update(callid=callid)
    after(self, job)


BatchSync.send, BatchSync.after = send_under_other_callids, write_them_down

if __name__ == "__main__":
    Worker().run()
