from django.db import models


class Installation(models.Model):
    """Which mode this database belongs to; written once, so that demo and live never share one."""

    mode = models.CharField(max_length=8)
    stamped_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_installation")]

    def __str__(self) -> str:
        return self.mode


class Heartbeat(models.Model):
    """Signs of life of the worker, one row.

    `queue_at`: a task went through queue, worker and result monitor. `drain_at`: a drain is at work, which may
    keep tasks waiting. `rung_at`: the doorbell was rung and nobody has answered yet.
    """

    queue_at = models.DateTimeField(null=True)
    drain_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_heartbeat")]

    def __str__(self) -> str:
        return f"heartbeat {self.queue_at}"
