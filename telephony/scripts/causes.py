"""What Apidaze's words for the end of a call mean."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

HANGUP_CAUSES: dict[str, Any] = {
    "NORMAL_CLEARING": gettext_lazy("Somebody hung up, as usual."),
    "USER_BUSY": gettext_lazy("The number was busy."),
    "NO_USER_RESPONSE": gettext_lazy("The telephone that was rung did not respond. It may be switched off."),
    "NO_ANSWER": gettext_lazy("Nobody answered."),
    "CALL_REJECTED": gettext_lazy("The call was rejected at the other side."),
    "UNALLOCATED_NUMBER": gettext_lazy("There is no such number. Look at the number that was dialled."),
    "NUMBER_CHANGED": gettext_lazy("The number has changed. Ask for the new one."),
    "INVALID_NUMBER_FORMAT": gettext_lazy("The number is not complete. Write it with its country code."),
    "NO_ROUTE_DESTINATION": gettext_lazy("The number cannot be reached from here."),
    "DESTINATION_OUT_OF_ORDER": gettext_lazy("The telephone that was rung cannot be reached."),
    "SUBSCRIBER_ABSENT": gettext_lazy("The telephone that was rung is not connected."),
    "USER_NOT_REGISTERED": gettext_lazy("The SIP account that was rung has no telephone connected."),
    "ORIGINATOR_CANCEL": gettext_lazy("The caller hung up before anybody answered."),
    "LOSE_RACE": gettext_lazy("Somebody else answered first."),
    "ALLOTTED_TIMEOUT": gettext_lazy("The longest time for a call was up."),
    "RECOVERY_ON_TIMER_EXPIRE": gettext_lazy("The other side took too long to respond."),
    "MEDIA_TIMEOUT": gettext_lazy("Nothing was heard for too long, so the call was ended."),
    "NORMAL_TEMPORARY_FAILURE": gettext_lazy("The telephone network had a fault. Try again later."),
    "NETWORK_OUT_OF_ORDER": gettext_lazy("The telephone network had a fault. Try again later."),
    "NORMAL_CIRCUIT_CONGESTION": gettext_lazy("The telephone network had no free line. Try again later."),
    "INCOMPATIBLE_DESTINATION": gettext_lazy("The other side could not take this kind of call."),
    "OUTGOING_CALL_BARRED": gettext_lazy("Calls to this number are barred. Ask the provider."),
}
BRIDGE_RESULTS: dict[str, Any] = {
    "SUCCESS": gettext_lazy("Somebody answered and spoke with the caller."),
    "BUSY": gettext_lazy("Busy."),
    "NO_ANSWER": gettext_lazy("Nobody answered."),
}


def ended(cause: str) -> str:
    """Why a call ended, in words; a cause that is not in the table as Apidaze says it."""
    if not cause:
        return _("Apidaze did not say why.")
    return str(HANGUP_CAUSES.get(cause) or _("Apidaze's reason is %s.") % cause)


def rang(result: str) -> str:
    """How ringing somebody ended, in words."""
    return str(BRIDGE_RESULTS.get(result) or _("Apidaze's word for it is %s.") % result)
