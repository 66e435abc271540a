"""What holds a run until people have judged enough."""


class WaitingForPeople(Exception):
    """A source of feedback is a review room in which `have` items of `need` are judged; the run goes on from here."""

    def __init__(self, room: str, have: int, need: int, shown: int) -> None:
        short = f" The room shows {shown} items: put more in." if shown < need else ""
        super().__init__(f"waiting for people: {have} of {need} judged in {room}.{short}")
        self.room = room
        self.have = have
        self.need = need
        self.shown = shown
