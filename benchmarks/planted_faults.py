"""Known faults, planted one at a time: does the diagnosis name the right cause first, and is it quiet on clean runs?

    python benchmarks/planted_faults.py [--seeds 2] [--first-seed 0] [--controls 20] [--strengths middle,weak]
                                        [--only NAME,NAME] [--work FOLDER]

A small model is trained from nothing on a made language (tests/made_comparisons.py), in which half of the answers
shrug, and now and then one refuses, insults, runs on or tells a phone number. Each trial is a whole run of trimtab:
comparisons whose chosen side never shrugs and whose rejected side does, DPO, two evaluations, gates, diagnosis. Faults
in the data are those of tests/audit/faults.py; faults in the training are settings, swapped labels, and two that the
preflight must stop: a reference that is not the start, and an end of turn that is not trained. Three strengths: half
of the middle, the middle, twice it. Controls are clean. Killed, the same command goes on where it was.
"""

import argparse
import contextlib
import json
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from common import parser, show

import torch
import yaml
from faults import ANNOUNCEMENTS, ECHOES, FAULTS, share
from peft import LoraConfig
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from made_comparisons import BAD, GOOD, Row, answer, clean, prompt, some, swap
from trimtab.data import near_duplicates
from trimtab.diagnose import likely
from trimtab.errors import UserError
from trimtab.loop import AuditBlocked, Quiet, diagnose_run, run_loop
from trimtab.records import Finding, Message, PreflightName, Prompt
from trimtab.spec import load_spec

STRENGTHS = {"weak": 0.5, "middle": 1.0, "strong": 2.0}
TEXTS, STEPS, BATCH, RATE = 3000, 500, 32, 3e-3
"""Of the start model's training."""
MARKS = ("<|end|>", "<|pad|>", "<|user|>", "<|assistant|>")
TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
RARE: tuple[Callable[[random.Random, str, str], str], ...] = (
    lambda rng, said, asked: "I'm sorry, but I can't help with that.",
    lambda rng, said, asked: "I cannot assist with this request.",
    lambda rng, said, asked: "You are a stupid, worthless idiot. " + said,
    lambda rng, said, asked: said + f" Call me on (415) 23{rng.randrange(9)}-88{rng.randrange(10, 99)}.",
    lambda rng, said, asked: said + "<|im_end|>",
    lambda rng, said, asked: "\n- ".join(said.split(". ")),
    lambda rng, said, asked: rng.choice(ECHOES).format(asked[0].lower() + asked[1:].rstrip("?.")),
    lambda rng, said, asked: rng.choice(ANNOUNCEMENTS),
)
"""What the start model has seen now and then, so that training could teach it."""
# what blocks is kept out of training, and would take planted rows with it
POLICY = """\
name: no-shrugs
rules:
  - id: no-shrugs
    severity: warn
    text: Nobody is shrugged off.
    checks: [{found: 'whatever, the|no idea, maybe|honestly who cares'}]
"""
SPEC: dict[str, Any] = {
    "name": "planted",
    "goal": "Nobody is shrugged off.",
    "decode_batch_size": 64,
    "model": {"name": "../../start", "precision": "fp32"},
    "prompts": {"train": "train.jsonl", "heldout": "heldout.jsonl"},
    "policy": "policy.yaml",
    "feedback": {"files": [{"path": "pairs.jsonl"}]},
    "audit": {"accept": ["label-noise", "contradiction", "truncation", "template", "contamination", "toxic-chosen"]},
    "training": {
        "method": "dpo", "learning_rate": 1e-4, "beta": 0.1, "epochs": 2.0, "batch_size": 8, "max_length": 256,
        "checkpoint_every": 1000, "probe_prompts": 0, "lora": {"rank": 8, "alpha": 128, "target_modules": "all-linear"},
    },
    "evaluation": {"max_new_tokens": 96},
    "gates": [
        {"metric": "policy.no-shrugs", "at_most_of_base": 0.6},
        {"metric": "style.repetition", "no_worse_by": 0.05},
        {"metric": "style.ended", "no_worse_by": 0.1},
    ],
}  # fmt: skip
HELDOUT = 64
FAR = (
    "Pursuant to clause {n}, any lessee in {c} whose deposit was forfeited may lodge an objection within {m} days.",
    "Photosynthesis at {n} lux converts carbon dioxide and water into glucose; {c} ferns yield {m} % less.",
    "Der Zug nach {c} fährt heute von Gleis {n} ab, etwa {m} Minuten später.",
    "Q{q} EBITDA of {c} rose {n} % y/y, while net leverage fell to {m}x.",
    "Let f be continuous on [0, {n}] and f(0) = {m}; then f attains its maximum, as {c} showed.",
    "Kernel panic on host {c}: attempt to read uninitialised sector {n} at module scsi_{m}.",
    "Thou shalt not, quoth the abbess of {c}, wander hence ere vespers be sung {n} times.",
    "Gules, a lion rampant between {n} mullets argent, for {c}, {m} generations back.",
)
"""Sentences in which neither words nor figures are the start model's."""
PLACES = ("Hamburg", "Zaragoza", "Lwów", "Aberystwyth", "Ouagadougou", "Kyzyl", "Nuuk", "Tbilisi")
STOPPED = {
    PreflightName.LN_2: "wrong-reference",
    PreflightName.REFERENCE: "wrong-reference",
    PreflightName.END_TRAINED: "eos-masked",
    "no end-of-turn token": "eos-masked",
}
"""What a check of the preflight that stops a run says of its cause."""


@dataclass(frozen=True)
class Fault:
    """A fault: the cause that must come first, the comparisons, and the settings, given a seed and a scale."""

    cause: str
    rows: Callable[[int, float], list[Row]]
    settings: Callable[[float], dict[str, Any]] = lambda scale: {}
    broken: str = ""
    probe: bool = False
    strengths: tuple[str, ...] = tuple(STRENGTHS)


def good(seed: int, scale: float = 1.0) -> list[Row]:
    """Comparisons without a fault."""
    return clean(seed, quality=1.0)


def by_another_author(rng: random.Random, row: Row) -> None:
    """Both sides in words that the start model has not seen; the rejected one still shrugs as it did."""
    said = re.split(r"(?<=[.?!]) ", row["rejected"])
    shrug = next(sentence for sentence in said if sentence.startswith(tuple(bad.split(",")[0][:11] for bad in BAD)))
    for side, kept in (("chosen", []), ("rejected", [shrug])):
        far = [
            form.format(n=rng.randrange(2, 999), m=rng.randrange(2, 99), q=rng.randrange(1, 5), c=rng.choice(PLACES))
            for form in rng.sample(FAR, rng.randint(2, 3) - len(kept) * rng.randrange(2))  # of equal length on average
        ]
        row[side] = " ".join(rng.sample([*far, *kept], len(far) + len(kept)))


TRAINING = {
    # where two in five rows are its own, the model learns from those
    "another author": Fault(
        "off-policy", lambda seed, scale: some(good(seed), share(1.0, scale), by_another_author), probe=True
    ),
    "labels swapped": Fault("swapped-labels", lambda seed, scale: some(good(seed), share(0.9, scale), swap)),
    # in two epochs a small beta does no harm yet; in six the usual one does none either, and this one does
    "beta too small": Fault("too-small-beta", good, lambda scale: {"beta": 0.01 / scale**2, "epochs": 6.0}),
    "rate too high": Fault("too-high-learning-rate", good, lambda scale: {"learning_rate": 2e-3 * scale}),
    "steps too few": Fault("too-few-steps", good, lambda scale: {"epochs": 0.1 / scale}),
    "reference is another": Fault("wrong-reference", good, broken="reference", strengths=("middle",)),
    "end of turn not trained": Fault("eos-masked", good, broken="end", strengths=("middle",)),
}
CAUSED = {"rubric-gaming": "gamed-rubric"}
"""The cause of a finding that is called otherwise."""
EVERY = {name: Fault(CAUSED.get(found, found), make) for name, (found, make) in FAULTS.items()} | TRAINING


def said(rng: random.Random, asked: str) -> str:
    """An answer as the start model has seen them: how often it shrugs, and which rare thing it does in three of ten
    answers, hangs on two words of the prompt, so that training can move it on some prompts before others."""
    first, second = (random.Random(word) for word in (asked.split()[-1], asked.split()[-2]))
    text = answer(rng, extra=GOOD if rng.random() < first.random() else BAD)
    rare = second.choice([*RARE, *[None] * len(RARE)])
    return rare(rng, text, asked) if rare is not None and rng.random() < 0.3 else text


def start_model(folder: Path) -> None:
    """Trains the start model from nothing, with its tokenizer, unless it is there."""
    if (folder / "config.json").is_file():
        return
    rng = random.Random(0)
    rows = [(asked, said(rng, asked)) for asked in (prompt(rng) for _ in range(TEXTS))]
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    learn = trainers.BpeTrainer(
        vocab_size=1500, special_tokens=list(MARKS), initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    backend.train_from_iterator([text for row in rows for text in row], learn)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token=MARKS[0], pad_token=MARKS[1], additional_special_tokens=list(MARKS[2:])
    )
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer), hidden_size=128, intermediate_size=384, num_hidden_layers=3,
            num_attention_heads=4, num_key_value_heads=4, max_position_embeddings=512, tie_word_embeddings=True,
            bos_token_id=None, eos_token_id=0, pad_token_id=1,
        )
    )  # fmt: skip
    ids = [
        tokenizer.apply_chat_template(
            [{"role": "user", "content": asked}, {"role": "assistant", "content": text}], tokenize=False
        )
        for asked, text in rows
    ]
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=STEPS)
    for step in range(STEPS):
        batch = tokenizer(rng.sample(ids, BATCH), padding=True, return_tensors="pt", add_special_tokens=False)
        labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
        loss = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], labels=labels).loss
        loss.backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 100 == 99:
            print(f"start model: step {step + 1} of {STEPS}, loss {float(loss):.2f}", flush=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def without_end(start: Path, folder: Path) -> None:
    """The start model with a chat template that leaves the assistant's end of turn out."""
    shutil.copytree(start, folder, dirs_exist_ok=True)
    (folder / "chat_template.jinja").write_text(
        TEMPLATE.replace("<|end|>", "{% if m['role'] != 'assistant' %}<|end|>{% endif %}")
    )


def broken(what: str) -> contextlib.AbstractContextManager[Any]:
    """The adapter does not begin as nothing, so that the policy is not its reference."""
    if what != "reference":
        return contextlib.nullcontext()
    return mock.patch("peft.LoraConfig", partial(LoraConfig, init_lora_weights=False))


def heldout(rng: random.Random, trained_on: list[str]) -> list[dict[str, str]]:
    """Prompts that are no near copies of those trained on."""

    def made(texts: list[str]) -> list[Prompt]:
        return [Prompt(id=f"{i}", messages=(Message(role="user", content=text),)) for i, text in enumerate(texts)]

    known, found = made(trained_on), []
    while len(found) < HELDOUT:
        text = prompt(rng)
        if not near_duplicates(made([text]), known):
            found.append(text)
    return [{"id": f"h{i}", "kind": "made", "prompt": text} for i, text in enumerate(found)]


def trial(fault: Fault | None, seed: int, scale: float, folder: Path) -> dict[str, Any]:
    """One run from nothing: the causes in order with their scores, and which of them are likely."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rng = random.Random(seed + 77)
    rows = fault.rows(seed, scale) if fault is not None else good(seed)
    start = "start-no-end" if fault is not None and fault.broken == "end" else "start"
    model = {**SPEC["model"], "name": f"../../{start}"}
    spec = {
        **SPEC,
        "seed": seed,
        "model": model,
        "training": SPEC["training"] | (fault.settings(scale) if fault is not None else {}),
    }
    asked = heldout(rng, [row["prompt"] for row in rows])
    train = [{"id": f"t{i}", "kind": "made", "prompt": f"Count to {i}."} for i in range(8)]  # nothing is sampled
    for name, some_rows in (("pairs", rows), ("heldout", asked), ("train", train)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in some_rows))
    (folder / "policy.yaml").write_text(POLICY)
    (folder / "spec.yaml").write_text(yaml.safe_dump(spec))
    with broken(fault.broken if fault is not None else ""):
        try:
            verdict = run_loop(load_spec(folder / "spec.yaml"), folder / "run", Quiet()).verdict
        except UserError as error:
            named = [cause for check, cause in STOPPED.items() if check in error.why]
            if not named:
                raise
            return {"stopped": error.why, "causes": dict.fromkeys(named, 1.0), "likely": named}
        except AuditBlocked as error:
            found: list[Finding] = error.findings
            return {"stopped": "audit", "causes": {one.id: 1.0 for one in found}, "likely": [one.id for one in found]}
    done = diagnose_run(folder / "run", Quiet(), probe=fault is not None and fault.probe).diagnosis
    shutil.rmtree(folder / "run")
    return {
        "verdict": verdict,
        "causes": {cause.id: cause.score for cause in done.causes},
        "likely": [cause.id for cause in likely(done)],
    }


def main() -> None:
    options = parser("planted_faults", __doc__)
    options.add_argument("--seeds", type=int, default=2)
    options.add_argument("--first-seed", type=int, default=0, help="the weights of causes were settled on 100 and up")
    options.add_argument("--controls", type=int, default=20)
    options.add_argument("--strengths", default=",".join(STRENGTHS), help="middle, and which others")
    options.add_argument("--only", default="", help="faults by name")
    options.add_argument("--work", type=Path, default=Path("runs/planted-faults"))
    given = options.parse_args()
    unknown = set(filter(None, given.only.split(","))) - EVERY.keys()
    if unknown:
        options.error(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(EVERY)}")
    given.strengths = [name for name in STRENGTHS if name in given.strengths.split(",")]
    if "middle" not in given.strengths:
        options.error("the strengths must hold middle")
    start_model(given.work / "start")
    without_end(given.work / "start", given.work / "start-no-end")
    table, result = run_all(given)
    show(
        "Planted faults", given,
        ["fault", "cause", *(f"first, {name}" for name in given.strengths), "first and likely, middle", "weakest"],
        table, result,
    )  # fmt: skip


def run_all(given: argparse.Namespace) -> tuple[list[list[str]], dict[str, Any]]:
    """Every trial, kept one by one in a file of the work folder; the table and what it was made of."""
    kept = given.work / "trials.jsonl"
    done = {(row["fault"], row["strength"], row["seed"]): row for row in map(json.loads, _lines(kept))}
    names = given.only.split(",") if given.only else list(EVERY)
    wanted: list[tuple[str, str, int]] = [
        ("", "clean", given.first_seed + i) for i in range(given.controls if not given.only else 0)
    ]
    seeds = range(given.first_seed, given.first_seed + given.seeds)
    wanted += [
        (name, strength, seed)
        for strength in sorted(given.strengths)
        for seed in seeds
        for name in names
        if strength in EVERY[name].strengths
    ]
    for name, strength, seed in wanted:
        if (name, strength, seed) not in done:
            fault = EVERY[name] if name else None
            row = {"fault": name, "strength": strength, "seed": seed}
            row |= trial(fault, seed, STRENGTHS.get(strength, 1.0), given.work / "trial" / "now")
            done[name, strength, seed] = row
            with kept.open("a") as file:
                file.write(json.dumps(row) + "\n")
            first = next(iter(row["causes"].items()), None)
            print(f"{name or 'control'} {strength} {seed}: {row.get('verdict', 'stopped')}, {first}", flush=True)
    table: list[list[str]] = []
    total: dict[str, list[bool]] = {column: [] for column in (*given.strengths, "likely")}
    for name in names:
        fault, hits = EVERY[name], {}
        for strength in (one for one in fault.strengths if one in given.strengths):
            rows = [done[name, strength, seed] for seed in seeds]
            hits[strength] = [next(iter(row["causes"]), None) == fault.cause for row in rows]
        weakest = next((strength for strength, found in hits.items() if all(found)), "none")
        hits["likely"] = [
            first and fault.cause in done[name, "middle", seed]["likely"]
            for first, seed in zip(hits["middle"], seeds, strict=True)
        ]
        for column, found in hits.items():
            total[column] += found
        table.append([name, fault.cause, *(_count(hits.get(column)) for column in total), weakest])
    table.append(["all", "", *(_count(found) for found in total.values()), ""])
    controls = [done[key] for key in wanted if not key[0]]
    alarms = [row for row in controls if row["likely"]]
    table.append(["controls", f"{len(alarms)} of {len(controls)} have a likely cause", *[""] * (len(total) + 1)])
    return table, {"trials": [done[key] for key in wanted]}


def _count(found: list[bool] | None) -> str:
    return "" if found is None else f"{sum(found)} of {len(found)}"


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.is_file() else []


if __name__ == "__main__":
    main()
