"""Loopback ports for tests that start a real server."""

import socket


def free_port() -> int:
    """A TCP port of 127.0.0.1 nobody listens on at this moment.

    The system gives a different one at each call, but another process may take it before the server under
    test does: where the server can bind port 0 itself and say what it got, prefer that.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
