"""On the path of every process the tests start: nobody may speak to another machine.

Kernels, servers and scripts may use the loopback address; anything else is refused before a packet
leaves, so a lesson that needs the network fails its test.
"""

import socket

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo
LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "", None}


class OfflineError(OSError):
    """Raised in place of any traffic that would leave this machine."""


def _refuse_beyond_loopback(family: int, address: object) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
        raise OfflineError(f"the course runs offline: {address[0]} was asked for")


def connect(self, address):
    _refuse_beyond_loopback(self.family, address)
    return _connect(self, address)


def connect_ex(self, address):
    _refuse_beyond_loopback(self.family, address)
    return _connect_ex(self, address)


def getaddrinfo(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    if name not in LOOPBACK and name != socket.gethostname():
        raise OfflineError(f"the course runs offline: {name} was asked for")
    return _getaddrinfo(host, *args, **kwargs)


socket.socket.connect = connect
socket.socket.connect_ex = connect_ex
socket.getaddrinfo = getaddrinfo
