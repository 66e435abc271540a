"""Style scorers: what makes an answer concise and friendly rather than verbose and formal.

Each is a function of one answer to a documented figure, small enough to argue with. They count words, so they can be
gamed by words; that is why the recipe also measures knowledge, repetition and the KL from the reference.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from ..records import Better, Score
from .base import FunctionScorer
from .text import content_words, listed, ngrams, sentences, words
from .tongues import is_unspaced, not_judged, tongue_of

VERSION = "6"
"""Changes whenever a scorer would give another value for the same text; part of every evaluation's fingerprint."""

_PARTICIPLE = (
    r"(?:been|had|got|seen|done|gone|made|taken|given|known|found|heard|read|told|come|become|left|put|[a-z]{3,}ed)"
)
_CONTRACTED = re.compile(
    r"\b(?:i'm|(?:you|we|they|there|what|who)'re|(?:he|she|it|that|there|here|what|who|how|where|when|why|let)'s"
    r"|(?:i|you|we|they)'ve|(?:i|you|we|they|he|she|it|that|there|who|what|this)'(?:ll|d)"
    r"|(?:do|does|did|is|are|was|were|has|have|had|would|could|should|must|might|need|ai)n't|can't|won't|shan't|y'all)\b"
)
_EXPANDED = re.compile(
    r"\b(?:(?:i am|(?:you|we|they) are|(?:he|she|it|that|there|here|what|who|how|where|when|why) is)(?= \w)"
    r"|let us(?! know\b)|(?:i|you|we|they) (?:have|had) (?=" + _PARTICIPLE + r"\b)"
    r"|(?:he|she|it) has (?=" + _PARTICIPLE + r"\b)"
    r"|(?:i|you|we|they|he|she|it|that|there) (?:will|would)(?= \w)"
    r"|(?:do|does|did|is|are|was|were|has|have|had|would|could|should|must|need) not|cannot|can not|will not)\b"
)
_ADDRESS = listed(
    """
    let's our ours ourselves us we we'd we'll we're we've y'all you you'd you'll you're you've your yours
    yourself yourselves
    """
)
_COUNTRY = re.compile(r"\bUS\b")
_WARM = re.compile(
    r"(?<!\bnot )(?<!n't )\b(?:hi|hey|hello|thanks|thank you|welcome|glad|happy|happily|pleased|pleasure"
    r"|enjoy|enjoyable|fun|love|loved(?! ones?\b)|lovely|nice|great(?! (?:deal|britain|depression|lakes|war|wall)\b)"
    r"|good luck|awesome|wonderful|fantastic|amazing|exciting|cheers|congrats|congratulations|well done"
    r"|(?<!make )(?<!makes )(?<!making )(?<!made )(?<!be )sure"
    r"|of course|absolutely|no worries|no problem|don't worry|you've got this|you got this"
    r"|(?:i|we|let's|here's) hope|hope (?:you|this|that|it|all)|hopefully|feel free|best wishes"
    r"|delicious|cozy|cosy|friend|friends|friendly|sorry to hear"
    r"|sounds (?:good|great|fun|like|lovely|nice|perfect|tough|hard|tricky)"
    r"|perfect|favou?rite|treat yourself|have a (?:good|great|nice|lovely|wonderful|fantastic|safe|blast|fun))\b"
    r"|!|[:;]-?\)|<3|[\U0001F300-\U0001FAFF\u2600\u263A\u2665\u2728\u2763\u2764\u2B50]"
)
_FORMAL_WORDS = listed(
    """
    accordingly additionally adequate advisable aforementioned albeit alternatively approximately ascertain
    assist assistance cease commence comprehensive comprise consequently considerable constitute crucial
    demonstrate endeavor endeavour enhance ensure essential facilitate fundamental furthermore hence henceforth
    hereby however implement indicate individuals inquire maintain moreover necessitate nevertheless nonetheless
    numerous objective obtain optimal paramount particularly pertaining possess primarily prior provide purchase
    pursuant regarding remain require respectively shall significant significantly subsequently substantial
    sufficient thereby therefore thus typically upon utilise utilize various whereas wherein whilst whom
    """
)
"""Base forms; -s, -d, -ed and -ing are found too."""
_LATINATE = re.compile(r"(?:(?:tion|sion|ment|ance|ence|ness|ism)s?|it(?:y|ies)|ological|ational|ative|ually)$")
_LATINATE_MIN_LETTERS = 8
_EVERYDAY = listed(
    """
    activities activity actually announcement apartment apartments appointment appointments attention audience
    basement birthday business celebration celebrations city communities community conditions conversation
    conversations creative darkness difference differences direction directions distance electricity
    entertainment entrance eventually excitement experience experiences experiment experiments fitness gradually
    happiness illness imagination ingredients insurance invitation invitations kindness laziness location
    locations loneliness mention motivation personality question questions relation relations relative relatives
    romance sadness sentence sentences shyness situation situations suggestion suggestions television tiredness
    tradition traditions university usually vacation vacations weakness wellness
    """
)
"""Words with a Latinate ending that everybody says every day."""

_RUN, _RUN_UNSPACED = 3, 6
"""Words, and characters of a script without spaces, of a run that may be said twice."""
WARM_PER_SENTENCE_CAP = 1.0
"""Warm marks beyond one a sentence add nothing, so that a row of exclamation marks does not pay."""
ADDRESS_FULL = 0.08
"""Share of words that speak to the reader at which address is full: one word in twelve, as in ordinary talk."""
FORMAL_FULL = 0.20
"""Share of formal words at which formality is full: one word in five."""


@dataclass(frozen=True)
class StyleScorer(FunctionScorer):
    """A style scorer: its function gives a figure, or None where there is nothing to judge.

    In an answer that has words, that is by design: there is no place to contract, no run of three words.
    """

    judge: Callable[[str, str], float | None]
    english: bool = False

    def score(self, prompt: str, answer: str) -> Score:
        """As a `FunctionScorer`; what hears English words does not judge an answer in another language."""
        other = not_judged(self.name, answer) if self.english else None
        return other if other is not None else super().score(prompt, answer)

    def nothing(self, answer: str) -> Score:
        """No value; of an answer that has words none is due either."""
        return super().nothing(answer).model_copy(update={"applies": not words(answer)})


def _style(
    name: str, title: str, unit: str, better: Better, summary: str, judge: Callable[[str, str], float | None],
    *, english: bool = False,
) -> StyleScorer:  # fmt: skip
    def judged(prompt: str, answer: str) -> float | None:
        return judge(prompt, answer) if answer.strip() else None  # what says nothing is neither short nor friendly

    return StyleScorer(name, VERSION, judged, title, unit, better, summary, english)


def _per(count: float, base: float) -> float | None:
    return count / base if base else None


def _words(_: str, answer: str) -> float:
    return float(len(words(answer)))


def _sentence_length(_: str, answer: str) -> float | None:
    return _per(len(words(answer)), len(sentences(answer)))


def _contractions(_: str, answer: str) -> float | None:
    text = answer.lower().replace("’", "'")
    short, long = len(_CONTRACTED.findall(text)), len(_EXPANDED.findall(text))
    return _per(short, short + long)


def _address(_: str, answer: str) -> float | None:
    found = _words_of(_COUNTRY.sub("America", answer))  # "in the US" speaks to nobody
    share = _per(sum(word in _ADDRESS for word in found), len(found))
    return None if share is None else min(1.0, share / ADDRESS_FULL)


def _warmth(_: str, answer: str) -> float | None:
    parts = sentences(answer)
    marks = (min(WARM_PER_SENTENCE_CAP, _warm_marks(part.lower().replace("’", "'"))) for part in parts)
    return _per(sum(marks), len(parts))


@lru_cache(maxsize=2**10)
def _warm_marks(sentence: str) -> int:
    return len(_WARM.findall(sentence))


def _formality(_: str, answer: str) -> float | None:
    found = _words_of(answer)
    share = _per(sum(map(_is_formal, found)), len(found))
    return None if share is None else min(1.0, share / FORMAL_FULL)


@lru_cache(maxsize=1)
def _words_of(answer: str) -> tuple[str, ...]:
    """The words of the answer that several scores look at one after another."""
    return tuple(words(answer))


@lru_cache(maxsize=2**12)
def _is_formal(word: str) -> bool:
    if word in _EVERYDAY:
        return False
    if len(word) >= _LATINATE_MIN_LETTERS and _LATINATE.search(word):
        return True
    bare = re.sub(r"(?:s|d|ed|ing)$", "", word)
    return not _FORMAL_WORDS.isdisjoint((word, word.removesuffix("s"), word.removesuffix("d"), bare, bare + "e"))


def _repetition(_: str, answer: str) -> float | None:
    grams = ngrams(words(answer), _RUN_UNSPACED if is_unspaced(answer) else _RUN)
    return 1 - len(set(grams)) / len(grams) if grams else None


def _friendliness(prompt: str, answer: str) -> float | None:
    if not _words_of(answer):
        return None
    parts: list[float] = []
    contractions = _contractions(prompt, answer)
    if contractions is not None:
        parts.append(contractions)
    for part in (_address(prompt, answer), _warmth(prompt, answer)):
        parts.append(part or 0.0)
    parts.append(1 - (_formality(prompt, answer) or 0.0))
    return sum(parts) / len(parts)


def _on_topic(prompt: str, answer: str) -> float | None:
    if _apart(prompt, answer):
        return None
    asked = content_words(prompt)
    return _per(len(asked & content_words(answer)), len(asked))


def _apart(prompt: str, answer: str) -> bool:
    """Whether an answer is surely in another language than its prompt, so that they can share no word."""
    asked, said = tongue_of(prompt), tongue_of(answer)
    return None not in (asked, said) and asked != said


STYLE_SCORERS: tuple[StyleScorer, ...] = (
    _style(
        "words",
        "Words",
        "words",
        "lower",
        "How many words the answer has; of a script without spaces characters.",
        _words,
    ),
    _style(
        "sentence_length",
        "Sentence length",
        "words",
        "lower",
        "Words per sentence; a list item or a line counts as a sentence.",
        _sentence_length,
    ),
    _style(
        "contractions",
        "Contractions",
        "share",
        "higher",
        "Of the places where English can contract (it is / it's), the share that does. No such place: not judged.",
        _contractions,
        english=True,
    ),
    _style(
        "address",
        "Speaks to you",
        "0 to 1",
        "higher",
        "Share of words that speak to the reader or include them (you, your, let's, we), full at one in twelve.",
        _address,
        english=True,
    ),
    _style(
        "warmth",
        "Warmth",
        "0 to 1",
        "higher",
        "Share of sentences with a warm mark: a greeting, thanks, good wishes, encouragement, an exclamation mark.",
        _warmth,
        english=True,
    ),
    _style(
        "formality",
        "Formality",
        "0 to 1",
        "lower",
        "Share of formal or long Latinate words (furthermore, utilize, -tion, -ment), full at one in five.",
        _formality,
        english=True,
    ),
    _style(
        "repetition",
        "Repetition",
        "share",
        "lower",
        "Share of three-word runs already said: seq-rep-3 of Welleck et al. (2020), section 6.1. Of a script without "
        "spaces, runs of six characters.",
        _repetition,
    ),
    _style(
        "friendliness",
        "Friendliness",
        "0 to 1",
        "higher",
        "Mean of contractions (where judged), address, warmth and one minus formality.",
        _friendliness,
        english=True,
    ),
    _style(
        "on_topic",
        "On topic",
        "share",
        "higher",
        "Share of the prompt's content words that the answer takes up. Shorter answers take up fewer by nature. Of a "
        "script without spaces, pairs or threes of characters; an answer in another language than its prompt is "
        "not judged.",
        _on_topic,
    ),
)
"""Every style scorer, in the order of tables."""

_BY_NAME = {scorer.name: scorer for scorer in STYLE_SCORERS}


def style_scorer(name: str) -> StyleScorer:
    """The scorer of that name. Raises KeyError where there is none."""
    return _BY_NAME[name]
