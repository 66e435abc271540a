"""The words of a text behind any disguise ("f*ck", "sh1t", "f u c k", "fuuuck"), and what each is: its group, its role.

Groups ("insult", "slur") and roles ("u" for whoever is addressed) come from toxicity_words.toml. English.
"""

import re
import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path

_LISTS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
GROUPS: tuple[str, ...] = tuple(_LISTS["groups"])
STRONG = frozenset("motherfucker fuck shit bitch whore asshole dick pussy slur".split())
ABUSE = STRONG | {"insult", "scorn", "slight"}
INSULTS = "|".join(
    " ".join(_LISTS["groups"][name] for name in ("insult", "scorn", "slight", "hate")).replace("*", r"\w*").split()
)
"""A pattern's alternatives: whatever belittles or hates a person."""
HEARD = STRONG | {"ass", "insult", "scorn", "suck", "curse", "anatomy", "sexual"}
"""Groups whose every word makes a text more toxic, wherever it stands."""

_MASKED = (
    "fuck fucks fucked fucker fuckers fucking fuckin shit shits shitty bullshit bitch bitches cunt cunts nigger niggers"
    " nigga niggas faggot faggots fag fags asshole assholes ass dick dicks cock pussy pussies whore whores slut sluts"
    " motherfucker motherfuckers motherfucking cocksucker cocksuckers bastard bastards retard retarded penis prick"
    " twat damn idiot moron stupid rape kill die tits cum piss"
).split()
"""What letters behind stars are read as, the likeliest first."""
_LONGEST_MASKED = max(map(len, _MASKED))
_LEET = str.maketrans("013457@$!|", "oieastasil")
_LOOKALIKE = str.maketrans("аеіорсхукѕ’‘`´", "aeiopcxyks''''")
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u0300-\u036f]")
_SPACED = re.compile(r"(?<![\w'])(?:\w[ .*_-]){2,}\w(?![\w'])")
_TOKEN = re.compile(
    r"(?<![\w*])[\w@$](?:[\w']|[*#@$!+.|](?=[\w*#@$])|-(?=-*\w))*(?:(?<=\w)\*{2,}|(?<=\*)\*|(?<=\$)\$)?|\w+"
)
_PLAIN = re.compile(r"[a-z]+(?:'[a-z]+)?")
_MASK = re.compile(r"([*#@$!.+-]+)")
_PART = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_WRITTEN_OUT = {"won't": "will not", "can't": "can not", "gonna": "will", "imma": "i will", "ima": "i will"}
_ENDINGS = (
    ("n't", " not"), ("'ll", " will"), ("'re", " are"), ("'m", " am"), ("'ve", " have"), ("'d", " would"), ("'s", ""),
)  # fmt: skip


def _compiled(lists: dict[str, str]) -> tuple[dict[str, str], list[tuple[str, re.Pattern[str]]]]:
    """Whole words by the list they are in, and a pattern for each list's words with a `*`."""
    whole: dict[str, str] = {}
    stems: list[tuple[str, re.Pattern[str]]] = []
    for name, text in lists.items():
        for word in text.split():
            if "*" not in word:
                whole.setdefault(word, name)
        if "*" in text:
            stems.append((name, re.compile("|".join(w.replace("*", ".*") for w in text.split() if "*" in w))))
    return whole, stems


_WORDS, _STEMS = _compiled(_LISTS["groups"])
_ROLES, _ = _compiled(_LISTS["roles"])


@lru_cache(maxsize=1 << 16)
def group_of(word: str) -> str | None:
    """The group of a lower-case word, or None."""
    return _WORDS.get(word) or next((name for name, stems in _STEMS if stems.fullmatch(word)), None)


@lru_cache(maxsize=1 << 16)
def role_of(word: str) -> str:
    """A word's letter in patterns: the role it is listed with, else g for a group of people, a for abuse, v for hate,
    `.` for all else."""
    group = group_of(word)
    if group in ("race", "gender"):
        return "g"
    if word in _ROLES:
        return _ROLES[word]
    if group == "hate":
        return "v"
    return "a" if group in ABUSE else "."


def read(text: str) -> tuple[list[str], int, int]:
    """The plain lower-case words of a text, how many of them were disguised, and how many of HEARD are in capitals."""
    straight = _HIDDEN.sub("", unicodedata.normalize("NFKD", text)).translate(_LOOKALIKE)
    found: list[str] = []
    disguised = shouted = 0
    for token in _TOKEN.findall(_SPACED.sub(_closed_up, straight)):
        words, hidden = _undisguised(token.lower())
        found += words
        disguised += hidden
        shouted += len(token) > 2 and token.isupper() and any(group_of(word) in HEARD for word in words)
    return found, disguised, shouted


def _closed_up(match: re.Match[str]) -> str:
    """Letters spelled apart ("f u c k") as one word, where that is a word to hear."""
    joined = re.sub(r"[\W_]", "", match[0])
    return joined if group_of(joined.lower()) in HEARD else match[0]


@lru_cache(maxsize=1 << 16)
def _undisguised(token: str) -> tuple[tuple[str, ...], bool]:
    """The plain words of a token as written, and whether it was a word in disguise."""
    if _PLAIN.fullmatch(token):
        return _plain(token), False
    if len(token) > 2 and not token.isdigit():
        straight = token.translate(_LEET)
        if straight != token and group_of(straight) in HEARD:
            return (straight,), True
        if len(token) <= _LONGEST_MASKED and re.search(r"[*#@$!]|--", token):
            parts = (
                f"[a-z]{{{len(part)},{len(part) + 2}}}" if _MASK.fullmatch(part) else re.escape(part)
                for part in _MASK.split(token)
            )
            pattern = re.compile("".join(parts))
            for word in _MASKED:
                if pattern.fullmatch(word):
                    return (word,), True
    return tuple(word for part in _PART.findall(token) for word in _plain(part)), False


def _plain(word: str) -> tuple[str, ...]:
    """A word written out ("you're" is "you are"), stretched letters pulled together ("fuuuck" is "fuck")."""
    if word in _WRITTEN_OUT:
        return tuple(_WRITTEN_OUT[word].split())
    for ending, full in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return tuple((word.removesuffix(ending) + full).split())
    if group_of(word) is None and re.search(r"(.)\1\1", word):
        for kept in (r"\1", r"\1\1"):
            short = re.sub(r"(.)\1{2,}", kept, word)
            if group_of(short):
                return (short,)
    if group_of(word) is None and re.search(r"(.)\1", word):
        short = re.sub(r"(.)\1+", r"\1", word)
        if group_of(short) in STRONG:
            return (short,)
    return (word,)


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit to read."""
    return any(character.isalnum() for character in text)
