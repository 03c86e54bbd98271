"""The admin's pages about contributors and what they are paid."""

from contributors.admin import contributor, transaction

__all__ = ["contributor", "transaction"]
