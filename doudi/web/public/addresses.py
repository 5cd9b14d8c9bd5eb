"""Whom a try is counted against."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """来访的网络地址; IPv6 按 /64 算一处。

    With a proxy of ours in front (production says so by SECURE_PROXY_SSL_HEADER) the address is the last one of
    X-Forwarded-For, which that proxy wrote itself; whatever stands before it a stranger may have invented.
    """
    text = str(request.META.get("REMOTE_ADDR", ""))
    if settings.SECURE_PROXY_SSL_HEADER:
        text = request.headers.get("X-Forwarded-For", text).rsplit(",", 1)[-1].strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text[:60]
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return text
