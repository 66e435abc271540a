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

from .relatives import KNOWN, relative_of

LOOKED_AT = 1500
"""Characters of a text that are looked at."""
SURE = 20.0
"""Nats by which another language must be likelier than English. Of 10,567 English texts (`benchmarks/tongues.py`) none
was above 18."""
LEAST = 8.0
"""Nats that are enough for a text without a frequent word of English, by its words in lower case, which are no names;
and for one in Cyrillic without any of the letters that tell Russian (0.6 % of short Russian messages are above)."""
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
    "af": "Afrikaans", "an": "Aragonese", "ar": "Arabic", "ast": "Asturian", "awa": "Awadhi", "az": "Azerbaijani",
    "ba": "Bashkir", "bar": "Bavarian", "be": "Belarusian", "bg": "Bulgarian", "bho": "Bhojpuri", "bn": "Bengali",
    "br": "Breton", "bs": "Bosnian", "ca": "Catalan", "co": "Corsican", "cs": "Czech", "csb": "Kashubian",
    "cy": "Welsh", "da": "Danish", "de": "German", "dsb": "Lower Sorbian", "egl": "Emilian", "el": "Greek",
    "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque", "ext": "Extremaduran",
    "fa": "Persian", "fi": "Finnish", "fo": "Faroese", "fr": "French", "frp": "Franco-Provençal", "fur": "Friulian",
    "fy": "West Frisian", "ga": "Irish", "gcf": "Guadeloupean Creole", "gcr": "Guianese Creole",
    "gd": "Scottish Gaelic", "gl": "Galician", "gom": "Konkani", "gos": "Gronings", "gsw": "Swiss German",
    "gu": "Gujarati", "ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "hne": "Chhattisgarhi", "hr": "Croatian",
    "hsb": "Upper Sorbian", "ht": "Haitian Creole", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "ig": "Igbo", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "jam": "Jamaican Creole", "ka": "Georgian",
    "kea": "Cape Verdean Creole", "kk": "Kazakh", "km": "Khmer", "kn": "Kannada", "ko": "Korean", "ksh": "Ripuarian",
    "ku": "Kurdish", "ky": "Kyrgyz", "la": "Latin", "lad": "Ladino", "lb": "Luxembourgish", "lg": "Luganda",
    "li": "Limburgish", "lij": "Ligurian", "lmo": "Lombard", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian",
    "mag": "Magahi", "mai": "Maithili", "mfe": "Mauritian Creole", "mg": "Malagasy", "mk": "Macedonian",
    "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "mwl": "Mirandese",
    "my": "Burmese", "nap": "Neapolitan", "nds": "Low German", "ne": "Nepali", "nl": "Dutch",
    "nn": "Norwegian Nynorsk", "no": "Norwegian", "oc": "Occitan", "pa": "Punjabi", "pap": "Papiamento",
    "pcd": "Picard", "pcm": "Nigerian Pidgin", "pfl": "Palatine German", "pl": "Polish", "pms": "Piedmontese",
    "ps": "Pashto", "pt": "Portuguese", "raj": "Rajasthani", "rcf": "Réunion Creole", "ro": "Romanian",
    "ru": "Russian", "rue": "Rusyn", "rw": "Kinyarwanda", "sa": "Sanskrit", "sc": "Sardinian", "scn": "Sicilian",
    "sco": "Scots", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sn": "Shona", "so": "Somali",
    "sq": "Albanian", "sr": "Serbian", "st": "Sotho", "sv": "Swedish", "sw": "Swahili", "swg": "Swabian",
    "szl": "Silesian", "ta": "Tamil", "te": "Telugu", "tg": "Tajik", "th": "Thai", "tk": "Turkmen", "tl": "Tagalog",
    "tpi": "Tok Pisin", "tr": "Turkish", "tt": "Tatar", "ug": "Uyghur", "uk": "Ukrainian", "ur": "Urdu",
    "uz": "Uzbek", "vec": "Venetian", "vi": "Vietnamese", "vls": "West Flemish", "vmf": "East Franconian",
    "wa": "Walloon", "wuu": "Wu Chinese", "xh": "Xhosa", "yo": "Yoruba", "yue": "Cantonese", "zea": "Zeelandic",
    "zh": "Chinese", "zu": "Zulu",
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
_ALPHABETS = {"ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"}
STRANGE = 0.015
"""The share of a text's letters above which those that an alphabet does not have are no foreign name's."""
_DENSE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})
_DENSITY = 3
"""A letter of these says as much as so many of others."""
_CODE = re.compile(r"```.*?(?:```|\Z)|https?://\S+|<[^<>\n]{1,200}>", re.DOTALL)
_PLAIN = 3
"""Words in lower case, which are no names, from which a language can be told by them alone."""
_LOWER = re.compile(r"(?:[^\W\d_A-Z]|['’])+[,.;:!?]*")
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
    if len(several) > 1:
        return _likeliest(text, several)
    return relative_of(text, several[0]) or several[0]


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
    near = _near(text)
    return relative_of(text, near) or near


def _near(text: str) -> str | None:
    said = text[:_FIRST].lower().replace("’", "'").split()
    english = sum(word.strip('.,;:!?"()*') in _OF_ENGLISH for word in said)
    if english >= _ENGLISH_LEAST and english >= _ENGLISH_SHARE * len(said):
        return "en"
    once = dict.fromkeys(_NO_WORD.sub(" ", text).split())  # what is said again tells nothing new
    found = _asked(" ".join(once), SURE)
    plain = [word for word in once if _LOWER.fullmatch(word)]
    if found is None and not english and len(plain) >= _PLAIN:
        weak = _asked(" ".join(plain), LEAST)
        return None if weak in KNOWN else weak
    return found


@lru_cache(maxsize=1 << 14)
def _asked(text: str, sure: float) -> str | None:
    """A text's language where it is so many nats likelier than English."""
    ranked = likelihoods(text)
    english = dict(ranked)["en"]
    best, most = next(one for one in ranked if one[0] != _NOTHING)
    if best == "en" and most > ranked[-1][1]:
        return "en"
    if most - english < sure:
        return None
    return next((code for code, likely in ranked if code in LARGE and most - likely <= NEAR), best)


def _likeliest(text: str, several: tuple[str, ...]) -> str:
    """Of the languages of a script; the first is taken where it is near the likeliest and has all the letters."""
    first = several[0]
    if (relative := relative_of(text, first)) is not None:
        return relative
    strange = first in _ALPHABETS and _strange(text, _ALPHABETS[first])
    among = several[1:] if strange else several
    asked = (first,) if first in _ALPHABETS and not strange else among
    telling = (code for code, letters in _TELLING if code in asked and any(letter in text for letter in letters))
    if (told := next(telling, None)) is not None:
        return told
    ranked = [(code, likely) for code, likely in likelihoods(text) if code in among]
    if not ranked:
        return first
    sure = LEAST if first in _ALPHABETS else SURE
    return first if not strange and ranked[0][1] - dict(ranked)[first] <= sure else ranked[0][0]


def _strange(text: str, alphabet: str) -> bool:
    """Whether a text has more letters that an alphabet does not have than a foreign name gives it."""
    letters = [letter for letter in _WORD_LETTERS.findall(text.lower()) if not letter.isascii()]
    return sum(letter not in alphabet for letter in letters) > STRANGE * len(letters)


def likelihoods(text: str) -> list[tuple[str, float]]:
    """The languages that py3langid knows (ISO 639), the likeliest first, each with its nats."""
    import py3langid

    ranked: Any = py3langid.rank(text)
    return list(ranked)


def tongue_name(code: str) -> str:
    """What a language is called in a report."""
    return NAMES.get(code, code)
