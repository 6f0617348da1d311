"""Addresses of the web: which are well formed, and which lead inward: to this machine, or into somebody's own network.

A pure function of the text: no name is looked up. What a name leads to is asked when it is called (outgoing.py).
"""

from __future__ import annotations

import ipaddress
import socket
import unicodedata
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Names that lead nowhere else (RFC 6761, 6762, 8375, and what networks commonly use).
INWARD_NAMES = tuple(
    "localhost local internal intranet lan home corp private localdomain home.arpa test invalid".split()
)
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address in its last four bytes

WEB = "Tulis alamat web yang lengkap, diawali https:// atau http://."
WITH_NAME = "Hapus nama pengguna dan kata sandi dari alamat ini."
OUTWARD = (
    "Alamat ini hanya ada di komputer atau jaringan sendiri; orang lain tidak dapat membukanya. "
    "Tulis alamat yang dapat dibuka semua orang."
)


def wrong_with(link: str, inside: Collection[str] = ()) -> str:
    """What is wrong with a link that is shown to people, in a sentence; "" when nothing is. `inside`: hosts and networks
    of our own that may be named all the same."""
    try:
        parts = urlsplit(link)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        good = False
    if not good or "\\" in link or any(c.isspace() or not c.isprintable() for c in link):
        return WEB
    if parts.username or parts.password:
        return WITH_NAME
    host = parts.hostname or ""
    return OUTWARD if leads_inward(host) and not is_allowed(host, inside) else ""


def leads_inward(host: str) -> bool:
    """Is this host an address that is not of the public internet, or a name that leads to none?"""
    name = plain(host)
    if (address := read(name)) is not None:
        return not is_public(address)
    return "." not in name or name.endswith(tuple(f".{one}" for one in INWARD_NAMES)) or name in INWARD_NAMES


def plain(host: str) -> str:
    """As a browser understands it: decoded, in plain letters, without a last dot or the brackets of IPv6."""
    return unicodedata.normalize("NFKC", unquote(host)).strip("[]").rstrip(".").lower()


def read(name: str) -> Address | None:
    """An address however it is written (127.1, 0x7f000001, 2130706433 are one); None for a name."""
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(name)) if name[:1].isdigit() else None
    except (OSError, UnicodeError):
        return None


def is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in NAT64:
            within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if within:
            return is_public(within)
    return address.is_global and not address.is_multicast


def is_allowed(host: str, inside: Collection[str], address: Address | None = None) -> bool:
    """Does one of these hosts or networks ("tte.contoh.example", "10.1.0.0/16") hold it?"""
    name = plain(host)
    address = address or read(name)
    for one in inside:
        if name == one.lower():
            return True
        try:
            if address is not None and address in ipaddress.ip_network(one, strict=False):
                return True
        except ValueError:
            continue
    return False
