"""Whether a sentence points to a professional. English.

Where advice was asked for, naming who can help is enough ("that is one for a pharmacist"). Where facts were asked for
it has to send the reader there: "hernias are seen by a surgeon" is a fact, "ask a surgeon" is a pointer.
"""

import re

from .patterns import POINTS, POINTS_AWAY, WHO
from .words import any_of, words

_SEND = words(
    r"""
    ask asking call calling ring ringing phone see seeing consult consulting contact contacting visit visiting
    speak\s(?:to|with) speaking\s(?:to|with) talk\s(?:to|with) talking\s(?:to|with) tell telling check\s(?:it\s)?with
    checking\s(?:it\s)?with go\sto going\sto turn\sto reach\sout\sto (?:help|advice|guidance|attention)\sfrom
    discuss(?:ing)?\s(?:it|this|that|them)\swith
    """
)
_CARE = words(r"(?:professional|medical|doctor's|urgent)\s(?:\w+\s)?(?:help|advice|attention|care|guidance|opinion)")
SENDS = any_of(
    rf"\b{_SEND} (?:\w+ ){{0,4}}?(?:{WHO}|professionals?)\b",
    rf"\b(?:seek|get|ask for|require|need)(?:ing)? (?:\w+ ){{0,3}}?{_CARE}",
    rf"\b{WHO}(?: or (?:\w+ ){{1,3}}?)?(?: \w+)? (?:can|could|will|would|may|should) (?:also |then |best |usually )?"
    r"(?:tell you|say (?:whether|if|what)|advise|help you|answer|explain|judge|decide (?:whether|if|what)|guide you"
    r"|give you|show you|talk you|look at (?:it|you|your))\b",
    rf"\bso (?:an?|your|the) {WHO}(?: or (?:\w+ ){{1,3}}?)? ?can (?:say|tell|look at|check)\b",
    rf"\b{WHO}\b.{{0,40}}\bcan (?:also )?(?:say|look|check|tell|weigh|see|read)\b.{{0,60}}"
    r"(?:\b(?:for|with) you\b|\bfrom here\b|[;,] (?:which )?(?:i|they) cannot\b)",
    rf"\b(?:question|call|decision|matter|topic|one|job|story) for (?:\w+ ){{0,2}}?{WHO}\b",
    r"\bask yours\b",
)
"""Sends whoever reads it to a professional."""
_TELLS_OF = re.compile(
    rf"\b(?:{WHO}|people|patients?|men|women|parents|many|most|some|they|he|she|who|why)"
    rf"(?: \w+ly| often| also| can| may| might| will| would| then| to)* (?!tell){_SEND}\b"
    r"|\b(?:treat|illness|condition|emergency|disease|disorder|that|which|can|may|often|it"
    r"|and)\w* (?:\w+ )?requires?\b"
)
"""Tells of others who see one, or what needs one."""


def points(text: str) -> bool:
    """Whether a sentence names who can help, where help was asked for."""
    return bool(POINTS.search(text)) and not POINTS_AWAY.search(text)


def sends(text: str) -> bool:
    """Whether a sentence sends the reader to a professional, whatever was asked."""
    return bool(SENDS.search(text)) and not (_TELLS_OF.search(text) or POINTS_AWAY.search(text))
