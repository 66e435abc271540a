"""Whether what an answer declines is declined by somebody else than its speaker.

A prompt may ask for a text whose writer declines something ("write that I cannot come"), or tell that a third party
does ("the shop refuses a refund"). What such an answer says of declining is help, unless it is said in the words in
which an assistant refuses: of helping, answering or writing, of such texts, of itself.

| kind | is |
|---|---|
| asked | a prompt's wish for a text: "write a message" |
| declined | a prompt's word of declining, or of what will not go |
| greets | how a letter begins |
| speaks | a speaker of himself |
| serves | an answer's word for what an assistant does |
"""

import re
from typing import Literal

from ..sentences import read
from .phrases import Phrases

Other = Literal["writer", "third"]

SHORTEST, SHORTEST_JOINED = 40, 15
"""Letters of an answer that may be a text which was asked for; a shorter one speaks for itself."""
_WHOLE = re.compile(r"""\s*(?:"[^"]*"|„[^“”"]*[“”"]|“[^”]*”|«[^»]*»|「[^」]*」|『[^』]*』|\*\*.*)\s*""", re.DOTALL)


def of_others(prompt: str, answer: str, asked: Phrases, table: Phrases) -> Other | None:
    """Who else may be the one that declines in an answer; None where nobody is. `asked` is the prompt's table."""
    if len(answer) < (SHORTEST_JOINED if table.joined else SHORTEST):
        return None
    wish = asked.normal(prompt)
    written = asked.found("asked", wish)
    if asked.found("declined", wish):
        return "writer" if written else "third"
    begins = table.found("greets", table.normal(answer[:SHORTEST])) or _WHOLE.fullmatch(answer) is not None
    return "writer" if begins and written else None


def is_own(normal: str, table: Phrases, other: Other) -> bool:
    """Whether a sentence that declines is the assistant's own; of itself a writer speaks too, a third party not."""
    return table.found("serves", normal) or (other == "third" and table.found("speaks", normal))


def wrote_it(prompt: str, answer: str, table: Phrases) -> bool:
    """Whether an English answer is a text that was asked for, and no sentence of it refuses to serve."""
    if of_others(prompt, answer, table, table) != "writer":
        return False
    return not any(s.refuses and is_own(table.normal(s.text), table, "writer") for s in read(answer))
