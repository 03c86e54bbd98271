"""Our own address as Apidaze knows it. Its token is a secret: where it is kept or shown, a fingerprint stands for it.

`https://hub.example.com/hooks/apidaze/•1f3870be/` is enough to tell two addresses apart, and opens nothing.
"""

import re
from hashlib import sha256

KIND = "apidaze"
# What the log of loads says of one that no script was published for.
NOTHING_PUBLISHED = "none"
MARK = "•"

# As it stands in an address, percent-encoded in the query of another, or in JSON that escapes slashes.
_SLASH = r"(?:\\*/|%2[Ff])"
_FINGERPRINT = re.compile(rf"/hooks/{KIND}/{MARK}([0-9a-f]{{8}})(?![^/?#])")
_TOKEN = re.compile(rf"({_SLASH}hooks{_SLASH}{KIND}{_SLASH})([A-Za-z0-9_-]+)")


def masked(text: str) -> str:
    """The text with every token of such an address turned into its fingerprint; done twice, it is the same."""
    return _TOKEN.sub(lambda found: found[1] + fingerprint(found[2]), text)


def fingerprint(token: str) -> str:
    return MARK + sha256(token.encode()).hexdigest()[:8]


def fingerprint_in(url: str) -> str:
    """What the digest of the address's token begins with; empty when it is no masked address of ours."""
    found = _FINGERPRINT.search(url)
    return found[1] if found else ""


def is_masked(url: str) -> bool:
    return f"/hooks/{KIND}/{MARK}" in url
