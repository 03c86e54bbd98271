"""How each state is told to people: one table for badges, panels and the glossary."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise


class Tone(StrEnum):
    """What a state asks of its reader; the style sheet gives each a colour."""

    QUIET = "quiet"
    BUSY = "busy"
    GOOD = "good"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True)
class State:
    """A state in words. `icon` is a Material Symbols name; `again` says whether doing it again is safe."""

    word: Text
    tone: Tone
    icon: str
    meaning: Text
    again: Text
    who: Text


NOBODY = _("Nobody has to do anything.")
NO_NEED = _("There is no need to do it again.")
SAFE = _("It is safe to do it again.")

STATES: dict[str, State] = {
    "draft": State(
        _("Draft"),
        Tone.QUIET,
        "edit_note",
        _("It is being prepared; the provider knows nothing of it."),
        _("Go on with it, or throw it away."),
        _("The person who began it can do that."),
    ),
    "approval": State(
        _("Waiting for approval"),
        Tone.LOOK,
        "approval_delegation",
        _("Somebody else has to approve it before it goes out."),
        _("Do not do it again: it goes out once it is approved."),
        _("Approvers can approve or decline it."),
    ),
    "waiting": State(
        _("Waiting"),
        Tone.BUSY,
        "schedule",
        _("It stands in the queue and goes out by itself."),
        _("Do not do it again: it is still going to happen."),
        NOBODY,
    ),
    "held": State(
        _("On hold"),
        Tone.LOOK,
        "front_hand",
        _("It does not go out before somebody says so."),
        _("Do not do it again: it goes out once it is released."),
        _("Staff can release it."),
    ),
    "sending": State(
        _("Sending"),
        Tone.BUSY,
        "send",
        _("It is on its way to the provider."),
        _("Do not do it again before the answer is there."),
        _("Nobody has to do anything; it takes seconds."),
    ),
    "in_step": State(
        _("In step"),
        Tone.GOOD,
        "check_circle",
        _("The provider has exactly what you see here."),
        _("Sending it again is safe and changes nothing."),
        NOBODY,
    ),
    "done": State(
        _("Done"), Tone.GOOD, "task_alt", _("The provider has confirmed it."), NO_NEED, NOBODY
    ),
    "paid": State(
        _("Paid"),
        Tone.GOOD,
        "paid",
        _("It is paid: the provider confirmed it, or somebody found it there."),
        _("Do not pay it again."),
        NOBODY,
    ),
    "refused": State(
        _("Refused"),
        Tone.BAD,
        "block",
        _("It was not done; nothing happened at the provider."),
        _("It is safe to do it again once the reason is put right."),
        _("Whoever may change it can put it right; when the sign-in was refused, an admin."),
    ),
    "failed": State(
        _("Failed"),
        Tone.BAD,
        "error",
        _("VoiceHub could not get it done and has stopped trying."),
        SAFE,
        _("If it fails once more, an admin can find out why."),
    ),
    "uncertain": State(
        _("Uncertain"),
        Tone.LOOK,
        "help",
        _("It may have happened: nobody saw the provider's answer."),
        _("Do not do it again before somebody has looked at the provider."),
        _("Staff can look there and note here what they found."),
    ),
    "expired": State(
        _("Expired"),
        Tone.LOOK,
        "timer_off",
        _("It waited too long; nothing was sent."),
        SAFE,
        _("Whoever asked for it can decide whether it is still wanted."),
    ),
    "cancelled": State(
        _("Cancelled"),
        Tone.QUIET,
        "cancel",
        _("Somebody stopped it in time; nothing was sent."),
        SAFE,
        NOBODY,
    ),
    "superseded": State(
        _("Overtaken by a newer change"),
        Tone.QUIET,
        "layers",
        _("A newer change of the same record took its place."),
        NO_NEED,
        NOBODY,
    ),
    "changed": State(
        _("Changed at the provider"),
        Tone.LOOK,
        "difference",
        _("The provider has something else than you see here; nothing was overwritten on either side."),
        _("Sending it again is safe: it only looks once more."),
        _("Whoever may change it can compare the two and choose."),
    ),
    "apart": State(
        _("Left different"),
        Tone.QUIET,
        "call_split",
        _("Somebody decided to leave it different from the provider's until it changes again."),
        _("Sending it again is safe and changes nothing."),
        NOBODY,
    ),
    "gone": State(
        _("Gone at the provider"),
        Tone.LOOK,
        "link_off",
        _("It does not exist at the provider any more."),
        _("Sending it again is safe: it is created anew there."),
        _("Staff can send it again, or delete it here as well."),
    ),
    "deleting": State(
        _("Deleting"),
        Tone.BUSY,
        "delete",
        _("It is being removed at the provider and leaves this list when that is confirmed."),
        NO_NEED,
        NOBODY,
    ),
    "removed": State(
        _("Deleted"),
        Tone.QUIET,
        "delete_forever",
        _("It does not exist any more, neither here nor at the provider."),
        "",
        NOBODY,
    ),
    "paused": State(
        _("Paused"),
        Tone.LOOK,
        "pause_circle",
        _("It waits because nothing goes to the provider at the moment."),
        _("Do not do it again: it goes out by itself as soon as the way is free."),
        _("An admin can see to it on the page Providers."),
    ),
    "new": State(
        _("Not checked yet"), Tone.QUIET, "pending", _("Its turn to be checked has not come yet."), "", NOBODY
    ),
    "bad": State(
        _("Cannot be used"),
        Tone.BAD,
        "report",
        _("Something in this line is wrong; nothing is done with it."),
        _("Put it right, and upload a new file with only the lines that were wrong."),
        _("Whoever uploaded the file can do that."),
    ),
    "doubtful": State(
        _("Left out"),
        Tone.LOOK,
        "content_copy",
        _("It may be done already; it is left out unless somebody ticks it."),
        _("Look first whether it is meant, and tick it then."),
        _("Whoever uploaded the file can do that."),
    ),
    "same": State(
        _("Nothing to change"),
        Tone.QUIET,
        "equal",
        _("Everything stands here already as it is written in this line; it is left out."),
        "",
        NOBODY,
    ),
    "ready": State(_("Ready"), Tone.GOOD, "check_circle", _("It was checked; nothing is done yet."), "", ""),
    "checking": State(
        _("Being checked"), Tone.BUSY, "fact_check", _("Every line is looked at; nothing is done yet."), "", NOBODY
    ),
    "at_work": State(
        _("Running"), Tone.BUSY, "progress_activity", _("The lines are carried out by themselves."), "", NOBODY
    ),
    "cancelling": State(
        _("Being cancelled"), Tone.BUSY, "cancel", _("What has not been sent is taken back."), "", NOBODY
    ),
    "finished": State(
        _("Finished"), Tone.GOOD, "task_alt", _("Every line has ended; what became of each stands below."), "", NOBODY
    ),
    "open": State(
        _("Needs somebody"),
        Tone.LOOK,
        "pending_actions",
        _("Some lines wait for somebody to decide, to look or to approve; they stand below."),
        "",
        "",
    ),
    "running": State(
        pgettext_lazy("of a provider", "Running"), Tone.GOOD, "play_circle", _("What is due goes out."), "", NOBODY
    ),
    "stopped": State(
        _("Stopped"),
        Tone.BAD,
        "stop_circle",
        _("Nothing new starts; reading from the provider still works."),
        "",
        _("An admin can release it."),
    ),
    "resting": State(
        _("Taking a break"),
        Tone.LOOK,
        "hourglass_top",
        _("Nothing new starts until then; after that one call shows whether the provider is back."),
        "",
        _("Nobody has to do anything. An admin can release it earlier."),
    ),
    "halted": State(
        _("Needs setting right"),
        Tone.BAD,
        "build",
        _("Nothing goes out before this is set right."),
        "",
        _("An admin can set it right and then release it."),
    ),
    "connected": State(
        _("Connected"), Tone.GOOD, "link", _("Calls go through this account."), "", NOBODY
    ),
    "signed_out": State(
        _("Sign in again"),
        Tone.BAD,
        "key_off",
        _("Nothing goes through this account before somebody signs in again."),
        "",
        _("An admin can sign in."),
    ),
    "disconnected": State(
        _("Disconnected"),
        Tone.QUIET,
        "link_off",
        _("Nothing goes through this account any more."),
        "",
        _("An admin can connect it again."),
    ),
    "registered": State(
        _("Registered"), Tone.GOOD, "phone_enabled", _("A phone is signed in with this account."), "", NOBODY
    ),
    "unregistered": State(
        _("Not registered"),
        Tone.LOOK,
        "phone_disabled",
        _("No phone is signed in with this account: nobody can be reached on it."),
        "",
        _("Whoever has the phone can look whether it is on and set up rightly."),
    ),
    "unknown": State(
        _("Not known"), Tone.QUIET, "help", _("The provider's answer was not understood."), "", NOBODY
    ),
    "published": State(
        _("Published"), Tone.GOOD, "campaign", _("Callers hear exactly what stands here."), "", NOBODY
    ),
    "ahead": State(
        _("Published, draft differs"),
        Tone.LOOK,
        "edit_note",
        _("Callers hear the published version. What stands here is a draft that nobody hears."),
        _("Go on with it, and publish it when it is ready."),
        _("Who may publish can do that."),
    ),
    "unreached": State(
        _("Published, not heard"),
        Tone.LOOK,
        "voice_over_off",
        _("It is published, but nobody who calls gets to it."),
        "",
        "",
    ),
    "unpublished": State(
        _("Not published"),
        Tone.QUIET,
        "voice_over_off",
        _("Nobody hears it: it is a draft."),
        _("Go on with it, and publish it when it is ready."),
        _("Who may publish can do that."),
    ),
    "ended": State(_("Ended"), Tone.QUIET, "call_end", _("Apidaze has reported the end of the call."), "", NOBODY),
    "on_the_line": State(
        _("Not ended yet"), Tone.LOOK, "call", _("Apidaze has not reported the end of the call."), "", NOBODY
    ),
    "listening": State(
        _("Open"), Tone.GOOD, "call_received", _("Requests that come in at this address are answered."), "", NOBODY
    ),
    "exchanging": State(
        _("Being exchanged"),
        Tone.LOOK,
        "sync_alt",
        _("The new address and the former one are both open."),
        "",
        _(
            "Once the provider uses the new one and nothing comes in at the former one, an admin can close that. "
            "Only then can it be exchanged again."
        ),
    ),
    "unasked": State(
        _("Not asked"),
        Tone.LOOK,
        "phone_missed",
        _("Voitex has no address to ask at, so none of the rules are heard."),
        "",
        _("An admin can make the address and enter it in the Trigger branch at Voitex."),
    ),
    "closed": State(
        _("Closed"),
        Tone.QUIET,
        "link_off",
        _("Nothing comes in here; whoever asks is told that there is no such address."),
        "",
        _("An admin can make a new address."),
    ),
    "stored": State(
        _("In step"),
        Tone.GOOD,
        "check_circle",
        _("The provider has it. Its place is fixed."),
        NO_NEED,
        NOBODY,
    ),
    "kept_place": State(
        _("Copy deleted"),
        Tone.QUIET,
        "inventory_2",
        _("Our copy is gone; Voitex has it for good, and its place stays taken."),
        "",
        NOBODY,
    ),
    "accepted": State(
        _("Accepted"),
        Tone.GOOD,
        "check_circle",
        _("The provider took it; what became of it, nobody tells VoiceHub."),
        _("Send it again only if you know that it did not arrive."),
        NOBODY,
    ),
    "do_not_call": State(
        _("On the list"), Tone.BAD, "phone_disabled", _("Nobody calls or texts this number."), "", ""
    ),
    "taken_off": State(
        _("Taken off"), Tone.QUIET, "undo", _("It was on the list once; it may be called and texted."), "", ""
    ),
    "answered": State(_("Answered"), Tone.GOOD, "check_circle", _("The provider answered as hoped."), "", NOBODY),
    "turned_down": State(
        _("Turned down"), Tone.BAD, "block", _("The provider answered that it did not do it."), "", NOBODY
    ),
    "broken": State(
        _("Provider's fault"), Tone.BAD, "error", _("The provider answered that something broke there."), "", NOBODY
    ),
    "unheard": State(
        _("No answer"), Tone.LOOK, "help", _("No whole answer came back."), "", NOBODY
    ),
}  # fmt: skip


def badge(name: str, word: Any = "") -> SafeString:
    """The state `name` as colour, icon and word, its meaning as the tooltip; `word` replaces the table's word."""
    state = STATES[name]
    return format_html(
        '<span class="vh-state vh-{}" title="{}">'
        '<span class="material-symbols-outlined" aria-hidden="true">{}</span>{}</span>',
        state.tone,
        state.meaning,
        state.icon,
        word or state.word,
    )
