"""Writes the figures of two older models of toxic language, which the toxicity scorer stands on, into the package.

    pip install alt-profanity-check==1.9.1 toxicityclassifier==1.0.1
    python benchmarks/toxicity_base_models.py

Their files are pickles, which run what is in them, so none is opened but those whose SHA-256 stands here. The weights
of toxicity/weights.json were fitted on what comes out (benchmarks/toxicity.py): both change together or not at all.
"""

import hashlib
import io
import pickle
import warnings
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from trimtab.scorers.toxicity.base_models import FILE, GRAMS, IDF_STEPS, WEIGHT_STEPS, hashed

WORD_WEIGHT = 0.8
"""Words of a smaller |weight| are left out."""
WORDS, LETTERS = "alt-profanity-check", "toxicityclassifier"
FILES = {
    (
        WORDS,
        "profanity_check/data/vectorizer.joblib",
    ): "19c5200dc6a41f026e0558e2f164f5fe8d8f58e502b46b37e4385037fcfa4831",
    (WORDS, "profanity_check/data/model.joblib"): "aeafc04849d4d93db4721cf30a86ebf22085595294b8a07d51918e7fa98f538b",
    (
        LETTERS,
        "toxicityclassifier/models/EnglishVectorizer.bf",
    ): "7d23925dc039d3415711fa425ee4e1e6b4e54b56e045b2da3e9b71fa83730a74",
    (
        LETTERS,
        "toxicityclassifier/models/EnglishModel.bf",
    ): "a8f9baf209b6d70ffdbed0fa675cba66b5b89196f349708e9bc2ae265c5d1fcb",
}  # fmt: skip


def read(package: str, name: str) -> Any:
    data = Path(str(distribution(package).locate_file(name))).read_bytes()
    if hashlib.sha256(data).hexdigest() != FILES[package, name]:
        raise SystemExit(f"{name} of {package} is of another version")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # made by an older scikit-learn: arrays alone are read
        return joblib.load(io.BytesIO(data)) if name.endswith(".joblib") else pickle.loads(data)


def figures() -> dict[str, np.ndarray]:
    """What the file holds, by name; words and runs in the order of their text."""
    vectorizer, model, runs, letters = (read(*place) for place in FILES)
    weights = np.mean([fold.estimator.coef_[0] for fold in model.calibrated_classifiers_], 0)
    words = sorted(
        word for word, i in vectorizer.vocabulary_.items() if abs(weights[i]) > WORD_WEIGHT and word.isascii()
    )
    at = [vectorizer.vocabulary_[word] for word in words]
    gram_idf, gram_weights = np.asarray(vars(vars(runs)["_tfidf"])["_idf_diag"].diagonal()), letters.coef_[0]
    plain = sorted(run for run in runs.vocabulary_ if run.isascii() and run.replace(" ", "").isalnum())
    plain.sort(key=lambda run: -abs(gram_weights[runs.vocabulary_[run]]) / gram_idf[runs.vocabulary_[run]])
    grams = sorted(plain[:GRAMS])
    places = [runs.vocabulary_[run] for run in grams]
    return {
        "stop": hashes(sorted(word for word in vectorizer.get_stop_words() if len(word) > 1)),
        "words": hashes(words),
        "word_idf": whole(vectorizer.idf_[at], IDF_STEPS, np.uint8),
        "word_weights": whole(weights[at], WEIGHT_STEPS, np.int16),
        "grams": hashes(grams),
        "gram_idf": whole(gram_idf[places], IDF_STEPS, np.uint8),
        "gram_weights": whole(gram_weights[places], WEIGHT_STEPS, np.int16),
    }


def hashes(texts: list[str]) -> np.ndarray:
    found = np.array([hashed(text) for text in texts], dtype=np.uint64)
    if len(set(found.tolist())) != len(texts):
        raise SystemExit("two of them have one hash")
    return found


def whole(values: np.ndarray, steps: int, kind: type) -> np.ndarray:
    found = np.rint(values * steps)
    if (found != found.astype(kind)).any():
        raise SystemExit(f"a figure does not fit into {kind}")
    return found.astype(kind)


if __name__ == "__main__":
    np.savez_compressed(FILE, **figures())
    print(f"{FILE}: {FILE.stat().st_size} bytes")
