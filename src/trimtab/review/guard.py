"""What stands before every request and goes with every response, whatever the route."""

from collections.abc import Collection

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .door import set_cookie

LARGEST_BODY = 1_000_000
"""Bytes of a request."""
_SAFE = ("GET", "HEAD", "OPTIONS")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Refuses other hosts' names, changes asked for by other sites and large bodies; sets the headers that keep scripts
    and frames out, and the cookie of a session that the request began."""

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None, secure: bool) -> None:
        self._app, self._hosts, self._secure = app, hosts, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def sends(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    given[name] = value
                given.setdefault("cache-control", "no-store")
                if cookie := scope.get("state", {}).get("cookie"):
                    begun = Response()
                    set_cookie(begun, cookie, secure=self._secure)
                    given.append("set-cookie", begun.headers["set-cookie"])
            await send(message)

        if why := self._why_not(scope["method"], headers):
            await PlainTextResponse(why, status_code=403)(scope, receive, sends)
            return
        await self._app(scope, _limited(receive), sends)

    def _why_not(self, method: str, headers: Headers) -> str:
        host = headers.get("host", "")
        if self._hosts is not None and _name(host) not in self._hosts:
            return "This room is not known by that name."  # another site's name that was pointed at this machine
        if method in _SAFE:
            return ""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site not in (None, "same-origin", "none") or (origin is not None and origin.partition("://")[2] != host):
            return "Another site asked for this change."
        return ""


def _name(host: str) -> str:
    return host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def _limited(receive: Receive) -> Receive:
    read = 0

    async def receives() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            raise HTTPException(413, "The request is too large.")
        return message

    return receives
