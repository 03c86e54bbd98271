"""How the states of campaigns, recipients and calls are told."""

from django.utils.translation import gettext_lazy as _

from campaigns.models import Attempt, Campaign, Recipient
from voicehub.sync.admin.states import NOBODY, STATES, State, Tone

OF_CAMPAIGN = {
    Campaign.State.DRAFT: "draft",
    Campaign.State.RUNNING: "calling",
    Campaign.State.PAUSED: "calling_paused",
    Campaign.State.STOPPING: "calling_stopping",
    Campaign.State.STOPPED: "calling_stopped",
    Campaign.State.FINISHED: "calling_finished",
}
OF_RECIPIENT = {state: f"recipient_{state.value}" for state in Recipient.State}
OF_ATTEMPT = {state.value: f"attempt_{state.value}" for state in Attempt.State}

STATES.update(
    {
        "calling": State(_("Running"), Tone.BUSY, "campaign", _("It calls, as its hours allow."), "", NOBODY),
        "calling_paused": State(
            _("Paused"),
            Tone.LOOK,
            "pause_circle",
            _("Nothing more is posted, and VoiceShot is told to hold what waits. Calls that dial already go on."),
            "",
            _("Whoever may start campaigns can let it go on, or stop it."),
        ),
        "calling_stopping": State(
            _("Stopping"),
            Tone.BUSY,
            "stop_circle",
            _("VoiceShot is deleting what does not dial yet; what dials already comes to its end."),
            "",
            NOBODY,
        ),
        "calling_stopped": State(
            _("Stopped"), Tone.QUIET, "stop_circle", _("Somebody stopped it. It calls nobody any more."), "", ""
        ),
        "calling_finished": State(
            _("Finished"), Tone.GOOD, "task_alt", _("Everybody was called, or could not be."), "", ""
        ),
        "recipient_waiting": State(_("Waiting"), Tone.QUIET, "schedule", _("It is still to be called."), "", ""),
        "recipient_under_way": State(
            _("Under way"), Tone.BUSY, "call", _("The call is at VoiceShot, or on its way there."), "", ""
        ),
        "recipient_uncertain": State(
            _("Uncertain"),
            Tone.LOOK,
            "help",
            _("It may have been called: nobody saw VoiceShot's answer. VoiceShot is being asked."),
            "",
            _("Whoever settles campaigns decides, on the page of the post."),
        ),
        "recipient_reached": State(_("Reached"), Tone.GOOD, "task_alt", _("A person answered."), "", ""),
        "recipient_machine": State(
            _("Answering machine"), Tone.GOOD, "voicemail", _("A machine took the message."), "", ""
        ),
        "recipient_busy": State(_("Busy"), Tone.QUIET, "phone_disabled", _("The line was busy."), "", ""),
        "recipient_no_answer": State(_("No answer"), Tone.QUIET, "phone_missed", _("Nobody picked up."), "", ""),
        "recipient_failed": State(
            _("Failed"), Tone.BAD, "error", _("It could not be reached, and is not called again."), "", ""
        ),
        "recipient_opted_out": State(
            _("Opted out"), Tone.LOOK, "front_hand", _("They pressed the key for no more calls."), "", ""
        ),
        "recipient_skipped": State(
            _("Skipped"), Tone.QUIET, "block", _("It was not called, and will not be."), "", ""
        ),
        "recipient_stopped": State(
            _("Not called: stopped"), Tone.QUIET, "stop_circle", _("The campaign was stopped before."), "", ""
        ),
        "attempt_prepared": State(_("Not posted yet"), Tone.QUIET, "schedule", _("It waits to be posted."), "", ""),
        "attempt_posted": State(_("At VoiceShot"), Tone.BUSY, "call", _("VoiceShot has it."), "", ""),
        "attempt_uncertain": State(
            _("Uncertain"), Tone.LOOK, "help", _("Nobody knows whether VoiceShot has it."), "", ""
        ),
        "attempt_ended": State(_("Ended"), Tone.GOOD, "task_alt", _("It has ended."), "", ""),
        "attempt_withdrawn": State(
            _("Taken back"), Tone.QUIET, "undo", _("VoiceShot has deleted it before it dialled."), "", ""
        ),
        "attempt_not_sent": State(_("Never posted"), Tone.QUIET, "cancel", _("It was never posted."), "", ""),
    }
)
