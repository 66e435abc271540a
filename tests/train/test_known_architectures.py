"""Each architecture of the catalogue samples, and trains by DPO and RLOO over forests, as a tiny random model.

What its log-probabilities over forests are is held in tests/sharing/test_score.py; other tests train qwen2.
"""

from pathlib import Path

import pytest
import torch

from tiny import ARCHITECTURES, tiny_model, tiny_tokenizer
from trimtab.models import CATALOG, SHARING_TYPES, Decoding, LoadedModel, ModelRef, answer_ids
from trimtab.records import Comparison, Message, PreflightName, Prompt, Provenance
from trimtab.spec import RLSpec, TrainingSpec
from trimtab.train import Term, train_dpo, train_rl

ASKED = [Prompt(id=noun, messages=(Message(role="user", content=f"tell me about {noun}"),)) for noun in ("tea", "rain")]
PAIRS = [
    Comparison(
        id=prompt.id,
        prompt=prompt.messages,
        chosen=(Message(role="assistant", content="it's fun !"),),
        rejected=(Message(role="assistant", content="the one and the two and the red ."),),
        provenance=Provenance(source="test", judge="test", why=""),
    )
    for prompt in ASKED
]
LONG = TrainingSpec(
    learning_rate=1e-2, batch_size=2, warmup=0.0, probe_prompts=0,
    rl=RLSpec(steps=1, prompts_per_step=2, samples_per_prompt=2, max_new_tokens=6, watch_every=1),
)  # fmt: skip


def loaded(architecture: str) -> LoadedModel:
    return LoadedModel(tiny_model(architecture), tiny_tokenizer(), ModelRef("tiny"), "fp32")  # type: ignore[arg-type]


def test_every_known_model_is_of_an_architecture_that_is_proved() -> None:
    assert {item.model_type for item in CATALOG} == SHARING_TYPES <= set(ARCHITECTURES)


@pytest.mark.parametrize("architecture", sorted(SHARING_TYPES - {"qwen2"}))
def test_samples_and_trains_over_forests(architecture: str, tmp_path: Path) -> None:
    start = loaded(architecture)
    ids = torch.tensor([[2, 7, 8, 9]])
    said = start.model.generate(  # type: ignore[operator]
        ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=12, pad_token_id=1
    )[0, 4:].tolist()
    (own,) = next(iter(zip(*answer_ids(
        start.model, ids.tolist(), ["a"], samples=1, decoding=Decoding(max_new_tokens=12), ends=frozenset({0}), seed=0
    ), strict=True)))  # fmt: skip
    assert own == said
    dpo = train_dpo(start, PAIRS, LONG, seed=1, work=tmp_path / "dpo", adapter=tmp_path / "dpo/adapter")
    words = Term("words", 1.0, lambda answers: [float(len(said.text.split())) for said in answers])
    rl = train_rl(
        loaded(architecture), ASKED, [], LONG, [words], None, seed=1, rows=4, work=tmp_path / "rl",
        adapter=tmp_path / "rl/adapter",
    )  # fmt: skip
    for summary in (dpo, rl):
        assert summary.steps == 1
        assert [check for check in summary.preflight if not check.passed] == []
        path = next(check for check in summary.preflight if check.name == PreflightName.PATH)
        assert path.summary.startswith("over a forest, in every batch")
