"""The way to addresses that a provider named: the public internet over https, and nothing else.

Checking a name and then connecting to it asks the name server twice, and its second answer may
be another one ("DNS rebinding"). Here a name is looked up once per request, every address it has
must be public, and the connection goes to one of those very addresses; the name still travels
as Host and in TLS, where the certificate is checked against it.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import cache

import httpx

from generation.providers.base import ProviderError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

_HTTPS_PORT = 443
# Translated to IPv4 by a gateway, if there is one: whose address it is, is in the last four bytes.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PublicTransport(httpx.BaseTransport):
    """Raises ProviderError for what may not be opened, before anything is sent.

    `resolve` gives the addresses of a name, `allows` says of one whether it may be opened;
    `inner` makes the connection.
    """

    def __init__(
        self,
        *,
        resolve: Resolve | None = None,
        allows: Callable[[Address], bool] | None = None,
        inner: httpx.BaseTransport | None = None,
    ) -> None:
        self._resolve = resolve or look_up
        self._allows = allows or is_public
        self._inner = inner or httpx.HTTPTransport(verify=trusted(), trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        *others, last = self._addresses(request.url)
        for address in others:
            try:
                return self._inner.handle_request(_pinned(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return self._inner.handle_request(_pinned(request, last))

    def close(self) -> None:
        self._inner.close()

    def _addresses(self, url: httpx.URL) -> Sequence[str]:
        if url.scheme != "https" or not url.host:
            raise _refusal()
        try:
            found = list(self._resolve(url.host, url.port or _HTTPS_PORT))
        except (OSError, UnicodeError) as error:
            raise ProviderError(
                "The picture could not be fetched.", code="download_failed", is_transient=True
            ) from error
        if not found or not all(self._allows(ipaddress.ip_address(one)) for one in found):
            raise _refusal()
        return found


@cache
def trusted() -> ssl.SSLContext:
    """Whom we believe, read once: each client's own copy takes longer than many an answer."""
    return httpx.create_ssl_context(trust_env=False)


def look_up(host: str, port: int) -> list[str]:
    """Every address of a name, once, in the system's order. Raises OSError."""
    places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in places))


def is_public(address: Address) -> bool:
    """Also of the IPv4 address that an IPv6 one stands for."""
    inside = _ipv4_within(address)
    if inside is not None:
        return is_public(inside)
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _ipv4_within(address: Address) -> ipaddress.IPv4Address | None:
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    """The same request to one address; its Host header was written from the name already."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


def _refusal() -> ProviderError:
    return ProviderError(
        "The picture's address is not one we may open.", code="bad_address", is_transient=False
    )
