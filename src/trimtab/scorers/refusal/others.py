"""Whether what an answer declines is declined by somebody else than its speaker.

A prompt may ask for a text whose writer declines something ("write that I cannot come"), or tell that a third party
does ("the shop refuses a refund"). What such an answer says of declining is help, unless it is said in the words in
which an assistant refuses: of helping, answering or writing, of such texts, of itself.

| kind | is |
|---|---|
| asked | a prompt's wish for a text: "write a message" |
| declined | a prompt's word of declining, or of what will not go |
| greets | how a letter begins |
| serves | an answer's word for what an assistant does |
"""

import re

from ..sentences import read
from ..text import sentences
from .phrases import Phrases

SHORTEST, SHORTEST_JOINED = 40, 15
"""Letters of an answer that may be a text which was asked for; a shorter one speaks for itself."""
_WHOLE = re.compile(r"""\s*(?:"[^"]*"|„[^“”"]*[“”"]|“[^”]*”|«[^»]*»|「[^」]*」|『[^』]*』|\*\*.*)\s*""", re.DOTALL)


def of_others(prompt: str, answer: str, asked: Phrases, table: Phrases) -> bool:
    """Whether a refusal in the answer is somebody else's, unless a sentence `serves`; `asked` is the prompt's table."""
    if len(answer) < (SHORTEST_JOINED if table.joined else SHORTEST):
        return False
    wish = asked.normal(prompt)
    if asked.found("declined", wish):
        return True
    begins = table.found("greets", table.normal(answer[:SHORTEST])) or _WHOLE.fullmatch(answer) is not None
    return begins and asked.found("asked", wish)


def wrote_it(prompt: str, answer: str, table: Phrases) -> bool:
    """Whether an English answer is a text that was asked for, and no sentence of it refuses to serve."""
    if not table.found("asked", table.normal(prompt)) or not of_others(prompt, answer, table, table):
        return False
    refusing = [s.text for s in read(answer) if s.refuses] if sentences(answer) else []
    return not any(table.found("serves", table.normal(text)) for text in refusing)
