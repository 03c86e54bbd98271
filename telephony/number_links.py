"""Links from a phone number to what VoiceHub knows about it."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from voicehub.common import phones


def number_link(number: str) -> SafeString | str:
    """A number in E.164 as people read it, linked to its page; what is no such number as it is."""
    if not is_number(number):
        return number
    url = reverse("admin:telephony_phonenumber_change", args=[number])
    return format_html('<a class="vh-link" href="{}">{}</a>', url, phones.shown(number))


def is_number(text: str) -> bool:
    """Whether it is a phone number in E.164."""
    try:
        return phones.read(text) == text
    except phones.NotANumberError:
        return False
