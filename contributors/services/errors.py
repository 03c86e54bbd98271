"""What may keep people from doing what they asked for; the texts are meant for them."""

from dataclasses import dataclass

from contributors.warnings import PaymentWarning


class NotConnectedError(Exception):
    """There is no usable OutVoice account; the text says who can connect one."""


class TakenError(Exception):
    """The account belongs to the installation or to somebody else; the text says so."""


class AlreadyConfirmedError(Exception):
    """This preview has been paid, or changed, already."""


class DiscardedError(Exception):
    """This draft was thrown away in another window."""


class PaidAgainError(Exception):
    """A line pays something again that another order has paid again meanwhile; the text names it."""


class NotPayableError(Exception):
    """Somebody in the order cannot be paid from this account; the text says who and why."""


class NotAllowedError(Exception):
    """This person may not decide about this payment; the text says why."""


class ChangedError(Exception):
    """What was decided about has changed since it was shown."""


@dataclass
class NewWarningsError(Exception):
    """Since the preview something came up that the person has not seen; `warnings` are all as of now."""

    warnings: list[PaymentWarning]
