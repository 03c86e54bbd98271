"""Scripts to begin with, for the usual cases. What a person has to replace stands in their comments."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Sample:
    """`slug` is also the name by which other samples lead to this one."""

    slug: str
    title: Any
    description: Any
    script: str


ANNOUNCE = Sample(
    "announce",
    _("Announce and hang up"),
    _("Reads a text to the caller and ends the call. Good for opening hours, or a number that has moved."),
    """\
<document>
  <work>
    <answer/>
    <wait>1</wait>
    <!-- Replace: what is read, and its language -->
    <speak lang="en-US">Thank you for calling Example. We are open from Monday to Friday, nine to five.</speak>
    <hangup/>
  </work>
</document>
""",
)
RING_ONE = Sample(
    "ring-one",
    _("Ring one telephone"),
    _(
        "Rings one SIP account for 30 seconds. Afterwards, whether somebody answered or not (bridge_status tells), "
        "Apidaze loads the script named in action, so write that one too (“After ringing”). Without action it would "
        "load this one again, and ring again."
    ),
    """\
<document>
  <work>
    <!-- Replace: ann, the user name of the SIP account; after-ringing, the script that follows -->
    <dial timeout="30" action="{script_address}?script=after-ringing">
      <sipaccount>ann</sipaccount>
    </dial>
    <hangup/>
  </work>
</document>
""",
)
RING_SEVERAL = Sample(
    "ring-several",
    _("Ring several telephones"),
    _(
        "Rings two SIP accounts and a number at the same time; whoever answers first gets the call. With "
        'strategy="sequence" they ring one after the other. The number has to begin with what may be dialled. '
        "Afterwards Apidaze loads the script named in action (“After ringing”), never this one again."
    ),
    """\
<document>
  <work>
    <!-- Replace: the accounts and the number (country code, digits only); after-ringing, the script that follows -->
    <dial timeout="30" strategy="simultaneous" action="{script_address}?script=after-ringing">
      <sipaccount>ann</sipaccount>
      <sipaccount>frontdesk</sipaccount>
      <number timeout="20">31201234567</number>
    </dial>
    <hangup/>
  </work>
</document>
""",
)
AFTER_RINGING = Sample(
    "after-ringing",
    _("After ringing"),
    _(
        "What a caller hears after the telephones have rung: when nobody answered or all were busy, and also when "
        "the other side hung up after the conversation. So its text has to suit both."
    ),
    """\
<document>
  <work>
    <answer/>
    <!-- Replace: what is read, and its language -->
    <speak lang="en-US">Thank you for calling Example. Call again at any time. Goodbye.</speak>
    <hangup/>
  </work>
</document>
""",
)
MENU = Sample(
    "menu",
    _("Menu with keys"),
    _(
        "Reads a choice and waits for a key. Each key leads to a script of yours, by its name after script=. "
        "Whoever presses nothing, or another key, hears a last sentence."
    ),
    """\
<document>
  <work>
    <answer/>
    <!-- Replace: what is read, and its language; the scripts that the keys lead to -->
    <speak lang="en-US" input-timeout="8000">
      Welcome to Example. Press 1 to speak with Ann, 2 to reach everybody, or 9 for our opening hours.
      <bind action="{script_address}?script=ring-one">1</bind>
      <bind action="{script_address}?script=ring-several">2</bind>
      <bind action="{script_address}?script=announce">9</bind>
    </speak>
    <speak lang="en-US">We did not understand your choice. Goodbye.</speak>
    <hangup/>
  </work>
</document>
""",
)
RECORD = Sample(
    "record",
    _("Record with notice"),
    _(
        "Tells the caller that the call is recorded, then records up to a minute. Every recording gets a name of its "
        "own. In most countries nobody may be recorded without being told, so leave the notice in."
    ),
    """\
<document>
  <work>
    <answer/>
    <!-- Replace: what is read, and its language; 60, the seconds a message may take -->
    <speak lang="en-US">You can leave a message of up to one minute now. It will be recorded.</speak>
    <record name="message-{session_id}" bleg="false"/>
    <wait>60</wait>
    <hangup/>
  </work>
</document>
""",
)
CONFERENCE = Sample(
    "conference",
    _("Conference"),
    _("Puts everybody who calls into the same room. Whoever knows the number can listen, so keep it to yourselves."),
    """\
<document>
  <work>
    <answer/>
    <!-- Replace: what is read, and its language; team-room, the name of the room -->
    <speak lang="en-US">You are joining the conference.</speak>
    <conference>team-room</conference>
    <hangup/>
  </work>
</document>
""",
)

SAMPLES = (ANNOUNCE, RING_ONE, RING_SEVERAL, AFTER_RINGING, MENU, RECORD, CONFERENCE)
