"""Which names and addresses lead to this computer only."""

import ipaddress


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_local_name(name: str) -> bool:
    """True for a name of ALLOWED_HOSTS that leads to this computer only."""
    bare = name.strip("[].")
    return is_loopback(bare) or name.endswith(".localhost")
