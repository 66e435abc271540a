"""The room as JSON: cards out, judgements in. What the review screen and programs with a token use."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from .assign import MOST_AT_ONCE, Handed, NoSuchTask, hand_out
from .blind import Card, Refused, Wire
from .door import Asking, Changing, Inside, LeadAsking, Number, TaskNamed, needs, no_such_task
from .judging import KeyTaken, NotYours, Sent, keep, last_card
from .odds import CannotSettle, card_to_settle
from .store import files_of, judgements

router = APIRouter(prefix="/api")
_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
_YEARS = range(2000, 2100)
"""What a reviewer's clock may say; any other time is that of a clock that was never set, and not kept."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Wanted(_Body):
    """How many cards, and which the browser holds."""

    count: int = Field(default=MOST_AT_ONCE, ge=1, le=MOST_AT_ONCE)
    holding: tuple[_Name, ...] = Field(default=(), max_length=2 * MOST_AT_ONCE)


class Cards(_Body):
    """Cards, and where this reviewer stands."""

    cards: tuple[Card, ...]
    state: str
    judged: int
    left: int

    @classmethod
    def of(cls, handed: Handed) -> "Cards":
        """As it goes out."""
        return cls(cards=handed.cards, state=handed.state, judged=handed.judged, left=handed.left)


class Judged(_Body):
    """What is said of an assignment. `key` is made once for each thing said and sent again with it."""

    key: _Name
    assignment: _Name
    said: Wire
    shown_ms: int | None = Field(default=None, ge=0, le=2**31 - 1)
    client_when: AwareDatetime | None = None


class Receipt(_Body):
    """It is safe on the disk, now or since an earlier sending; or there was nothing to take back."""

    state: Literal["kept", "kept before", "nothing to take back"]


@router.get("/me")
def me(visit: Asking) -> dict[str, str]:
    """Who is logged in."""
    return {"name": visit.reviewer.name, "role": visit.reviewer.role}


@router.post("/tasks/{task}/cards")
def cards(task: Number, wanted: Wanted, room: Inside, visit: Changing) -> Cards:
    """Cards for this reviewer, reserved for them."""
    try:
        return Cards.of(hand_out(room.database, room.secret, visit.reviewer, task, wanted.count, set(wanted.holding)))
    except NoSuchTask:
        raise no_such_task() from None


@router.post("/items/{item}/card")
def card_of_item(item: Number, room: Inside, visit: Changing) -> Card:
    """The card under which a lead says what is right of an item, whatever reviewers said; said with a reason."""
    needs(visit, "lead")
    try:
        return card_to_settle(room.database, room.secret, visit.reviewer, item)
    except CannotSettle as error:
        raise HTTPException(404, str(error)) from None


@router.get("/tasks/{task}/last")
def last(room: Inside, visit: Asking, here: TaskNamed) -> Card | None:
    """The card that this reviewer judged last."""
    return last_card(room.database, room.secret, visit.reviewer, here.number)


@router.post("/judgements")
def judge(body: Judged, room: Inside, visit: Changing) -> Receipt:
    """Keeps a judgement; the same key again is the same judgement."""
    when = body.client_when if body.client_when is not None and body.client_when.year in _YEARS else None
    sent = Sent(body.key, body.assignment, body.said, body.shown_ms, when)
    try:
        return Receipt(state=keep(room.database, visit.reviewer, sent).state)
    except NotYours:
        raise HTTPException(404, "There is no such assignment of yours.") from None
    except KeyTaken:
        raise HTTPException(409, "Something else was said under this key.") from None
    except Refused as error:
        raise HTTPException(422, f"{error}.") from None


@router.get("/judgements", response_class=StreamingResponse)
def journal(room: Inside, _: LeadAsking) -> StreamingResponse:
    """All that was said, as JSON Lines, with names and sources unblinded: for leads."""

    def lines() -> Iterator[str]:
        with room.database.reading() as session:
            for each in judgements(session):
                yield each.to_json() + "\n"

    return StreamingResponse(lines(), media_type="application/jsonl")


class ShownFile(_Body):
    """What a file says of who made it; whose it was given as, its name and its digest, which reviewers never see."""

    name: str
    given_as: str
    digest: str
    kind: str
    seconds: float | None
    provenance: str
    generator: str | None
    made_by_machine: bool
    says: tuple[str, ...]


@router.get("/tasks/{task}/files")
def files(room: Inside, _: LeadAsking, here: TaskNamed) -> list[ShownFile]:
    """The files of a task, each once: for leads."""
    with room.database.reading() as session:
        return [
            ShownFile(given_as=source, **file.model_dump(exclude={"folder", "size"}))
            for source, file in files_of(session, here.number)
        ]


@router.get("/openapi.json")
def openapi(request: Request, visit: Asking) -> dict[str, Any]:
    """What this API takes and gives."""
    described: dict[str, Any] = request.app.openapi()
    return described
