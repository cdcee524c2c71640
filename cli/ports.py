"""A port is asked for before a server starts: the server itself would share it with whoever has it."""

import socket

from engine.errors import BadInput


def require_free(host: str, port: int) -> None:
    """BadInput when somebody listens on the port already, or the address is not of this machine."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(
                "serve.port",
                f"地址 {host}:{port} 不可用(已被占用?),请用 --port 换一个",
                f"{host}:{port} cannot be used (taken already?); choose another with --port",
                "--port",
            ) from error
