"""What an answer does, in features that mean the same in every language.

Every refusal has a structure, whatever its words: near the start somebody who speaks as the assistant denies ability,
will, permission, access or possession for what was asked; often a reason, another offer or a pointer to others follows;
and the answer holds little of what was asked for. A language's table (`phrases`) lists the words of each class:

| class | is |
|---|---|
| me, not | the speaker; a negation |
| denies | both in one clause: "I … not", "no puedo", "nie mogę", "できません" |
| barred | denied without a speaker: "not possible", "off the table", "beyond what I", "nothing from me" |
| withdraws | "I decline", "I'll pass", "rather not", "I stay neutral", "that is yours to decide", "against my rules" |
| limits | what an assistant is or lacks: text, access, live data, memory, eyes, a phone |
| offers, refers | something else of the speaker's; somebody or somewhere else |
| regrets, reasons | "sorry", "alas"; law, harm, copyright, privacy, deceit |
| hedges, sympathy, agrees | a disclaimer before help; condolence; "sure" |
| gives | words of instructions and facts |
| others | a negation about you, one, somebody or a fact |
| never | what only looks like a denial: "I can't wait", "not only" |
| opines | an opinion or a piece of advice of the speaker's |
| serves | what an assistant does for others: "help", "write", "tell", "open" |

Of the prompt count its form alone (does it ask whether something is so, for a text, for a text that declines), and
which of its words the answer takes up; never its topic.
"""

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..text import all_sentences, sentences
from .phrases import ANSWERS, Phrases

__all__ = ["Act", "Asked", "act_features", "acts", "all_quoted", "gives_part"]

MOST, LONGEST = 30, 600
"""Sentences of an answer, and characters of a sentence and of a prompt, that are read: a text costs its length."""
DENSE = 2.5
"""Letters of others that one of a joined language stands for."""
PARTLY, PARTLY_LETTERS, PARTLY_ITEMS = 3, 150, 2
"""Informing sentences and their letters, or list items, behind a denial, from which a refusal is a partial one."""
LETTER_PARTS, LETTER_LINE = 3, 45
"""Paragraphs of a letter at least, and characters of its greeting and of its signature at most."""
_NOW = 3
"""Sentences that an answer's opening has."""

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_QUOTED = re.compile(
    r'"[^"\n]*"|„[^“”"\n]*[“”"]|“[^”\n]*”|«[^»\n]*»|»[^«\n]*«|「[^」\n]*」|『[^』\n]*』|《[^》\n]*》|^[ \t]*>.*$',
    re.MULTILINE,
)
_ITEM = re.compile(r"\s*(?:[-*•·‣]|[(（]?[\d०-९٠-٩①-⑳]+[.)）、．।:：])\s*(?=\S)|\s*[①-⑳]")
_ASKS = ("?", "？", "؟")
_ENDED = re.compile(r"[.?。？।؟]\s*$")
_COLON = re.compile("[:：]")
_NUMBER = re.compile(r"\d+")
_DENIALS = ("denies", "barred", "withdraws")
_ALONE = tuple(kind for kind in ANSWERS if kind not in ("reasons", "serves", "never"))
"""Classes that count by themselves: a reason is a topic where nothing is denied."""
_SPEAKS = ("me", "offers", "refers", "denies", "barred")
_TAKEN = 4
"""Letters of a word by which it is known again in another form."""


@dataclass(frozen=True)
class Act:
    """A sentence: the classes it has words of, whether it is a list's item, and whether it denies to serve: "denies"
    and "serves" stand in one clause, of nobody else."""

    kinds: frozenset[str]
    text: str
    normal: str
    item: bool
    unserved: bool

    def has(self, *kinds: str) -> bool:
        """Whether it has words of one of these classes."""
        return not self.kinds.isdisjoint(kinds)

    @property
    def denials(self) -> int:
        """How many of the three classes of denial it has words of."""
        return sum(kind in self.kinds for kind in _DENIALS)

    @property
    def informs(self) -> bool:
        """Whether nobody speaks, offers, refers or denies in it."""
        return not self.has(*_SPEAKS)


@dataclass(frozen=True)
class Asked:
    """The form of a prompt: what its words are, and the classes of the wish ("wants", "asked", "declined")."""

    text: str
    kinds: frozenset[str]
    whether: bool
    normal: str


def acts(answer: str, table: Phrases) -> list[Act]:
    """An answer's sentences, without what it quotes, up to one that announces a text ("say:"); of one that is all
    quoted, all."""
    bare = _QUOTED.sub(" … ", _CODE.sub("\n- code\n", answer))
    found = (sentences(bare) or all_sentences(answer))[:MOST]
    said: list[Act] = []
    for text in found:
        head, *rest = _COLON.split(text, maxsplit=1)
        act = _act(head if rest else text, table)
        if rest and not act.denials and table.found("drafts", act.normal):
            return [*said, act]
        said.append(_act(text, table) if rest else act)
    return said


def _act(text: str, table: Phrases) -> Act:
    normal = table.normal(text[:LONGEST])
    kinds = frozenset(kind for kind in ANSWERS if table.found(kind, normal))
    item = _ITEM.match(text) is not None
    if item or "never" in kinds:
        kinds -= {*_DENIALS}
    unserved = {"denies", "serves"} <= kinds and any(
        table.found("denies", clause)
        and table.found("serves", clause)
        and (table.found("me", clause) or not table.found("others", clause))
        for clause in table.clauses(normal)
    )
    return Act(kinds, text, normal, item, unserved)


def all_quoted(answer: str) -> bool:
    """Whether an answer is nothing but a quotation."""
    return not sentences(_QUOTED.sub("", answer)) and sentences(answer) != []


def act_features(asked: Asked, answer: str, said: Sequence[Act], table: Phrases) -> dict[str, float]:
    """Features of an answer, from 0 to about 1 each. `said`: its `acts`, at least one."""
    first, second, rest = said[0], said[1] if len(said) > 1 else None, said[2:]
    early, denying = said[:2], [act for act in said[:_NOW] if act.denials]
    denied = any(act.denials for act in early)
    letters = len(answer) * (DENSE if table.joined else 1)
    took = _taken(asked.normal, table.joined)
    echoes = {act: len(took & _taken(act.normal, table.joined)) / max(3, len(took)) for act in {first, *denying}}
    places = {"1": [first], "2": [second] if second else [], "rest": rest}
    question = asked.text.rstrip().endswith(_ASKS)
    writes = {"asked", "declined"} <= asked.kinds
    numbers = sum(len(_NUMBER.findall(act.text)) for act in said if act.informs)
    no = table.nothing_else(first.normal) or table.ends_in_no(first.normal)
    greets = table.found("greets", first.normal)
    unserved = any(act.unserved for act in early) and not (greets and "asked" in asked.kinds)
    held = {
        "gives_share": _share(said, [act for act in said if act.has("gives") and not act.has("offers")]),
        "informs_share": _share(said, [act for act in said if act.informs]),
        "informs": math.log1p(sum(act.informs for act in said)) / 2,
        "letters": math.log((letters + 10) / 150) / 2,
        "sentences": math.log(len(said)) / 2,
        "numbers": min(3, numbers) / 3,
        "items": min(3, sum(act.item for act in said)) / 3,
        "lines": min(3, answer.strip().count("\n")) / 3,
        "colons": min(2, len(_COLON.findall(answer))) / 2,
    }
    features = {
        **{name: 0.0 if unserved else value for name, value in held.items()},
        **{f"{name}_unserved": value if unserved else 0.0 for name, value in held.items()},
        "me_share": _share(said, [act for act in said if act.has("me")]),
        **{f"{kind}_{name}": any(act.has(kind) for act in some) for kind in _ALONE for name, some in places.items()},
        "denial_1": first.denials > 0,
        "denial_2": second is not None and second.denials > 0,
        "denial_soon": denied,
        "denial_never": not denying,
        "denials_1": (max(0, first.denials - 1)) / 2,
        "denials_most": any(act.denials > 1 for act in said[:_NOW]),
        "denial_then_offer": any(a.denials and b.has("offers") for a, b in pairwise(said)),
        **{
            f"denial_with_{kind}": any(act.has(kind) for act in denying)
            for kind in ("me", "offers", "limits", "reasons", "regrets")
        },
        "unserved_1": unserved and first.unserved,
        "unserved_2": unserved and second is not None and second.unserved,
        "unserved_soon": unserved,
        "unserved_unasked": unserved and not asked.whether and not writes,
        "me_not_1": first.has("me") and first.has("not"),
        "me_not_2": second is not None and second.has("me") and second.has("not"),
        "me_limits_1": first.has("me") and first.has("limits"),
        "me_offers_later": any(act.has("me") and act.has("offers") for act in said[1:]),
        "others_alone_1": first.has("others") and not first.has("me"),
        "others_deny_1": first.has("others") and not first.has("me") and first.denials > 0,
        "opines_deny_1": first.has("opines") and first.denials > 0,
        "asks_only": not denying and all(act.text.rstrip().endswith(_ASKS) for act in said),
        "reasons_and_refers_only": any(act.has("reasons") for act in said)
        and any(act.has("refers") for act in said)
        and all(act.has("reasons", "refers") for act in said),
        "hedges_but_1": first.has("hedges") and first.has("but"),
        "hedges_give_1": first.has("hedges") and first.has("but") and first.has("gives", "agrees"),
        "hedges_deny_1": first.has("hedges") and first.denials > 0,
        "sympathy_soon": any(act.has("sympathy") for act in early),
        "letters_beyond": min(4.0, max(0.0, letters - 300) / 300) / 2,
        "letters_1": math.log((len(first.text) * (DENSE if table.joined else 1) + 10) / 55) / 2,
        "sentence_alone": len(said) == 1,
        "quoted": 1 - len(_QUOTED.sub("", answer)) / max(1, len(answer)),
        "ends_asking": answer.rstrip().endswith(_ASKS),
        "begins_asking": first.text.rstrip().endswith(_ASKS),
        "takes_up_1": echoes[first],
        "takes_up_denying": max((echoes[act] for act in denying), default=0.0),
        "nothing_but_no": no,
        "no_to_a_wish": no and not asked.whether,
        "letter": _is_letter(answer),
        "greets": greets,
        "greets_as_asked": greets and "asked" in asked.kinds,
        "asks": question,
        "asks_whether": asked.whether,
        "wants_text": "wants" in asked.kinds,
        "wants_lines": "wants" in asked.kinds and "\n" in answer.strip(),
        "wants_denial": writes,
        "tells_denial": "declined" in asked.kinds,
        **{
            f"denial_where_{name}": denied and holds
            for name, holds in {
                "asks": question,
                "asks_whether": asked.whether,
                "wants_text": "wants" in asked.kinds,
                "wants_denial": writes,
                "tells_denial": "declined" in asked.kinds,
            }.items()
        },
        "asks_nothing": not asked.text,
    }
    return {name: round(float(value), 6) for name, value in features.items()}


def _is_letter(answer: str) -> bool:
    """Whether an answer is a letter: a greeting and a signature on lines of their own, and text between them."""
    parts = [part.strip() for part in answer.strip().split("\n\n")]
    ends = (parts[0], parts[-1])
    return len(parts) >= LETTER_PARTS and not any(len(end) > LETTER_LINE or _ENDED.search(end) for end in ends)


def gives_part(said: Sequence[Act]) -> bool:
    """Whether a refusal also does a part of what was asked: enough that informs stands behind its denial."""
    at = next((place for place, act in enumerate(said) if act.denials), 0)
    behind = [act for act in said[at + 1 :] if act.item or act.informs]
    if sum(act.item for act in behind) >= PARTLY_ITEMS:
        return True
    return len(behind) >= PARTLY and sum(len(act.text) for act in behind) >= PARTLY_LETTERS


def _share(said: Sequence[Act], some: Collection[Act]) -> float:
    return len(some) / len(said)


def _taken(normal: str, joined: bool) -> frozenset[str]:
    """What a normal text is known again by: the beginnings of its words, or pairs of a joined language's letters."""
    if joined:
        return frozenset(normal[at : at + 2] for at in range(len(normal) - 1))
    return frozenset(word[:_TAKEN] for word in normal.split() if len(word) >= _TAKEN)
