"""The embedded default, for real: pulled, whole, and used as the loop uses it. Skipped where no source gives it."""

from pathlib import Path

import pytest
import torch

import trimtab.recipes
from trimtab.data import read_facts, read_prompts
from trimtab.errors import UserError
from trimtab.evaluate import facts_right
from trimtab.models import Decoding, LoadedModel, ModelRef, load, prompt_ids, pull, read_card, sample_batch

pytestmark = pytest.mark.real
ALIAS = "smollm2-135m"
RECIPE = Path(trimtab.recipes.__file__).parent / "concise_friendly"


@pytest.fixture(scope="module")
def loaded() -> LoadedModel:
    try:
        pull(ALIAS, print)
    except UserError as error:
        pytest.skip(f"the model cannot be had here: {error.why}")
    return load(ModelRef(ALIAS), "fp32", print)


def test_it_is_pulled_whole(loaded: LoadedModel) -> None:
    card = read_card(ALIAS)
    assert card is not None
    assert "model.safetensors" in card.files
    assert sum(p.numel() for p in loaded.model.parameters()) == 134_515_008
    assert loaded.tokenizer.chat_template


def test_it_says_what_transformers_says(loaded: LoadedModel) -> None:
    prompts = read_prompts(RECIPE / "prompts_heldout.jsonl")[::80]
    ours = sample_batch(loaded.model, loaded.tokenizer, prompts, samples=1, decoding=Decoding(16), seed=0)
    for prompt, answer in zip(prompts, ours, strict=True):
        ids = torch.tensor([prompt_ids(loaded.tokenizer, prompt.messages)])
        out = loaded.model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=16)
        assert answer.text == loaded.tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True)


def test_it_knows_more_than_chance(loaded: LoadedModel) -> None:
    facts = read_facts(RECIPE / "facts.jsonl")[:400:10]
    right = sum(facts_right(loaded, facts))
    assert len(facts) == 40
    assert right >= 17  # guessing gives 10, and 17 or more in one of 86 tries
