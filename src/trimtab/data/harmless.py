"""Names of columns that say nothing of an answer, by their words.

No list of names can hold every judgement ("stars", "is_safe", "Bewertung"), so it is the harmless ones that are listed.
A name is harmless where all its words are known and the last one, what it is the name of, is a fact: `prompt_id`,
`model_a`, `response_length`, and not `response_a`, `model_score`, `winner_id`.
"""

import re
from functools import lru_cache

_FACTS = frozenset(
    # which one
    "guid hash id ids idx index indices line md5 nr number offset row sha sha256 uuid "
    # when
    "at created date datetime day duration elapsed latency month ms seconds time timestamp tstamp updated year "
    # from where
    "batch chunk collection commit copyright corpus dataset domain endpoint engine file filename fold folder href "
    "license licence link name origin part partition path project provider region revision run session shard site "
    "source split subset uri url version website "
    # about what
    "area category cluster country dialect difficulty field focus format genre group kind lang language languages "
    "locale script subject task template theme topic topics twin type types "
    # how much of it
    "bytes char characters chars cost count counts len length lengths lines price sentences size token tokens turn "
    "turns word words "
    # how it was sampled, and as numbers
    "checkpoint embedding embeddings generator logp logprob logprobs logps mask model models penalty seed "
    "temperature".split()
)
"""What a harmless column is the name of."""
_BESIDE = frozenset(
    "annotation answer assistant attention avg chat chosen completion context conv conversation data dialog dialogue "
    "doc document end entry example external first frequency from generated generation global hit in input instance "
    "instruction internal item last lead level local max mean message messages min n nb no num of original orig "
    "output pair parent per presence prompt query question raw record ref reference rejected reply repetition request "
    "response root sample span start sub system text the thread to top total trace unique unit user".split()
)
"""Words beside it."""
_WHOLE = frozenset(("finish_reason", "index_level_0", "stop_reason", "top_p", "top_k", "unnamed_0", "n", "num", "no"))
"""Names that are harmless as a whole."""
_OF_SOMETHING = frozenset("count counts mask penalty".split())
"""Facts that alone may be a judgement ("counts" of votes), and are one of something: "token_count"."""
_ONE_EACH = frozenset("cost costs difficulty n no num number nr price".split())
_LABELS = frozenset(
    "accept accepted agree approved bad best better bothbad chosen correct disagree dislike disliked down draw equal "
    "excellent fail failed fair fake false good harmful harmless helpful ignore incorrect invalid irrelevant like "
    "liked loser lose loss negative neutral no okay pass passed poor positive preferred reject rejected relevant "
    "right safe skip tie tied true unhelpful unsafe up useful useless valid win winner worse worst wrong yes".split()
)
_JUDGED = re.compile(
    r"accept|annotation|better|chosen|correct|dispreferred|feedback|good|grade|helpful|kto|label|like|prefer|quality|"
    r"rank|rating|reject|reward|safe|score|star|thumb|verdict|vote|winner"
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+|[^\W_]")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a column's name, whatever joins them: "responseLength" and "Response length" are the same two."""
    return tuple(word.casefold() for word in _WORDS.findall(name))


@lru_cache(maxsize=4096)
def harmless(name: str) -> bool:
    """Whether a column of this name says nothing of an answer."""
    words = words_of(name)
    if "_".join(words) in _WHOLE:
        return True
    known = all(word in _FACTS or word in _BESIDE or word.isdigit() or len(word) == 1 for word in words)
    while len(words) > 1 and (words[-1].isdigit() or len(words[-1]) == 1):
        words = words[:-1]  # the first of two models is a model
    alone = words == ("name",) or (len(words) == 1 and words[0] in _OF_SOMETHING)
    return known and not alone and words[-1:] != () and words[-1] in _FACTS


def figures_each(name: str) -> bool:
    """Whether a harmless column tells nothing of what its figures are of, so that one for each answer may judge it."""
    return {*words_of(name)} <= _ONE_EACH


def judges(value: str) -> bool:
    """Whether a value is a judgement, whatever its column is called ("accepted", "tie", "unsafe")."""
    return value.strip().casefold() in _LABELS


def would_judge(name: str) -> bool:
    """Whether a column of this name that is empty tells that an answer was to be judged."""
    return not harmless(name) and any(_JUDGED.match(word) for word in words_of(name))
