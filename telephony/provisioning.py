"""What a softphone is told to sign in: Linphone's remote provisioning, and the address of Zoiper's QR code."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from lxml import etree

LINPHONE = "http://www.linphone.org/xsds/lpconfig.xsd"
ZOIPER = "https://oem.zoiper.com/qr.php"
# What may stand in the user part of a SIP address as it is.
IN_A_USER = "-_.!~*'()&=+$,;?/"


@dataclass(frozen=True)
class PhoneSettings:
    """What a phone signs in with: `proxy` is a host with a port, `domain` where the account lives."""

    username: str
    name: str
    domain: str
    proxy: str

    @property
    def address(self) -> str:
        return f"sip:{quote(self.username, safe=IN_A_USER)}@{self.domain}"

    @property
    def identity(self) -> str:
        """The address with the name that is shown to the other side."""
        name = _printable(self.name).replace("\\", "\\\\").replace('"', '\\"')
        return f'"{name}" <{self.address}>' if name else f"<{self.address}>"


def for_linphone(phone: PhoneSettings, password: str) -> bytes:
    """The document that Linphone fetches once and takes its settings from."""
    # None is how lxml calls the namespace without a prefix; its types do not know that.
    config = etree.Element(f"{{{LINPHONE}}}config", nsmap={None: LINPHONE})  # type: ignore[dict-item]
    sections = {
        # Without this it would fetch them again at every start, from a link that works once.
        "misc": {"transient_provisioning": "1"},
        "sip": {"default_proxy": "0"},
        "proxy_0": {
            "reg_proxy": f"<sip:{phone.domain}>",
            "reg_route": f"<sip:{phone.proxy};lr>",
            "reg_identity": phone.identity,
            "reg_sendregister": "1",
            "reg_expires": "3600",
        },
        "auth_info_0": {"username": phone.username, "domain": phone.domain, "passwd": password},
    }
    for name, entries in sections.items():
        section = etree.SubElement(config, f"{{{LINPHONE}}}section", name=name)
        for key, value in entries.items():
            etree.SubElement(section, f"{{{LINPHONE}}}entry", name=key, overwrite="true").text = _printable(value)
    return etree.tostring(config, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def zoiper_link(phone: PhoneSettings, provider_id: str) -> str:
    """Where Zoiper shows a QR code for its app. It holds no password: that would be told to Zoiper as well."""
    told = {"u": phone.username, "h": phone.domain, "p": "", "o": phone.proxy, "t": "", "x": "", "a": "", "tr": ""}
    return f"{ZOIPER}?{urlencode({'provider_id': provider_id, **told})}"


def _printable(text: str) -> str:
    """Line breaks and what XML cannot hold are blanks in settings that are kept line by line."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
