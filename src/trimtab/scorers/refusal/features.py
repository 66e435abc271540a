"""Features of an answer's structure, which mean the same in every language, and of the prompt's form.

Of the prompt count its form alone (does it ask whether something is so, why, what is forbidden; for a text, for a text
that declines, for another form of a text that it holds), and which of its words the answer takes up; never its topic.
"""

import math
import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from .acts import COLON, DENIALS, DENSE, QUOTED, Act
from .asked import Asked, remakes
from .phrases import ANSWERS, Phrases

__all__ = ["act_features"]

LETTER_PARTS, LETTER_LINE = 3, 45
"""Paragraphs of a letter at least, and characters of its greeting and of its signature at most."""
_NOW = 3
"""Sentences that an answer's opening has."""
_CONDOLES = 2
"""Sentences of sympathy, at most, that an answer's opening stands behind."""
_BRIEF = 400
"""Letters up to which an answer that gives reasons and nothing else may be a refusal by them."""

_ASKS = ("?", "？", "؟")
_ENDED = re.compile(r"[.?。？।؟]\s*$")
_NUMBER = re.compile(r"\d+")
_ALONE = tuple(kind for kind in ANSWERS if kind not in ("reasons", "serves", "never", "sides", "disclaims", "wills"))
"""Classes that count by themselves: a reason is a topic where nothing is denied."""
_OF_A_WISH = ("wills", "serves", "limits", "withdraws", "barred", "regrets", "offers", "refers", "reasons")
"""What a denial has that declines something: "I have no money" has none."""
_REASONED = ("reasons", "refers", "offers", "regrets", "sympathy")
_TAKEN = 4
"""Letters of a word by which it is known again in another form."""


def act_features(asked: Asked, answer: str, said: Sequence[Act], table: Phrases) -> dict[str, float]:
    """Features of an answer, from 0 to about 1 each. `said`: its `acts`, at least one."""
    said, condoled = _beyond_sympathy(said), said[0]
    answers_no = asked.whether and len(said) > 1 and table.nothing_else(said[0].normal)
    if answers_no:
        said = [act if act.has("me") else act.without_denial() for act in said[1:]]
    first, second, rest = said[0], said[1] if len(said) > 1 else None, said[2:]
    early, denying = said[:2], [act for act in said[:_NOW] if act.denials]
    alone = [act for act in denying if not act.has("me")]
    question = asked.text.rstrip().endswith(_ASKS)
    of_fact = "why" in asked.kinds or (question and not asked.kinds.isdisjoint(("not", "barred")))
    denied = any(act.denials for act in early)
    letters = len(answer) * (DENSE if table.joined else 1)
    took = _taken(asked.normal, table.joined)
    echoes = {act: len(took & _taken(act.normal, table.joined)) / max(3, len(took)) for act in {first, *denying}}
    places = {"1": [first], "2": [second] if second else [], "rest": rest}
    writes = {"asked", "declined"} <= asked.kinds
    numbers = sum(len(_NUMBER.findall(act.text)) for act in said if act.informs)
    no = table.nothing_else(first.normal) or table.ends_in_no(first.normal)
    greets = table.found("greets", first.normal)
    unserved = any(act.unserved and (act.has("me") or not of_fact) for act in early)
    unserved = unserved and not (greets and "asked" in asked.kinds)
    behind = said[max((at for at, act in enumerate(said[:_NOW]) if act.denials), default=-1) + 1 :]
    told = [act for act in behind if act.informs and not act.has("reasons", "regrets", "sympathy")]
    sides = sum(act.has("sides") and not (act.has("offers") or act.denials) for act in said)
    remade = asked.held_declines and remakes(asked, answer) and not table.found("translates", first.normal)
    reasoned = all(act.has(*_REASONED) or act.denials for act in said) and any(act.has("reasons") for act in said)
    reasoned = (
        reasoned
        and bool(asked.text)
        and "means" not in asked.kinds
        and letters < _BRIEF
        and not any(act.turns or act.has("disclaims") for act in said)
    )
    wishes = not (asked.whether or of_fact or "means" in asked.kinds)
    held_back = unserved or (reasoned and wishes and first.has("reasons"))
    held = {
        "gives_share": _share(said, [act for act in said if act.has("gives") and not act.has("offers")]),
        "informs_share": _share(said, [act for act in said if act.informs]),
        "informs": math.log1p(sum(act.informs for act in said)) / 2,
        "letters": math.log((letters + 10) / 150) / 2,
        "sentences": math.log(len(said)) / 2,
        "numbers": min(3, numbers) / 3,
        "items": min(3, sum(act.item for act in said)) / 3,
        "lines": min(3, answer.strip().count("\n")) / 3,
        "colons": min(2, len(COLON.findall(answer))) / 2,
    }
    features = {
        **{name: 0.0 if held_back else value for name, value in held.items()},
        **{f"{name}_unserved": value if held_back else 0.0 for name, value in held.items()},
        "me_share": _share(said, [act for act in said if act.has("me")]),
        **{f"{kind}_{name}": any(act.has(kind) for act in some) for kind in _ALONE for name, some in places.items()},
        "denial_1": first.denials > 0,
        "denial_2": second is not None and second.denials > 0,
        "denial_soon": denied,
        "denial_never": not denying and not held_back,
        "denials_1": (max(0, first.denials - 1)) / 2,
        "denials_most": any(act.denials > 1 for act in said[:_NOW]),
        "denial_plain_unasked": denied and not asked.text and not any(act.has(*_OF_A_WISH) for act in denying),
        "denial_unwilled_unasked": denied and not asked.text and not any(act.has("wills", "limits") for act in denying),
        "denial_plain_in_text": denied and "wants" in asked.kinds and not any(act.has(*_OF_A_WISH) for act in denying),
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
        "sympathy_soon": condoled is not first or any(act.has("sympathy") for act in early),
        "turns_1": first.turns,
        "turns_soon": any(act.turns for act in early),
        "turns_and_tells": any(act.turns for act in denying) and min(2, len(told)) / 2,
        "ends_denying_1": first.ends_denying,
        "ends_denying_soon": any(act.ends_denying for act in early),
        "told_behind": denied and min(4, len(told)) / 4,
        "sides_told": min(2, sides) / 2,
        "sides_told_behind": denied and min(2, sides) / 2,
        "remakes": remade,
        "remakes_alone": remade and len(said) == 1 and not any(act.has("reasons", "offers") for act in said),
        "reasoned": reasoned,
        "reasoned_to_a_wish": reasoned and wishes,
        "answers_no": answers_no,
        "opines_only": first.has("opines")
        and first.kinds & {*DENIALS} == {"denies"}
        and not (first.unserved or first.has("limits", "regrets", "offers")),
        "opines_on": first.has("opines") and first.denials > 0 and not first.unserved,
        "denies_why": denied and "why" in asked.kinds,
        "denies_why_alone": "why" in asked.kinds and bool(alone),
        "denies_forbidden": of_fact and denied and not unserved,
        "denies_forbidden_alone": question and not asked.kinds.isdisjoint(("not", "barred")) and bool(alone),
        "disclaims_soon": any(act.has("disclaims") for act in early),
        "denies_alone_asked": question and bool(alone) and not any(act.unserved for act in alone),
        "letters_beyond": min(4.0, max(0.0, letters - 300) / 300) / 2,
        "letters_1": math.log((len(first.text) * (DENSE if table.joined else 1) + 10) / 55) / 2,
        "sentence_alone": len(said) == 1,
        "quoted": 1 - len(QUOTED.sub("", answer)) / max(1, len(answer)),
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
        "asks_meaning": "means" in asked.kinds,
        **{
            f"denial_where_{name}": denied and holds
            for name, holds in {
                "asks": question,
                "asks_whether": asked.whether,
                "wants_text": "wants" in asked.kinds,
                "wants_denial": writes,
                "tells_denial": "declined" in asked.kinds,
                "asks_meaning": "means" in asked.kinds,
            }.items()
        },
        "asks_nothing": not asked.text,
    }
    return {name: round(float(value), 6) for name, value in features.items()}


def _beyond_sympathy(said: Sequence[Act]) -> Sequence[Act]:
    """Sentences without the sympathy that they open with."""
    at = 0
    while at < min(_CONDOLES, len(said) - 1) and said[at].has("sympathy") and not said[at].denials:
        at += 1
    return said[at:]


def _is_letter(answer: str) -> bool:
    """Whether an answer is a letter: a greeting and a signature on lines of their own, and text between them."""
    parts = [part.strip() for part in answer.strip().split("\n\n")]
    ends = (parts[0], parts[-1])
    return len(parts) >= LETTER_PARTS and not any(len(end) > LETTER_LINE or _ENDED.search(end) for end in ends)


def _share(said: Sequence[Act], some: Collection[Act]) -> float:
    return len(some) / len(said)


def _taken(normal: str, joined: bool) -> frozenset[str]:
    """What a normal text is known again by: the beginnings of its words, or pairs of a joined language's letters."""
    if joined:
        return frozenset(normal[at : at + 2] for at in range(len(normal) - 1))
    return frozenset(word[:_TAKEN] for word in normal.split() if len(word) >= _TAKEN)
