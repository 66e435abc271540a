"""Addresses, numbers and accounts of people in a text, whole or not at all, and which of them are surely that.

A run of digits is looked at whole: nothing is found in a part of it. What the words before it call an order, a version
or a part, what stands in code, and a bare number of a telephone's length are for a reader to judge (`sure` is false);
figures of a sum, dates and times are nothing. Everything takes time linear in the text.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from ..scorers import is_unspaced
from .national import national

EMAIL, PHONE, SSN = "e-mail addresses", "telephone numbers", "social security numbers"
CARD, IBAN, NATIONAL = "cards", "IBANs", "national identity numbers"
PLACEHOLDER = {
    EMAIL: "[email]", PHONE: "[phone]", SSN: "[number]", CARD: "[card]", IBAN: "[account]", NATIONAL: "[number]",
}  # fmt: skip
"""What each kind is masked by, in the order of reports."""

SUSPECT = r"@[^\s@]+\.|(?:\d[ \x{A0}().\-–/]{0,3}){8}|\b[A-Z]{2}\d{2} ?[A-Z0-9]{4}"
SUSPECT += (
    r"|\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]|\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b|\b[A-Z]{1,2}\d{6}|\b[A-Z]\d\d[A-Z]"
)
"""What any of them needs, in one quick look at all rows (Polars' syntax)."""

_LETTER = r"0-9A-Za-z_À-ɏͰ-ϿЀ-ӿ"
_LABEL = rf"[{_LETTER}]++(?:-++[{_LETTER}]++)*+"
_EMAIL = re.compile(rf"(?<![{_LETTER}.%+'@-])[{_LETTER}.%+'-]++@{_LABEL}(?:\.{_LABEL})++(?!@|:[\w/~])")
_MADE_UP = re.compile(
    r"@(?:[\w-]+\.)*(?:example|test|invalid|localhost|domain|email|yourdomain|company)\b"
    r"|@\dx\.(?:png|jpe?g|webp|gif|svg)\Z|\b555[ .-]01\d\d\b",
    re.I,
)
"""Domains reserved for examples (RFC 2606) or used as such, and telephone numbers reserved for fiction."""

_RUN = re.compile(r"\+?\(?\d(?:[ \u00a0().\-–/]{0,3}\d)*+\)?")
_PIECE = re.compile(r"[^ \u00a0/]+")
_FIGURE_GOES_ON = re.compile(r",\d|[_@]\w")
_SSN = re.compile(r"(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}")
_CARD = re.compile(r"\d{13,19}|\d{4}([ -])(?:\d{4}\1){2}\d{4}(?:\1?\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5}")
_ISSUER = re.compile(r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7]|35)\d{14}|3[47]\d{13}|3[068]\d{12}|6\d{15,18}")
"""How long the numbers of each issuer are, by what they begin with (ISO/IEC 7812)."""
_ABROAD = re.compile(r"\+\d{1,3}(?:[ \u00a0.\-–/]{0,3}\(?\d{1,12}\)?)*+")
_HOME = re.compile(
    r"(?:\+?1[ .-]?)?(?:\(\d{3}\)[ .-]?\d{3}[ .-]\d{4}|\d{3}([-.])\d{3}\1\d{4})|\(0\d{1,5}\)(?:[ /-]{0,3}\d{2,9})+"
)
_BARE = re.compile(r"(?:1 )?\d{3} \d{3} \d{4}")
_CALLED = re.compile(r"0\d{1,5}(?:[ \u00a0.\-–/]{1,3}\d{2,9})+|0?\d{9,11}|\d{3}[ .-]\d{4}|(?:1 )?\d{3} \d{3} \d{4}")
"""Forms that are a telephone's only where the words before it say so."""
_NUMBER_IS = re.compile(
    r"(?:(?<![^\W\d_])(?:phone|tel(?:ephone|efon|éphone|éfono|efone|efoon)?|mobile|cell|fax|handy|mobil|móvil|cellulare|celular|"
    r"tél|telf|tlf|rufnummer|телефон|тел|фон|फ़ोन|फोन|whatsapp|zadzwoń|appelez(?:-moi)?|call(?: me)?|ring|bel me|"
    r"(?:my|mon|mein|mio|mi|meu|mijn|mój) (?:number|numéro|nummer|numero|número|numer))(?![^\W\d_])"
    r"|(?:手机|电话|電話|携帯|전화|휴대폰)(?:番号|号码|号|번호)?(?:[はの是为는]| )*|هاتف[يهك]?|جوال[يهك]?)"
    r"[ \u00a0:：.]*(?:(?:is|ist|est|è|é|es|le|at|on|au|op|unter|auf|पर)[ :]+){0,2}\Z",
    re.IGNORECASE,
)
"""Words right before a number that call it a telephone's."""
_OWN = re.compile(
    r"(?!(?:19|20)\d\d[-./ ]\d\d?[-./ ])(?!\d\d?[-./]\d\d?[-./](?:19|20)\d\d\b)"
    r"(?!.*[ \u00a0.]000\Z)\(?\d{1,5}\)?(?:[ \u00a0.\-–/]{1,3}\(?\d{2,9}\)?)++|\d{9,11}"
)
"""A number as countries write their own: in groups, and no date."""
_OWN_DIGITS = (8, 12)
_DIGITS = (8, 15)
"""Of a number with its country's code (ITU-T E.164)."""

_LONGEST, _SHORTEST = 40, 8
"""Characters of the longest and of the shortest number that is looked at."""
_SURELY = 10
"""Digits from which a number with a plus sign is no sum in thousands."""
_BEFORE = 60
"""Characters before a number in which words tell what it is."""
_OF_A_THING = re.compile(
    r"(?:\b(?:orders?|parts?|serials?|models?|items?|products?|invoices?|tickets?|cases?|ref(?:erence)?s?|tracking|"
    r"parcels?|shipments?|sku|version|ver|isbn|issn|ean|upc|imei|doi|patents?|rfc|section|lot|batch|policy|claim|id|"
    r"builds?|release|code|flight|vin|article|catalog(?:ue)?|barcode|licen[cs]e|document|bestellung|bestellnummer|"
    r"auftrag|rechnung|artikel|commande|facture|pedido|factura|ordine|fattura|encomenda|bestelling|zamówienie)"
    r"(?:['’]s)?(?: (?:no|nr|num|number|nummer|numéro|número|numero|id|code|key)\b\.?)?(?: (?:is|was|ist|est|es))?"
    r"|\bv|[#№])[ \u00a0]*[:=#]?[ \u00a0]*\Z",
    re.IGNORECASE,
)
"""Words right before a number that make it that of a thing."""
_TO_CALL = re.compile(
    r"(?:\b(?:phone|tel(?:ephone)?|mobile|cell|fax|whatsapp|sms|hotline|(?:my|his|her|their|our|your) number|"
    r"telefon(?:nummer)?|handy(?:nummer)?|rufnummer|mobil|téléphone|tél|teléfono|telefono|móvil|cellulare|telefone|"
    r"celular|telefoon)\b|\b(?:call|ring|text|dial|reach|contact|phone)(?:ed|ing)? (?:me|us|him|her|them|at|on|now|"
    r"today|tonight)\b)[^\d.!?\n]*(?:\.[ \u00a0]*:?[ \u00a0]*)?\Z|\b(?:call|ring|text|dial)[ :]*\Z",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:compute|calculate|add|subtract|multiply|divide|sum|plus|minus|times|equals?|mod) \Z", re.IGNORECASE
)
_FROM_SUM = re.compile(r"(?:[\d)\]]|\b[A-Za-z])[ \u00a0]*[-+*/×÷^·%]+[ \u00a0]*\Z|[=×÷^√$€£¥][ \u00a0]*\Z")
_INTO_SUM = re.compile(r"[ \u00a0]*(?:[=×÷^]|[-+*/·%][ \u00a0]*[\d(]|(?:plus|minus|times|divided|equals)\b)|[%°]|:\d")
_SURE_SUM = re.compile(r"[ \u00a0]*(?:[=×÷^]|[+*][ \u00a0]*[\d(]|(?:plus|minus|times|divided|equals)\b)")
"""The same for what has the form of a telephone's number, which a dash or a slash may part from the next."""
_BULLET = re.compile(r"(?:\A|\n)[ \t]*[-+*][ \t]+\Z")
_CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]+`", re.DOTALL)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9])++")
_IBAN_LENGTHS = {
    pair[:2]: int(pair[2:])
    for pair in (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 "
        "FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 "
        "LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 "
        "SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
    ).split()
}
"""Characters of an IBAN by country (the registry of ISO 13616)."""


@dataclass(frozen=True)
class Personal:
    """What looks like somebody's, and where; what is not `sure` is left to a reader."""

    kind: str
    start: int
    end: int
    sure: bool


def personal(text: str) -> list[Personal]:
    """What the text holds, in its order; one stretch of it is one thing only. What is reserved for examples is left
    out."""
    found: list[Personal] = []
    code = [edge for match in _CODE.finditer(text) for edge in match.span()]
    for one in sorted(
        [*_addresses(text), *_accounts(text), *_identities(text), *_numbers(text)],
        key=lambda one: (one.start, -one.end, not one.sure),
    ):
        if found and one.start < found[-1].end:
            continue
        inside = bisect_right(code, one.start) % 2 == 1
        found.append(Personal(one.kind, one.start, one.end, one.sure and not inside))
    return found


def mask(text: str) -> str:
    """The text with a placeholder for each thing that surely is somebody's."""
    pieces, last = [], 0
    for one in personal(text):
        if one.sure:
            pieces += [text[last : one.start], PLACEHOLDER[one.kind]]
            last = one.end
    return "".join([*pieces, text[last:]])


def _addresses(text: str) -> Iterator[Personal]:
    if "@" not in text:
        return
    for match in _EMAIL.finditer(text):
        ending = match[0].rpartition(".")[2].removeprefix("xn--")
        start = match.start() + len(match[0]) - len(match[0].lstrip(".'-%"))
        within = text[max(0, start - _BEFORE) : start].rpartition("://")[1:]  # a URL's user and password
        if len(ending) < 2 or not ending.isalpha() or _MADE_UP.search(match[0]):
            continue
        if not (within[0] and not re.search(r"[\s/?]", within[1])):
            yield Personal(EMAIL, start, match.end(), sure=True)


def _accounts(text: str) -> Iterator[Personal]:
    for match in _IBAN.finditer(text):
        size = _IBAN_LENGTHS.get(match[0][:2], 0)
        places = [at for at, letter in enumerate(match[0]) if letter.isalnum()]
        if size == 0 or len(places) < size:
            continue
        end = places[size - 1] + 1
        if text[match.start() + end : match.start() + end + 1].isalnum():  # its last group goes on
            continue
        account = "".join(match[0][at] for at in places[:size])
        if int("".join(str(int(letter, 36)) for letter in account[4:] + account[:4])) % 97 == 1:
            yield Personal(IBAN, match.start(), match.start() + end, sure=True)


def _identities(text: str) -> Iterator[Personal]:
    for start, end, sure in national(text):
        before = text[max(0, start - _BEFORE) : start]
        if not _reckoned(text, before, end, strong=False):
            yield Personal(NATIONAL, start, end, sure)


def _numbers(text: str) -> Iterator[Personal]:
    for match in _RUN.finditer(text):
        start, end = match.span()
        if text[end - 1] == ")" and text.count("(", start, end) < text.count(")", start, end):
            end -= 1
        before, after = text[start - 1 : start], text[end : end + 1]
        if end - start < _SHORTEST or _joins(before) or before in ("_", "@") or _joins(after):
            continue
        if (before in (",", ".") and text[start - 2 : start - 1].isdigit()) or _FIGURE_GOES_ON.match(text, end):
            continue
        for first, last in _apart(text, start, end):
            one = _number(text, first, last)
            if one is not None:
                yield one


def _joins(letter: str) -> bool:
    """Whether a letter beside a figure makes one word of both, as in scripts with spaces."""
    return letter.isalnum() and not is_unspaced(letter)


def _apart(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A run that is several telephones' numbers side by side, each whole by itself; else the run."""
    if end - start > _LONGEST or _form(text[start:end]) is None:
        places = _pieces(text, start, end)
        if len(places) > 1 and all(_is_phone(text, *place) for place in places):
            return places
    return [(start, end)]


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [(start + match.start(), start + match.end()) for match in _PIECE.finditer(text[start:end])]


def _is_phone(text: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST and _form(text[start:end]) == PHONE


def _form(said: str) -> str | None:
    """What a number is by its form alone."""
    digits = "".join(letter for letter in said if letter.isdigit())
    if _SSN.fullmatch(said):
        return SSN
    if _CARD.fullmatch(said) and _ISSUER.fullmatch(digits) and _luhn(digits):
        return CARD
    if _HOME.fullmatch(said):
        return PHONE
    if _ABROAD.fullmatch(said) and _DIGITS[0] <= len(digits) <= _DIGITS[1]:
        groups = re.findall(r"\d+", said)
        in_thousands = len(groups) < 3 or all(len(group) == 3 for group in groups[1:])
        return None if len(digits) < _SURELY and in_thousands else PHONE
    return None


def _number(text: str, start: int, end: int) -> Personal | None:
    """What a whole run of digits is, with what stands around it; None where it is nobody's."""
    said, before = text[start:end], text[max(0, start - _BEFORE) : start]
    if end - start > _LONGEST or _MADE_UP.search(said):
        return None
    kind, called = _form(said), _TO_CALL.search(before) is not None
    of_a_thing = _OF_A_THING.search(before) is not None
    own = kind is None and _is_own(said, before)
    if not called and _reckoned(text, before, end, strong=kind is not None or own):
        return None
    if own and not of_a_thing:
        return Personal(PHONE, start, end, sure=True)
    if kind is None and not of_a_thing and (_CALLED if called else _BARE).fullmatch(said):
        return Personal(PHONE, start, end, sure=called)
    if kind is None and any(_is_phone(text, *place) for place in _pieces(text, start, end)):
        return Personal(PHONE, start, end, sure=False)  # and more digits beside it
    return None if kind is None else Personal(kind, start, end, sure=not of_a_thing)


def _is_own(said: str, before: str) -> bool:
    """Whether a number in a country's own form stands right behind words that call it a telephone's."""
    digits = sum(letter.isdigit() for letter in said)
    return (
        _OWN_DIGITS[0] <= digits <= _OWN_DIGITS[1]
        and _OWN.fullmatch(said) is not None
        and _NUMBER_IS.search(before) is not None
    )


def _reckoned(text: str, before: str, end: int, *, strong: bool) -> bool:
    """Whether a number is a figure of a sum, a price, a time or a share."""
    if _COUNTED.search(before) or (_SURE_SUM if strong else _INTO_SUM).match(text, end):
        return True
    mark = _FROM_SUM.search(before)
    return mark is not None and _BULLET.search(before) is None and not (strong and set(mark[0]) & set("-/·%"))


def _luhn(digits: str) -> bool:
    """The check digit of card numbers (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return len(set(digits)) > 1 and sum(number - 9 * (number > 9) for number in doubled) % 10 == 0
