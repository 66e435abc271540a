"""What holds a run until people have judged enough."""


class WaitingForPeople(Exception):
    """In a review room `have` items of `need` are judged; the run goes on from here. `place` is where that room is, if
    the run filled it."""

    def __init__(self, room: str, have: int, need: int, shown: int, place: str | None = None) -> None:
        short = f" The room shows {shown} items: put more in." if shown < need else ""
        where = f" They judge by `trimtab review serve {place}`." if place is not None else ""
        super().__init__(f"waiting for people: {have} of {need} judged in {room}.{short}{where}")
        self.room = room
        self.have = have
        self.need = need
        self.shown = shown
