"""What leads take out of a room by their browser: the report of everything that was said."""

from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from .door import Inside, LeadReading

Report = Callable[[Session, bool], str]
"""The page of a room, redacted or not: it is made by whoever started the server."""
router = APIRouter()


@router.get("/team/report")
def report(request: Request, room: Inside, _: LeadReading, redact: bool = False) -> Response:
    """The report as a file; for leads, because it tells whose the answers are."""
    made: Report | None = request.app.state.report
    if made is None:
        raise HTTPException(404, "This server makes no report.")
    with room.database.reading() as session:
        page = made(session, redact)
    name = "review-report-redacted.html" if redact else "review-report.html"
    return Response(page, media_type="text/html", headers={"content-disposition": f'attachment; filename="{name}"'})
