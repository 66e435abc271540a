"""How often English is taken for another language, how many labelled sentences are told apart, and the cost.

    python benchmarks/tongues.py [--data ../shared/data]

English: answers of XSTest, of hh-rlhf's red-team dialogues and of TruthfulQA, beginnings of RealToxicityPrompts.
A text counts as lost where it is surely another language's, so that no scorer of English would judge it. The sentences
in other languages are ours (`tests/scorers/labelled/refusal_tongues.jsonl`); the phrases were made with them. Those of
`refusal_looks.jsonl` are by writers who saw no phrase: errors in set 1 were mended as kinds, no phrase knows set 2.
"""

import argparse
import csv
import gzip
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from trimtab.scorers import judge_refusal, tongue_of

LABELLED = Path(__file__).parents[1] / "tests" / "scorers" / "labelled"
OWN, LOOKS = LABELLED / "refusal_tongues.jsonl", LABELLED / "refusal_looks.jsonl"


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


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path(os.environ.get("TRIMTAB_DATA", "../shared/data")))
    data = options.parse_args().data
    texts = [(name, text) for name, text in english(data) if text.strip()]
    tongue_of("the model is read once")
    start = time.perf_counter()
    lost = [(name, found, text) for name, text in texts if (found := tongue_of(text)) not in (None, "en")]
    seconds = time.perf_counter() - start
    sizes, by_set = Counter(name for name, _ in texts), Counter(name for name, _, _ in lost)
    print("| English texts | n | taken for another language |\n|---|---:|---:|")
    for name, n in sizes.items():
        print(f"| {name} | {n} | {by_set[name]} ({by_set[name] / n:.2%}) |")
    print(f"\n{1e6 * seconds / len(texts):.0f} µs a text; lost: {[(code, text[:50]) for _, code, text in lost[:10]]}\n")
    right: dict[str, Counter[str]] = defaultdict(Counter)
    for row in map(json.loads, OWN.read_text(encoding="utf-8").splitlines()):
        refuses = judge_refusal("", row["answer"]).label != "comply"
        right[row["tongue"]][row["label"]] += refuses == (row["label"] == "refuse")
        right[row["tongue"]][f"all {row['label']}"] += 1
    print("| language | refusals heard | help left alone |\n|---|---:|---:|")
    for code, seen in right.items():
        told = (f"{seen[label]} of {seen[f'all {label}']}" for label in ("refuse", "comply"))
        print(f"| {code} | {' | '.join(told)} |")
    looks: Counter[tuple[str, int]] = Counter()
    for row in map(json.loads, LOOKS.read_text(encoding="utf-8").splitlines()):
        score = judge_refusal(row["prompt"], row["answer"])
        apart = score.value is not None and (score.label != "comply") == (row["label"] == "refuse")
        for code in (row["tongue"], "all"):
            looks[code, row["look"]] += apart
    print("\n| others' sentences | set 1 of 40 | set 2 of 40 |\n|---|---:|---:|")
    for code in dict.fromkeys(code for code, _ in looks):
        print(f"| {code} | {looks[code, 1]} | {looks[code, 2]} |")


if __name__ == "__main__":
    main()
