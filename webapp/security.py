"""Headers of every response, and how cookies are set."""

from typing import Any
from wsgiref.headers import Headers

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}
HSTS = "max-age=31536000; includeSubDomains"


def cookie_settings(secure: bool) -> dict[str, Any]:
    """Flask settings of its own cookie (form tokens, messages); ``__Host-`` binds it to this host over HTTPS."""
    return {
        "SESSION_COOKIE_NAME": "__Host-binglian-form" if secure else "binglian-form",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
    }


def install(app: Flask) -> None:
    """Adds the headers to every response."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if request.endpoint != "static":
        # Pages hold cases and personal data: nothing of them stays in a cache.
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def static_headers(headers: Headers, path: str, url: str) -> None:
    """The same headers for the files WhiteNoise serves."""
    for name, value in HEADERS.items():
        headers[name] = value
