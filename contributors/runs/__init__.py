"""What can be done with payments many at a time; found by `voicehub.common.runs` at start-up."""

from contributors.runs.batch import PaymentBatch, again, not_paid
from voicehub.common.runs import register

__all__ = ["PaymentBatch", "again", "not_paid"]

register(PaymentBatch())
