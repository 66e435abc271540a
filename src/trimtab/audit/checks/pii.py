"""`pii`: addresses, numbers and accounts of people."""

import re

import numpy as np

from ...records import Finding
from ..limits import PERSONAL
from ..result import CheckResult, ids, percent, share, weight
from ..view import View

_EMAIL = re.compile(r"\b[\w.+-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}\b")
_PHONE = re.compile(
    r"(?<![\w.])(?:\+\d{1,3}[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w.-]?\d)"
    r"|(?<!\w)\+\d{1,3}(?:[ .-]?\d{2,4}){3,4}(?!\d)"
)
_SSN = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
_CARD = re.compile(r"(?<![\d.-])(?:\d[ -]?){12,18}\d(?![\d.-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_SUSPECT = (
    r"@[A-Za-z0-9-]+\.|\d{3}[ .)-]{1,2}\d{2,3}[ .-]\d{4}|\+\d{1,3}[ .-]?\d|(?:\d[ -]?){13}|\b[A-Z]{2}\d{2} ?[A-Z0-9]{4}"
)
"""What any of them needs, in one quick look at all rows."""
_MADE_UP = re.compile(
    r"@(?:[\w-]+\.)*(?:example|test|invalid|localhost|domain|email|yourdomain|company)\b|\b555[ .-]01\d\d\b", re.I
)
"""Domains reserved for examples (RFC 2606) or used as such, and telephone numbers reserved for fiction."""


def pii(view: View) -> CheckResult | None:
    """All texts of all rows; what is reserved for examples does not count."""
    import polars as pl

    names = [name for name in ("prompt", "before", "chosen", "rejected") if name in view.trained.columns]
    suspect = (
        view.trained.lazy().select(pl.any_horizontal(pl.col(names).str.contains(_SUSPECT)).fill_null(False)).collect()
    )
    rows, kinds = (
        [],
        dict.fromkeys(("e-mail addresses", "telephone numbers", "social security numbers", "cards", "IBANs"), 0),
    )
    for row in np.flatnonzero(suspect.to_series().to_numpy()).tolist():
        item = view.trained.row(row, named=True)
        held = {kind for name in names for kind, _ in personal(item[name] or "")}
        for kind in held:
            kinds[kind] += 1
        if held:
            rows.append(row)
    if not rows:
        return None
    rate = share(len(rows), view.n)
    return CheckResult(
        Finding(
            id="pii",
            severity=weight(rate, PERSONAL),
            title="Personal data stands in the texts",
            figure=rate.estimate,
            summary=f"{percent(rate)} of rows hold what looks like personal data: "
            + ", ".join(f"{kind} in {count}" for kind, count in kinds.items() if count)
            + ". Found by form; names and street addresses are not looked for.",
            rows=ids(view, rows),
            count=len(rows),
            remedy="Mask it (the audit's fix puts a placeholder in its place), and check your right to keep the rows.",
            fixable=True,
        ),
        edit=mask,
        edits_prompt=True,
    )


def personal(text: str) -> list[tuple[str, re.Match[str]]]:
    """Each kind with its match, in the order of the kinds; one stretch of text is one thing only."""
    found: list[tuple[str, re.Match[str]]] = []
    for kind, pattern, valid in (
        ("e-mail addresses", _EMAIL, None),
        ("cards", _CARD, _luhn),
        ("IBANs", _IBAN, _mod97),
        ("social security numbers", _SSN, None),
        ("telephone numbers", _PHONE, None),
    ):
        for match in pattern.finditer(text):
            fits = valid is None or valid(re.sub(r"[ -]", "", match[0]))
            if fits and not _MADE_UP.search(match[0]) and not any(_meet(match, other) for _, other in found):
                found.append((kind, match))
    return found


_PLACEHOLDER = {
    "e-mail addresses": "[email]",
    "telephone numbers": "[phone]",
    "social security numbers": "[number]",
    "cards": "[card]",
    "IBANs": "[account]",
}


def mask(text: str) -> str:
    """The text with a placeholder for each thing found."""
    for kind, match in sorted(personal(text), key=lambda one: -one[1].start()):
        text = text[: match.start()] + _PLACEHOLDER[kind] + text[match.end() :]
    return text


def _meet(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.start() < other.end() and other.start() < one.end()


def _luhn(digits: str) -> bool:
    """The check digit of card numbers (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return len(set(digits)) > 1 and sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def _mod97(account: str) -> bool:
    """The check digits of an IBAN (ISO 13616)."""
    return int("".join(str(int(letter, 36)) for letter in account[4:] + account[:4])) % 97 == 1
