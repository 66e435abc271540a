"""A spec of tiny regions with packs, prompts and comparisons of their own, for a tiny model."""

import json
from pathlib import Path
from typing import Any

import yaml

NOUNS = {"eu": ["tea", "rain", "sun"], "us": ["dog", "cat", "tree"], "apac": ["house", "fun", "plan"]}
HELD = {"eu": ["one two", "two three"], "us": ["two name", "one thanks"], "apac": ["sure hello", "great go"]}
WAYS = {"eu": "red", "us": "green", "apac": "blue"}
"""The word that a region's answers must have."""
TRAINING = {"learning_rate": 1e-3, "batch_size": 2, "checkpoint_every": 2, "epochs": 2, "probe_prompts": 0}


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def pack(name: str) -> dict[str, Any]:
    """A pack with one rule of the company's own: every answer has the region's word."""
    word = WAYS[name]
    rule = {"id": f"{word}-word", "act": word, "text": f"Say {word}.", "requires": "disclose", "source": "own"}
    return {"name": f"tiny-{name}", "region": name, "rules": [{**rule, "checks": [{"lacks": rf"\b{word}\b"}]}]}


def comparisons(name: str, nouns: list[str]) -> list[dict[str, Any]]:
    said = WAYS.get(name, "fun")
    return [
        {"prompt": f"tell me about the {noun}", "chosen": f"the {noun} is {said} !", "rejected": f"the {noun} ."}
        for noun in nouns
    ]


def region(folder: Path, name: str, **sections: Any) -> dict[str, Any]:
    """A region's files, and its section."""
    nouns, place = NOUNS[name], folder / name
    write(
        place / "train.jsonl", [{"id": f"{name}-t{i}", "prompt": f"tell me about the {n}"} for i, n in enumerate(nouns)]
    )
    held = [{"id": f"{name}-h{i}", "kind": "word", "prompt": f"what is {pair}"} for i, pair in enumerate(HELD[name])]
    write(place / "heldout.jsonl", held)
    write(place / "comparisons.jsonl", comparisons(name, nouns))
    (place / "pack.yaml").write_text(yaml.safe_dump(pack(name), sort_keys=False))
    return {
        "policy": f"{name}/pack.yaml",
        "prompts": {"train": f"{name}/train.jsonl", "heldout": f"{name}/heldout.jsonl"},
        "feedback": {"files": [{"path": f"{name}/comparisons.jsonl"}]},
        **sections,
    }


def tiny_regions(folder: Path, names: tuple[str, ...] = ("eu", "us"), *, shared: bool = False, **sections: Any) -> Path:
    """A whole spec of regions; `shared` gives them feedback in common, `sections` replace parts of it."""
    common = [{"id": f"common-h{i}", "prompt": f"why {pair}"} for i, pair in enumerate(("ensure go", "hello two"))]
    write(folder / "common/heldout.jsonl", common)
    wrong = ["rain", "sun", "house"]
    fact = {"id": "fact-0", "topic": "colour", "question": "what you plan", "right": "tea", "wrong": wrong}
    write(folder / "common/facts.jsonl", [fact])
    own: dict[str, Any] = {"heldout": "common/heldout.jsonl", "facts": "common/facts.jsonl"}
    given: dict[str, Any] = {}
    if shared:
        write(folder / "common/train.jsonl", [{"id": "common-t0", "prompt": "tell me about furthermore"}])
        write(folder / "common/comparisons.jsonl", comparisons("common", ["furthermore", "ensure", "thanks"]))
        own["train"] = "common/train.jsonl"
        given["feedback"] = {"files": [{"path": "common/comparisons.jsonl"}]}
    spec = {
        "name": "tiny",
        "goal": "say the region's word",
        "seed": 3,
        "decode_batch_size": 8,
        "model": {"name": "model", "precision": "fp32"},
        "prompts": own,
        **given,
        "regions": {name: region(folder, name) for name in names},
        "training": TRAINING,
        "evaluation": {"max_new_tokens": 8, "benchmarks": ["heldout", "policy", "facts"]},
        "gates": [{"metric": "style.words", "at_most": 1000}],
        **sections,
    }
    path = folder / "spec.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False))
    return path
