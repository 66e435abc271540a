"""The figures of two older models: no text, as their packages have them, and what they say of a few texts."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from trimtab.scorers.toxicity import base_models, features

ROOT = Path(__file__).parents[2]


def test_the_file_is_small_and_holds_numbers_alone() -> None:
    assert base_models.FILE.stat().st_size < 200_000
    with np.load(base_models.FILE, allow_pickle=False) as kept:
        assert {kept[name].dtype.kind for name in kept.files} == {"u", "i"}
        assert len(kept["grams"]) == base_models.GRAMS
    raw = b"".join(np.load(base_models.FILE)[name].tobytes() for name in ("words", "grams", "stop"))
    assert not re.findall(rb"[a-z]{7,}", raw)  # no word shows through


@pytest.mark.parametrize(
    ("text", "words", "letters"),
    [
        ("You are a complete idiot.", 4.6, 7.358892126705894),
        ("Thank you so much, that was lovely!", -2.891447673632487, 0.10498754127846713),
        ("I will find you and I will hurt you.", 1.8740000000000006, 1.5093330851881854),
        ("The bus runs every hour on Saturdays.", -1.15, 1.033858259223113),
        ("What an absurdity, said the academy.", -0.9177647571259799, 0.008538806881119687),
        ("n\xe9e \xc9T\xc9 stra\xdfe \ud83d", -1.15, 0.1717022542804501),
    ],
)
def test_what_they_say_is_what_the_packages_said(text: str, words: float, letters: float) -> None:
    assert features._words_model(text) == pytest.approx(words, rel=1e-14)
    assert features._letters_model(text)[0] == pytest.approx(letters, rel=1e-14)


def test_the_script_makes_the_file() -> None:
    pytest.importorskip("profanity_check")
    pytest.importorskip("toxicityclassifier")
    path = ROOT / "benchmarks" / "toxicity_base_models.py"
    spec = importlib.util.spec_from_file_location("toxicity_base_models", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made = script.figures()
    with np.load(base_models.FILE) as kept:
        assert set(kept.files) == set(made)
        for name in kept.files:
            assert np.array_equal(kept[name], made[name]), name


def test_the_licences_are_told() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert all(
        name in notice for name in ("Victor Zhou", "Menelaos Kotoglou", "Dimitrios Mistriotis", "Dmitry Filinov")
    )
    assert notice.count("The above copyright notice and this permission notice shall be included") == 2
