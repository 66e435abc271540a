"""Two older models of toxic language, read off the packages that ship them: their weights are figures of ours.

alt-profanity-check: a linear model over words (MIT, Victor Zhou, Menelaos Kotoglou, Dimitrios Mistriotis).
toxicityclassifier: a linear model over runs of letters (MIT, Dmitry Filinov). Both are pruned here to what weighs most
and rounded. Only their files are read, at the first text that is judged; the versions are pinned, because the weights
of toxicity_weights.json were fitted on these.
"""

import hashlib
import io
import pickle
import warnings
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import UserError

GRAMS = 6000
"""Runs of 2 to 4 letters that are kept: those of the largest |weight| / idf."""
_WORD_WEIGHT = 0.8
"""Words of a smaller |weight| are left out."""
_FILES = {
    (
        "alt-profanity-check",
        "profanity_check/data/vectorizer.joblib",
    ): "19c5200dc6a41f026e0558e2f164f5fe8d8f58e502b46b37e4385037fcfa4831",
    (
        "alt-profanity-check",
        "profanity_check/data/model.joblib",
    ): "aeafc04849d4d93db4721cf30a86ebf22085595294b8a07d51918e7fa98f538b",
    (
        "toxicityclassifier",
        "toxicityclassifier/models/EnglishVectorizer.bf",
    ): "7d23925dc039d3415711fa425ee4e1e6b4e54b56e045b2da3e9b71fa83730a74",
    (
        "toxicityclassifier",
        "toxicityclassifier/models/EnglishModel.bf",
    ): "a8f9baf209b6d70ffdbed0fa675cba66b5b89196f349708e9bc2ae265c5d1fcb",
}
"""Each file with its SHA-256: a pickle runs what is in it, so no other is opened."""


@dataclass(frozen=True)
class Prior:
    """Both models: (idf, weight) of each word; the place, idf and weight of each run, a blank at a word's ends."""

    stop: frozenset[str]
    words: dict[str, tuple[float, float]]
    grams: dict[str, int]
    gram_idf: list[float]
    gram_weights: list[float]


@cache
def prior() -> Prior:
    """Both models. Raises UserError where a package is missing or of another version."""
    vectorizer, model, runs, letters = (_read(*place) for place in _FILES)
    weights = np.mean([fold.estimator.coef_[0] for fold in model.calibrated_classifiers_], 0)
    words = sorted(
        word for word, i in vectorizer.vocabulary_.items() if abs(weights[i]) > _WORD_WEIGHT and word.isascii()
    )
    at = [vectorizer.vocabulary_[word] for word in words]
    gram_idf, gram_weights = np.asarray(vars(vars(runs)["_tfidf"])["_idf_diag"].diagonal()), letters.coef_[0]
    plain = sorted(run for run in runs.vocabulary_ if run.isascii() and run.replace(" ", "").isalnum())
    plain.sort(key=lambda run: -abs(gram_weights[runs.vocabulary_[run]]) / gram_idf[runs.vocabulary_[run]])
    grams = sorted(plain[:GRAMS])
    places = [runs.vocabulary_[run] for run in grams]
    return Prior(
        stop=frozenset(word for word in vectorizer.get_stop_words() if len(word) > 1),
        words=dict(
            zip(words, zip(_rounded(vectorizer.idf_[at], 10), _rounded(weights[at], 100), strict=True), strict=True)
        ),
        grams={run: place for place, run in enumerate(grams)},
        gram_idf=_rounded(gram_idf[places], 10),
        gram_weights=_rounded(gram_weights[places], 100),
    )


def _rounded(values: Any, steps: int) -> list[float]:
    found: list[float] = (np.rint(np.asarray(values) * steps) / steps).tolist()
    return found


def _read(package: str, name: str) -> Any:
    import joblib

    try:
        path = Path(str(distribution(package).locate_file(name)))
        data = path.read_bytes()
    except (PackageNotFoundError, OSError):
        data = b""
    if hashlib.sha256(data).hexdigest() != _FILES[package, name]:
        raise UserError(
            "The scorer is toxicity.",
            f"It reads {name} of the package {package}, which is missing here or of another version.",
            "Install trimtab with its dependencies: pip install trimtab.",
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # made by an older scikit-learn: arrays alone are read
        return joblib.load(io.BytesIO(data)) if name.endswith(".joblib") else pickle.loads(data)
