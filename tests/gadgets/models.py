from django.db import models

from voicehub.sync.models import SyncedModel


class Gadget(SyncedModel):
    SYNCED_FIELDS = ("name", "colour")

    name = models.CharField(max_length=100)
    colour = models.CharField(max_length=20, default="red")
    note = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.name


class Ping(models.Model):
    """Something that is sent at most once."""

    connection = models.ForeignKey("sync.Connection", models.PROTECT, null=True)
    name = models.CharField(max_length=100)
    state = models.CharField(max_length=10, default="draft")
    message = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name
