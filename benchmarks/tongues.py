"""The refusal scorer in fourteen languages: its fit, crossed tests and first looks; and how often English is lost.

    python benchmarks/tongues.py [--data ../shared/data] [--write]

Seven times writers who had seen no word of the scorer wrote 20 refusals and 20 helpful answers a language
(`tests/scorers/labelled/refusal_looks.jsonl`). What the scorer of each time said at its first look is printed as it was
then. The crossed tests fit the weights without one set, or without one language, and judge what was left out. The
first four sets were read while the tables of words were written; the sixth and the seventh are in no fit. `--write`
fits on all other labelled sentences and writes the weights that ship; XSTest is in none of it.

English texts (XSTest, red-team dialogues of hh-rlhf, TruthfulQA, beginnings of RealToxicityPrompts) are lost where one
is surely another language's, so that no scorer of English would judge it.
"""

import argparse
import csv
import gzip
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

from trimtab.scorers import judge_refusal, tongue_of
from trimtab.scorers.refusal.acts import Act, acts, all_quoted
from trimtab.scorers.refusal.asked import LANGUAGES, asked_of
from trimtab.scorers.refusal.features import act_features
from trimtab.scorers.refusal.letters import PLACES, WEIGHTS, places
from trimtab.scorers.refusal.phrases import phrases

ROOT = Path(__file__).parents[1]
LABELLED = ROOT / "tests" / "scorers" / "labelled"
LEARNED = ROOT / "src" / "trimtab" / "scorers" / "refusal" / "learned.py"
LETTERS = LEARNED.with_name(WEIGHTS)
FIRST_LOOKS = {1: 500, 2: 512, 3: 444, 4: 519, 5: 518, 6: 517, 7: 540}
"""Of the 560 answers of each set, how many the scorer of its time told apart at its first look."""
KEPT = (6, 7)
"""The sets that no weight is fitted to."""
STRENGTH = 1.0
"""Inverse strength of the L2 penalty on the weights of the structure."""
LOOSE = 4.0
"""How many times larger the letters stand than the structure in the fit: the square of it is how much less they are
penalised."""
FILES = {
    "refusal_looks": 1.0,
    "refusal_more": 1.0,
    "refusal_free": 1.0,
    "refusal_orders": 1.0,
    "refusal_plain": 1.0,
    "refusal_kinds": 1.0,
    "refusal_life": 0.5,
    "refusal_tongues": 0.5,
}
"""Labelled sentences of ours and what one of them weighs. `more`: 60 more a language by a sixth writer; `free`: 70
more of refusals in idioms, by irony or by a turn to something else, and of help beside such words; `orders`:
answers that are one order ("Write to the council."), which is help; `plain`: short help in few words (a definition,
a riddle, the first sentence of a story, who speaks) and refusals of a text that was asked for; `life`: denials that
decline nothing ("I have no money"); the last have no prompt and were written for phrases."""


@dataclass(frozen=True)
class Labelled:
    """Sentences with the features of their structure, behind these the places of their letters (n × features), whether
    each refuses, its weight, its set (0: no look) and language, and whether it is a quotation that was asked for, which
    the scorer calls help without weighing it. `names` are those of the structure."""

    names: list[str]
    x: csr_matrix
    refuses: np.ndarray
    weight: np.ndarray
    look: np.ndarray
    tongue: np.ndarray
    quoted: np.ndarray


def labelled() -> Labelled:
    """All that the weights are fitted to."""
    found = []
    for file, weight in FILES.items():
        for row in map(json.loads, (LABELLED / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()):
            table, prompt = phrases(row["tongue"]), row.get("prompt", "")
            if said := acts(row["answer"], table):
                asked = asked_of(prompt, table)
                features = act_features(asked, row["answer"], said, table)
                quoted = all_quoted(row["answer"]) and asked.wants_a_text
                refuses = row["label"] != "comply"
                found.append((features, spelled(said), refuses, weight, row.get("look", 0), row["tongue"], quoted))
    features, letters, *rest = zip(*found, strict=True)
    names = list(features[0])
    structure = csr_matrix([[row[name] for name in names] for row in features])
    return Labelled(names, hstack([structure, vstack(letters)]).tocsr(), *map(np.array, rest))


def spelled(said: list[Act]) -> csr_matrix:
    """The letters of an answer's opening as a row (1 × PLACES) of length LOOSE."""
    at = places(said)
    return csr_matrix((np.full(len(at), LOOSE / max(1, len(at)) ** 0.5), at, [0, len(at)]), shape=(1, PLACES))


def fitted(data: Labelled, some: np.ndarray) -> LogisticRegression:
    """A logistic regression on some of the sentences."""
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    some = some & ~data.quoted & ~np.isin(data.look, KEPT)
    return model.fit(data.x[some], data.refuses[some], sample_weight=data.weight[some])


def write(data: Labelled) -> None:
    """Fits on all sentences but the set that is kept, and writes what ships."""
    model = fitted(data, np.full(len(data.refuses), True))
    structure, letters = np.split(model.coef_[0], [len(data.names)])
    weights = dict(zip([*data.names, "bias"], [*structure, model.intercept_[0]], strict=True))
    body = "".join(f'    "{name}": {weight + 0.0:.3f},\n' for name, weight in weights.items())
    LEARNED.write_text(
        '"""Weights of what an answer does in any language (`features.py`); written by benchmarks/tongues.py."""\n\n'
        f'ACTS = {{\n{body}}}\n"""Log-odds that an answer refuses."""\n'
    )
    np.savez_compressed(LETTERS, weights=(LOOSE * letters).astype(np.float16))
    print(f"wrote {LEARNED} and {LETTERS}\n")


def crossed(data: Labelled) -> None:
    """Prints how many of each language's answers are told apart by weights that were fitted without them."""
    looks = sorted(FIRST_LOOKS)
    apart = {name: np.zeros(len(data.refuses), dtype=bool) for name in ("set", "language")}
    for name, group, values in (("set", data.look, looks), ("language", data.tongue, LANGUAGES)):
        for value in values:
            out = group == value
            said = fitted(data, ~out).predict(data.x[out]) & ~data.quoted[out]
            apart[name][out] = said == data.refuses[out]
    print("| fitted without the | " + " | ".join(f"set: set {look}" for look in looks) + " | language: all |")
    print("|---|" + "---:|" * (len(looks) + 1))
    for code in (*LANGUAGES, "all"):
        here = np.full(len(data.refuses), True) if code == "all" else data.tongue == code
        cells = [apart["set"][here & (data.look == look)] for look in looks]
        cells.append(apart["language"][here & (data.look > 0)])
        print(f"| {code} | " + " | ".join(f"{cell.sum()} of {len(cell)} ({cell.mean():.1%})" for cell in cells) + " |")
    print()


def english(data: Path) -> Iterator[tuple[str, str]]:
    """(set, text) of English texts."""
    for name in ("human_labels_llama2orig.csv", "human_labels_mistralguard.csv"):
        with (data / "xstest" / name).open(newline="", encoding="utf-8") as file:
            yield from (("xstest", row["completion"]) for row in csv.DictReader(file))
    with gzip.open(data / "hh_rlhf" / "harmless_base_test_first1500.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            for side in ("chosen", "rejected"):
                yield "hh-rlhf", row[side].rsplit("\n\nAssistant:", 1)[-1]
    with (data / "truthfulqa" / "TruthfulQA.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for column in ("Correct Answers", "Incorrect Answers"):
                yield from (("truthfulqa", text) for text in row[column].split(";"))
    for line in (data / "realtoxicityprompts" / "prompts_500.jsonl").read_text(encoding="utf-8").splitlines():
        yield "realtoxicityprompts", json.loads(line)["text"]


def lost(data: Path) -> None:
    """Prints how many English texts are taken for another language's."""
    texts = [(name, text) for name, text in english(data) if text.strip()]
    tongue_of("the model is read once")
    start = time.perf_counter()
    gone = [(name, found, text) for name, text in texts if (found := tongue_of(text)) not in (None, "en")]
    seconds = time.perf_counter() - start
    sizes, by_set = Counter(name for name, _ in texts), Counter(name for name, _, _ in gone)
    print("| English texts | n | taken for another language |\n|---|---:|---:|")
    for name, n in sizes.items():
        print(f"| {name} | {n} | {by_set[name]} ({by_set[name] / n:.2%}) |")
    print(f"\n{1e6 * seconds / len(texts):.0f} µs a text; lost: {[(code, text[:50]) for _, code, text in gone[:10]]}\n")


def shipped() -> None:
    """Prints what the whole scorer says now of the sentences that it was fitted to, as a check that nothing is lost."""
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for file in FILES:
        for row in map(json.loads, (LABELLED / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()):
            label = judge_refusal(row.get("prompt", ""), row["answer"]).label
            name = f"set {row['look']}" if "look" in row else file
            for code in (row["tongue"], "all"):
                right[code, name].append(label is not None and (label == "comply") == (row["label"] == "comply"))
    columns = list(dict.fromkeys(name for _, name in right))
    print("| fitted to all, now | " + " | ".join(columns) + " |\n|---|" + "---:|" * len(columns))
    for code in (*LANGUAGES, "all"):
        cells = [right[code, name] for name in columns]
        print(f"| {code} | " + " | ".join(f"{sum(cell)} of {len(cell)}" for cell in cells) + " |")
    print()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path(os.environ.get("TRIMTAB_DATA", "../shared/data")))
    options.add_argument("--write", action="store_true", help="fit on all sentences and write the weights that ship")
    arguments = options.parse_args()
    print("First looks: " + "; ".join(f"set {k} {n} of 560 ({n / 560:.1%})" for k, n in FIRST_LOOKS.items()) + "\n")
    data = labelled()
    crossed(data)
    if arguments.write:
        write(data)
    else:
        shipped()
        lost(arguments.data)


if __name__ == "__main__":
    main()
