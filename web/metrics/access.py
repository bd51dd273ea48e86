"""Who may read the figures: whoever knows the token, and whoever asks from a named address."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

EXTENSION = "veilleur-metrics"
BEARER = "Bearer "  # RFC 6750 2.1


@dataclass(frozen=True, slots=True)
class MetricsAccess:
    """``token`` None and no ``networks``: nobody, and the page says that there is none."""

    token: str | None = None
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.token is not None or bool(self.networks)

    def admits(self, authorization: str, token: str, address: str | None) -> bool:
        """By the header ``Authorization``, the query's ``token``, or the asking address."""
        given = authorization.removeprefix(BEARER) if authorization.startswith(BEARER) else token
        if self.token is not None and hmac.compare_digest(given.encode(), self.token.encode()):
            return True
        return self._is_named(address)

    def _is_named(self, address: str | None) -> bool:
        try:
            asking = ip_address(address or "")
        except ValueError:
            return False
        mapped = getattr(asking, "ipv4_mapped", None)
        return any((mapped or asking) in network for network in self.networks)


def networks_of(texts: Iterable[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and networks (``192.168.1.5``, ``10.0.0.0/8``). Raises ``ValueError``."""
    return tuple(ip_network(text.strip()) for text in texts)
