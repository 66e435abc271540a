"""The web app of a room: routes, errors, and what is sent with each response."""

from collections.abc import Collection
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from . import api, forms, handing, pages, viewing
from .door import NoSession
from .guard import Guard
from .handing import Report
from .room import Room

_HERE = Path(__file__).parent
_API, _MEDIA = "/api/", "/m/"


def create_app(
    room: Room, *, hosts: Collection[str] | None = None, secure: bool = False, report: Report | None = None
) -> FastAPI:
    """The app. It answers to the names in `hosts`, to any where there are none given; `secure` cookies go by https.
    `report` makes the page that leads may download, redacted or not; without it none is offered."""
    app = FastAPI(title="trimtab review", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.room, app.state.secure, app.state.report = room, secure, report
    app.include_router(api.router)
    app.include_router(viewing.router, include_in_schema=False)
    app.include_router(handing.router, include_in_schema=False)
    app.include_router(pages.router, include_in_schema=False)
    app.include_router(forms.router, include_in_schema=False)
    app.mount("/static", _Static(directory=_HERE / "static"))
    app.add_middleware(Guard, hosts=hosts, secure=secure)
    app.add_exception_handler(NoSession, _log_in)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _told)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _not_understood)  # type: ignore[arg-type]
    return app


class _Static(StaticFiles):
    """The room's own scripts and styles, asked for anew each time whether they are still the same."""

    def file_response(self, *args, **kwargs) -> Response:  # type: ignore[no-untyped-def]
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        response.headers["service-worker-allowed"] = "/"  # static/worker.js keeps the review page too
        return response


def _log_in(request: Request, _: NoSession) -> Response:
    if request.url.path.startswith((_API, _MEDIA)):
        return JSONResponse({"detail": "Log in first."}, status_code=401)
    return RedirectResponse("/login", status_code=303)


def _told(request: Request, error: HTTPException) -> Response:
    if request.url.path.startswith((_API, _MEDIA)):
        return JSONResponse({"detail": error.detail}, status_code=error.status_code, headers=error.headers)
    return pages.message(request, str(error.detail), error.status_code)


def _not_understood(request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part != "body")
    return JSONResponse({"detail": f"{where}: {first['msg']}" if where else first["msg"]}, status_code=422)
