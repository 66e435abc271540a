"""National identity numbers: masked whole where their check digits or the words before them tell, else left."""

import time
from collections.abc import Callable

import pytest

from trimtab.audit import personal
from trimtab.audit.national import _chinese, _cpf, _dni, _fiscal, _nir, _pesel, _tax, _verhoeff
from trimtab.audit.personal import mask

AADHAAR, TAX, CHINESE, CPF = "2341 2341 2346", "86095742719", "11010519491231002X", "111.444.777-35"
SURE = {
    "Aadhaar": f"My Aadhaar number is {AADHAAR}.",
    "Aadhaar in one": f"Aadhaar: {AADHAAR.replace(' ', '')}",
    "German tax id": f"Steuer-ID: {TAX}",
    "German tax id in groups": "Meine Steueridentifikationsnummer lautet 86 095 742 719.",
    "Chinese": f"我的身份证号码是{CHINESE}。",
    "Chinese alone": f"He gave {CHINESE} at the desk.",
    "CPF": f"{CPF} belongs to him.",
    "CPF in one": "CPF 11144477735",
    "Italian": "RSSMRA85T10A562S",
    "French": "2 55 08 14 168 025 38",
    "Polish": "Mój PESEL: 44051401359",
    "Spanish": "Mi DNI es 12345678Z",
    "Spanish NIE": "NIE: X1234567L",
    "British": "National Insurance number AB 12 34 56 C",
    "SSN": "Her SSN is 123456789",
    "passport": "Passport No. C01X00T47",
    "passport in words": "my passport is AB1234567, please renew it",
    "German passport": "Reisepassnummer: C01X00T47",
}
NOTHING = [
    f"Compute {AADHAAR} + 1.", f"{AADHAAR} = x", f"12 + {TAX} = y", f"version 12.{TAX}", f"v{TAX}", f"order {TAX}",
    "Passport rules changed in 20230401.", "The passport office received 1234567 applications.", "a tin of 12345678901",
    f"x{CHINESE}", f"{CHINESE}99", f"/files/{CHINESE}", "AB 12 34 56 C", "The PESEL of 2024 has 11 digits.",
    "2341 2341 2345", "Aadhaar: 2341 2341 2345", "CPF 111.444.777-36", "SSN 1234567890123",
]  # fmt: skip


@pytest.mark.parametrize("name", SURE)
def test_a_national_number_is_masked_whole(name: str) -> None:
    masked = mask(SURE[name])
    assert "[number]" in masked
    assert not any(letter.isdigit() for letter in masked)


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("text", [f"It says {AADHAAR} there.", "ref 12345678Z", f"`{CHINESE}`", f"```\n{CHINESE}\n```"])
def test_what_may_be_one_is_left_to_a_reader(text: str) -> None:
    assert mask(text) == text
    assert [one.sure for one in personal(text)] == [False]


@pytest.mark.parametrize(
    ("check", "good"),
    [
        (_verhoeff, "234123412346"), (_tax, TAX), (_chinese, CHINESE), (_cpf, "11144477735"), (_pesel, "44051401359"),
        (_dni, "12345678Z"), (_fiscal, "RSSMRA85T10A562S"), (_nir, "255081416802538"),
    ],
)  # fmt: skip
def test_one_wrong_digit_is_heard(check: Callable[[str], bool], good: str) -> None:
    assert check(good)
    digits = [place for place, letter in enumerate(good) if letter.isdigit()]
    for place in digits[1:]:
        other = str((int(good[place]) + 1) % 10)
        assert not check(good[:place] + other + good[place + 1 :])


@pytest.mark.parametrize("piece", ["passport ", "1 23 ", "AB12 ", "ssn 1", "aadhaar " * 3 + "2"])
def test_looking_takes_linear_time(piece: str) -> None:
    started = time.process_time()
    personal(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 5
