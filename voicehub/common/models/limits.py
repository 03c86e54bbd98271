from django.db import models


class LimitLock(models.Model):
    """One row a daily limit, locked while it is looked at and used: two people never use what is left twice."""

    name = models.CharField(max_length=40, primary_key=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
