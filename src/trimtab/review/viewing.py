"""Images, video and audio, to those alone who hold an assignment of them: by its opaque name and the shown place; and
to leads, who settle an item."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import UserError
from ..media import picture, read_blanked, waveform
from . import pages
from .blind import order_of
from .door import Asking, Inside, LeadReading, Number, TaskNamed
from .files import Found, Gone, OutOfRange, find, part_of, small
from .records import RANKED, MediaFile
from .room import Room
from .sessions import Visit
from .store import files_of, modality_of_item, read_item
from .tables import AssignmentRow, ItemRow

router = APIRouter()
_AT = "/m/{assignment}/{slot}"
_Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
_Slot = Annotated[int, Path(ge=0, lt=RANKED[1])]


@router.get(_AT)
def content(assignment: _Name, slot: _Slot, request: Request, room: Inside, visit: Asking) -> Response:
    """What is shown there first: an image drawn anew, a video or a sound without its metadata, in parts if need be."""
    return _shown(request, *_given(room, visit, assignment, slot))


@router.get("/team/items/{number}/{slot}")
def of_item(number: Number, slot: _Slot, request: Request, room: Inside, visit: LeadReading) -> Response:
    """The same of an item that is to be settled, in the order in which the lead sees it."""
    with room.database.reading() as session:
        item = session.get(ItemRow, number)
        order = order_of(room.secret, visit.reviewer.id, number, len(item.answers), again=False) if item else []
        return _shown(request, *_found(session, item, order, slot))


def _shown(request: Request, file: MediaFile, found: Found) -> Response:
    if file.modality == "image":
        data, kind = _drawn(found, file, whole=False)
        return Response(data, media_type=kind)
    headers = {"accept-ranges": "bytes"}
    try:
        part = part_of(request.headers.get("range"), file.size)
    except OutOfRange:
        raise HTTPException(416, "It ends before that.", headers | {"content-range": f"bytes */{file.size}"}) from None
    start, end = part or (0, file.size)
    headers["content-length"] = str(end - start)
    if part is not None:
        headers["content-range"] = f"bytes {start}-{end - 1}/{file.size}"
    sent = read_blanked(found.path, found.blanked, start, end)
    return StreamingResponse(sent, 200 if part is None else 206, headers, file.kind)


@router.get(_AT + "/whole")
def whole(assignment: _Name, slot: _Slot, room: Inside, visit: Asking) -> Response:
    """An image in all its pixels."""
    file, found = _given(room, visit, assignment, slot)
    if file.modality != "image":
        raise HTTPException(404, "There is nothing larger of it.")
    data, kind = _drawn(found, file, whole=True)
    return Response(data, media_type=kind)


@router.get(_AT + "/waveform")
def levels(assignment: _Name, slot: _Slot, room: Inside, visit: Asking) -> JSONResponse:
    """How loud a sound is from its beginning to its end, in equal parts, 0 to 1; empty where that cannot be told."""
    file, found = _given(room, visit, assignment, slot)
    try:
        return JSONResponse(waveform(found.path) or [] if file.kind == "audio/wav" else [])
    except UserError:
        return JSONResponse([])


@router.get("/team/tasks/{task}/files")
def files(request: Request, room: Inside, _: LeadReading, here: TaskNamed) -> Response:
    """What the files of a task say of who made them; for leads, because reviewers judge blind."""
    with room.database.reading() as session:
        return pages.page(request, "files", here=here, files=files_of(session, here.number))


def _given(room: Room, visit: Visit, assignment: str, slot: int) -> tuple[MediaFile, Found]:
    """The file that this reviewer was given there. Raises HTTPException where there is none, or it was changed."""
    with room.database.reading() as session:
        row = session.scalar(
            select(AssignmentRow).where(AssignmentRow.ref == assignment, AssignmentRow.reviewer_id == visit.reviewer.id)
        )
        item = session.get(ItemRow, row.item_id) if row is not None else None
        return _found(session, item, row.order if row is not None else [], slot)


def _found(session: Session, item: ItemRow | None, order: Sequence[int], slot: int) -> tuple[MediaFile, Found]:
    if item is None or item.held or modality_of_item(item) == "text" or slot >= len(order):
        raise HTTPException(404, "There is nothing of that name.")
    file = MediaFile.from_json(read_item(session, item)[1][order[slot]])
    try:
        return file, find(file)
    except Gone:
        raise HTTPException(410, "This file is not there any more, or was changed.") from None


def _drawn(found: Found, file: MediaFile, *, whole: bool) -> tuple[bytes, str]:
    try:
        return picture(found.path) if whole else small(found.path, file.digest)
    except UserError:  # its words name the file
        raise HTTPException(410, "This image cannot be read any more.") from None
