"""Which language a text is in: by its script, by English function words, and else by py3langid.

That works offline (BSD licence, 4.5 MB with its model, needs numpy alone). A wrong "not English" would take English
answers out of every figure, so a text in Latin letters is another language's only where that language is SURE nats
likelier than English; names, recipes, code and one-word answers stay below. What is below is undecided (None): it is
judged as English, or as its prompt's language where that is another.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Any

LOOKED_AT = 1500
"""Characters of a text that are looked at."""
SURE = 20.0
"""Nats by which another language must be likelier than English. Of 10,567 English texts (`benchmarks/tongues.py`) none
was above 18."""
NEAR = 8.0
"""A language that is written about is taken where it is within so many nats of the likeliest one: small relatives
(Aragonese, Guianese Creole) are often ahead by a hair."""
_FIRST, _ENGLISH_SHARE, _ENGLISH_LEAST = 400, 0.15, 2
"""In so many first characters, the function words of English from which a text is English without asking further."""

LARGE = tuple(
    "de fr es pt it nl pl ru zh ja ko hi ar sv da no fi cs sk hu ro tr el he id vi uk bg sr hr sl fa ur".split()
)
"""Languages that are taken where they are near the likeliest."""
_NOTHING = "zxx"
"""py3langid's code of what is no language: figures, signs."""
NAMES = {
    "af": "Afrikaans", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian", "bho": "Bhojpuri",
    "bn": "Bengali",
    "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "gl": "Galician", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese",
    "ka": "Georgian", "kk": "Kazakh", "km": "Khmer", "kn": "Kannada", "ko": "Korean", "lo": "Lao", "lt": "Lithuanian",
    "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam", "mr": "Marathi", "ms": "Malay", "my": "Burmese",
    "ne": "Nepali", "nl": "Dutch", "no": "Norwegian", "pa": "Punjabi", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian",
    "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "th": "Thai", "tl": "Tagalog",
    "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "yue": "Cantonese",
    "zh": "Chinese",
}  # fmt: skip
"""What the codes (ISO 639) are called; a code that is not here is told as it is."""

_SCRIPTS = {
    "HANGUL": ("ko",), "HIRAGANA": ("ja",), "KATAKANA": ("ja",), "CJK": ("zh",), "THAI": ("th",), "LAO": ("lo",),
    "KHMER": ("km",), "MYANMAR": ("my",), "GREEK": ("el",), "HEBREW": ("he",), "ARMENIAN": ("hy",),
    "GEORGIAN": ("ka",), "TAMIL": ("ta",), "TELUGU": ("te",), "KANNADA": ("kn",), "MALAYALAM": ("ml",),
    "GUJARATI": ("gu",), "GURMUKHI": ("pa",), "SINHALA": ("si",), "BENGALI": ("bn", "as"),
    "DEVANAGARI": ("hi", "mr", "ne", "sa", "gom"), "ARABIC": ("ar", "fa", "ur", "ps", "sdh", "ug"),
    "CYRILLIC": ("ru", "uk", "bg", "sr", "be", "mk", "kk", "ky", "mn", "tg", "tt", "ba"), "ETHIOPIC": ("am",),
}  # fmt: skip
"""The languages of a script, by the first word of its letters' names; of several the likeliest is taken."""
_TELLING = (
    ("uk", "їєґі"), ("be", "ў"), ("sr", "јљњћђџ"), ("kk", "әғқңұһ"), ("ru", "ыэё"), ("ur", "ٹڈڑےں"), ("fa", "پچژگکی"),
)  # fmt: skip
"""Letters that tell languages of one script apart, before any likelihood is asked."""
_RELATIVES = {"hi": ("mr", "ne", "bho"), "ru": ("uk", "be", "mk", "bg")}
_EDGES = ".,;:!?।…()\"«»“”„'"
_OF_RELATIVES = {
    code: frozenset(words.split())
    for code, words in {
        "mr": "आहे आहेत नाही मी आणि तुम्ही तुमची तुमचा तुमच्या तुम्हाला मला माझी माझ्या करू शकत शकतो शकते यात हे ते पण करा घ्या टाका",
        "ne": "छ छैन हो म तपाईं तपाईंलाई तपाईंको गर्न गर्नुहोस् पनि लाई सक्दिन सक्छ त्यसपछि र यो",
        "bho": "बा बाड़े नइखे नइखीं राउर रउआ रउरा हमार एह ओह करीं खातिर",
        "be": "гэта гэтым гэтага магу дапамагчы каб што якія прабачце калі трэба можна няма спачатку потым",
        "mk": "можам тоа сум со ова треба може кај ти ве ќе сите прво потоа жал",
        "bg": "съм това ще мога моля след като първо тези може вода сега",
        "uk": "не можу цього це що та але якщо потім спочатку жаль треба",
        "hi": "है हैं नहीं और में का की के मैं को से इस यह आप आपकी कर हूँ हूं था थी",
        "ru": "я это этого что не могу и но если как для на вы вам мы потом сначала нет из от по к у в с",
    }.items()
}
"""Frequent words of languages that are written alike: which of them a short text has tells more than its letters."""
_DENSE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})
_DENSITY = 3
"""A letter of these says as much as so many of others."""
_CODE = re.compile(r"```.*?(?:```|\Z)|https?://\S+|<[^<>\n]{1,200}>", re.DOTALL)
_NO_WORD = re.compile(r"[!-~]{40,}")
_OF_ENGLISH = frozenset(
    """
    the and of that you your with for are this it have from they what which there their can't don't i'm it's not but
    when would could should about into because these those who how were other than then its you're cannot won't does did
    here more most much
    """.split()
)


@lru_cache(maxsize=1 << 14)
def _tongue(text: str) -> str | None:
    letters = Counter(map(_script, _WORD_LETTERS.findall(text)))
    for script in _DENSE & letters.keys():
        letters[script] *= _DENSITY
    if letters["HIRAGANA"] + letters["KATAKANA"]:
        letters["HIRAGANA"] += letters.pop("CJK", 0) + letters.pop("KATAKANA", 0)
    script, count = max(letters.items(), key=lambda item: item[1])
    if not count:
        return None
    if script == "LATIN":
        return _latin(text)
    several = _SCRIPTS.get(script)
    if several is None:
        return script.lower()
    return several[0] if len(several) == 1 else _likeliest(text, several)


_WORD_LETTERS = re.compile(r"[^\W\d_]")


@lru_cache(maxsize=1 << 12)
def _script(letter: str) -> str:
    return "LATIN" if letter.isascii() else unicodedata.name(letter, "LATIN").split()[0].replace("FULLWIDTH", "LATIN")


def tongue_of(text: str, prompt: str = "") -> str | None:
    """The ISO 639 code of a text's language; None where nothing tells, or too little. An undecided answer is in the
    language of its prompt where that is surely another than English."""
    found = _of(text)
    return found if found is not None or not prompt else _other(prompt)


def _other(prompt: str) -> str | None:
    asked = _of(prompt)
    return asked if asked != "en" else None


def _of(text: str) -> str | None:
    shown = text[: 4 * LOOKED_AT]
    if "```" in shown or "://" in shown or "<" in shown:
        shown = _CODE.sub(" ", shown)
    shown = shown[:LOOKED_AT].strip()
    if shown.isascii():
        return _latin(shown) if shown else None
    return _tongue(shown) if _WORD_LETTERS.search(shown) else None


def _latin(text: str) -> str | None:
    said = text[:_FIRST].lower().replace("’", "'").split()
    english = sum(word.strip('.,;:!?"()*') in _OF_ENGLISH for word in said)
    if english >= _ENGLISH_LEAST and english >= _ENGLISH_SHARE * len(said):
        return "en"
    return _asked(" ".join(dict.fromkeys(_NO_WORD.sub(" ", text).split())))  # what is said again tells nothing new


@lru_cache(maxsize=1 << 14)
def _asked(text: str) -> str | None:
    ranked = _ranked(text)
    english = dict(ranked)["en"]
    best, most = next(one for one in ranked if one[0] != _NOTHING)
    if best == "en" and most > ranked[-1][1]:
        return "en"
    if most - english < SURE:
        return None
    return next((code for code, likely in ranked if code in LARGE and most - likely <= NEAR), best)


def _likeliest(text: str, several: tuple[str, ...]) -> str:
    """Of the languages of a script; the first is taken where it is near the likeliest."""
    if (relative := _relative(text, several[0])) is not None:
        return relative
    telling = (code for code, letters in _TELLING if code in several and any(letter in text for letter in letters))
    if (told := next(telling, None)) is not None:
        return told
    ranked = [(code, likely) for code, likely in _ranked(text) if code in several]
    if not ranked:
        return several[0]
    first = dict(ranked)[several[0]]
    return several[0] if ranked[0][1] - first <= SURE else ranked[0][0]


def _relative(text: str, first: str) -> str | None:
    """A language of whose words a text has more than of the first one's, at least two."""
    said = {word.strip(_EDGES) for word in text.casefold().split()}
    of_first = _OF_RELATIVES.get(first, frozenset())
    among = _RELATIVES.get(first, ())
    counts = {code: len(said & _OF_RELATIVES[code]) for code in among}
    best = max(counts, key=lambda code: counts[code], default=None)
    return best if best is not None and counts[best] >= 2 and counts[best] > len(said & of_first) else None


def _ranked(text: str) -> list[tuple[str, float]]:
    import py3langid

    ranked: Any = py3langid.rank(text)
    return list(ranked)


def tongue_name(code: str) -> str:
    """What a language is called in a report."""
    return NAMES.get(code, code)
