"""A judge by a script, in place of a model or a server: it is counted, it may die at a call, and nobody pays for it."""

import re
import threading
from collections.abc import Callable, Sequence
from math import log
from typing import Any

from trimtab.models import NotTaken, Reply
from trimtab.records import Message

Says = Callable[[str, str, str], object]
"""What it says to a question and the answers shown as A and as B: P(A) as a figure, a text, or a Reply."""
_SHOWN = re.compile(r"<<<ANSWER ([AB]) (\w+)>>>\n(.*?)\n<<<END OF ANSWER \1 \2>>>", re.DOTALL)


class ScriptedChat:
    """Answers from `says`. `dies_at` is the number of the call, from 1, in which it raises KeyboardInterrupt."""

    top = 20

    def __init__(self, says: Says, dies_at: int = 0, marks: frozenset[str] = frozenset()) -> None:
        self.says, self.dies_at, self.marks = says, dies_at, marks
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def chat(self, messages: Sequence[Message], *, decoding: Any, seed: Any, json: bool = False, top: int = 0) -> Reply:
        message = messages[0]
        with self._lock:
            self.asked.append(message.content)
            if len(self.asked) == self.dies_at:
                raise KeyboardInterrupt
        shown = {side: text for side, _, text in _SHOWN.findall(message.content)}
        said = self.says(message.content, shown["A"], shown["B"])
        if isinstance(said, Exception):
            raise said
        if isinstance(said, Reply):
            return said
        read = len(message.content) // 4
        if isinstance(said, float):
            first = (("A", log(max(said, 1e-9))), ("B", log(max(1 - said, 1e-9)))) if top else ()
            return Reply("A" if said > 0.5 else "B", False, read, 1, first=first)
        return Reply(str(said), True, read, 3)

    def each(self, one: Any, items: Any, not_taken: Any = None) -> list[Any]:
        found = []
        for item in items:
            try:
                found.append(one(item))
            except NotTaken as error:
                found.append(not_taken(item, error))
        return found
