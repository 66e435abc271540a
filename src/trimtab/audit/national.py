"""Numbers by which states know a person: told by their form with its check digits, and by the words before them.

| number | form | check |
|---|---|---|
| Chinese resident identity | 17 digits, a date among them, and a digit or X | ISO 7064, MOD 11-2 (GB 11643) |
| Brazilian CPF | 000.000.000-00 | two digits, modulo 11 |
| Italian codice fiscale | 16 letters and digits | modulo 26 (D.M. 23 December 1976) |
| French NIR | 13 digits and a key | modulo 97 |
| Indian Aadhaar | 12 digits from 2 on | Verhoeff 1969 |
| German tax id | 11 digits, one of them two or three times among ten | ISO 7064, MOD 11,10 |
| Polish PESEL | 11 digits | weights 1, 3, 7, 9 |
| Spanish DNI and NIE | 8 digits, or X, Y, Z and 7, and a letter | modulo 23 |
| British national insurance | two letters, six digits, A to D | none |
| passport | one or two letters at most, 6 to 9 digits | none |

The first four are known by their check alone; of the others one in ten or more of any digits would fit, or all would,
so that they are sure where the words before say what they are, and else not told or, where a check fits, not sure.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_NEAR = 40
"""Characters before a number in which words name it."""
_BEFORE = r"(?<![A-Za-z0-9_.,/+@-])(?<!\d )"
_AFTER = r"(?![A-Za-z0-9_@]|[.,/-][A-Za-z0-9]| \d)"


@dataclass(frozen=True)
class _Number:
    """A number's form, its check on the letters and digits alone, the words that name it; `alone` is whether it is sure
    without them, and `told` whether it is told at all."""

    form: str
    check: Callable[[str], bool]
    named: str
    alone: bool = False
    told: bool = True


def _verhoeff(said: str) -> bool:
    check = 0
    for place, digit in enumerate(map(int, reversed(said))):
        for _ in range(place % 8):
            digit = _TURNED[digit]
        check = _times(check, digit)
    return check == 0 and said[0] not in "01"


_TURNED = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _times(a: int, b: int) -> int:
    """The product in the dihedral group of order ten."""
    if a < 5:
        return (a + b) % 5 + 5 * (b >= 5)
    return (a - b) % 5 + 5 * (b < 5)


def _chinese(said: str) -> bool:
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    total = sum(int(digit) * weight for digit, weight in zip(said, weights, strict=False))
    return "10X98765432"[total % 11] == said[-1].upper() and said[0] != "0"


def _cpf(said: str) -> bool:
    digits = list(map(int, said))
    for size in (9, 10):
        total = sum(digit * (size + 1 - place) for place, digit in enumerate(digits[:size]))
        if total * 10 % 11 % 10 != digits[size]:
            return False
    return len(set(digits)) > 1


_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def _fiscal(said: str) -> bool:
    values = [int(letter) if letter.isdigit() else ord(letter) - 65 for letter in said]
    total = sum(_ODD[value] if place % 2 == 0 else value for place, value in enumerate(values[:15]))
    return total % 26 == values[15]


def _nir(said: str) -> bool:
    return 97 - int(said[:13]) % 97 == int(said[13:])


def _tax(said: str) -> bool:
    left = 10
    for digit in map(int, said[:10]):
        total = (digit + left) % 10 or 10
        left = total * 2 % 11
    return (11 - left) % 10 == int(said[10]) and said[0] != "0" and len(set(said[:10])) in (8, 9)


def _pesel(said: str) -> bool:
    total = sum(int(digit) * (1, 3, 7, 9)[place % 4] for place, digit in enumerate(said[:10]))
    return -total % 10 == int(said[10]) and 1 <= int(said[2:4]) % 20 <= 12


def _dni(said: str) -> bool:
    digits = said[:-1].upper().replace("X", "0").replace("Y", "1").replace("Z", "2")
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == said[-1].upper()


def _any(said: str) -> bool:
    return len(set(filter(str.isdigit, said))) > 1


_DATE = r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_NUMBERS = (
    _Number(rf"\d{{6}}[ ]?{_DATE}[ ]?\d{{3}}[\dXx]", _chinese, "身份证|身分證|resident identity|id card", alone=True),
    _Number(r"\d{3}\.\d{3}\.\d{3}-\d\d", _cpf, "cpf", alone=True),
    _Number(r"\d{11}", _cpf, "cpf", told=False),
    _Number(r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]", _fiscal, "codice fiscale", alone=True),
    _Number(
        r"[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?\d\d ?\d{3} ?\d{3} ?\d\d",
        _nir,
        "nir|sécurité sociale|numéro de sécu",
        alone=True,
    ),
    _Number(r"[2-9]\d{3} \d{4} \d{4}|[2-9]\d{3}-\d{4}-\d{4}", _verhoeff, "aadhaar|aadhar|uidai|आधार"),
    _Number(r"[2-9]\d{11}", _verhoeff, "aadhaar|aadhar|uidai|आधार", told=False),
    _Number(r"\d\d \d{3} \d{3} \d{3}", _tax, "steuer|tax id|tin|idnr"),
    _Number(r"\d{11}", _tax, "steuer|tax id|tin|idnr", told=False),
    _Number(r"\d{11}", _pesel, "pesel", told=False),
    _Number(r"(?:\d{8}|[XYZ]-?\d{7})-?[A-Z]", _dni, "dni|nie|nif"),
    _Number(r"\d{3}-?\d{2}-?\d{4}", _any, "ssn|social security", told=False),
    _Number(
        r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]",
        _any,
        "national insurance|nino|ni number",
        told=False,
    ),
    _Number(
        r"(?=[A-Z\d]*\d{5})[A-Z]{0,2}\d{6,9}|[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\d]{8}",
        _any,
        "passport|reisepass|passnummer|passeport|pasaporte|passaporto|passaporte|paspoort|paszport|паспорт|护照|旅券|여권",
        told=False,
    ),
)
_FORMS = [re.compile(f"{_BEFORE}(?:{number.form}){_AFTER}") for number in _NUMBERS]
_JOINED = (
    r"[^\W\d_]*(?:[ \u00a0:：.#°º=()-]|\b(?:cards?|numbers?|numero|número|numéro|nummer|numer|no|nr|n|id|is|was|ist|"
    r"lautet|es|est|wynosi|de|my|是|为)\b|号码|号|番号|번호|是|为|は){0,12}\Z"
)
"""What may stand between a number's name and the number."""
_NAMED = [re.compile(rf"(?<![A-Za-z])(?:{number.named}){_JOINED}", re.IGNORECASE) for number in _NUMBERS]
_STATES = re.compile("|".join(f"(?:{number.named})" for number in _NUMBERS), re.IGNORECASE)


def national(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where such numbers stand, and whether each is one for sure; those of one stretch may come several times."""
    some = _STATES.search(text) is not None
    for number, form, named in zip(_NUMBERS, _FORMS, _NAMED, strict=True):
        if not number.told and not some:
            continue
        for match in form.finditer(text):
            said = "".join(filter(str.isalnum, match[0]))
            if not number.check(said):
                continue
            sure = some and named.search(text, max(0, match.start() - _NEAR), match.start()) is not None
            if sure or number.told:
                yield match.start(), match.end(), sure or number.alone
