"""Headers, cookies and limits that hold for every answer."""

from __future__ import annotations

from flask import Flask, Response, request

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
OPEN_TO_ALL = "public, no-cache"
"""For what is published: it may be kept, if it is asked each time whether it still holds."""
FOR_A_YEAR = "max-age=31536000; includeSubDomains"


def add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = FOR_A_YEAR
    good = response.status_code < 400
    if request.endpoint == "static" and good:
        return response
    if response.cache_control.public and good:
        # Whoever signs in sees the same page with their own name above it.
        response.headers.add("Vary", "Cookie")
    else:
        response.headers["Cache-Control"] = "no-store"
        response.headers.add("Vary", "Cookie")
        response.headers.setdefault("X-Robots-Tag", "noindex")
    return response


def register(app: Flask) -> None:
    app.after_request(add_headers)
