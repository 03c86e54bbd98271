import segno
from django.utils.safestring import SafeString, mark_safe


def qr_of(text: str) -> SafeString:
    """A QR code as a drawing in the page: black on white, whatever the page looks like around it."""
    code = segno.make(text, error="m")
    return mark_safe(code.svg_inline(dark="#000", light="#fff", border=4, omitsize=True))  # noqa: S308
