"""Answers of several turns, by each method: what a user says in them is in no loss, and the preflight proves it."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tiny import TEMPLATE, plain_logps, tiny_model, tiny_tokenizer
from trimtab.errors import UserError
from trimtab.models import LoadedModel, ModelRef, end_ids, render
from trimtab.records import Comparison, Demonstration, Message, Provenance, Thumb
from trimtab.spec import TrainingSpec
from trimtab.train import plan, prepare_dpo, prepare_kto, prepare_sft
from trimtab.train import turns as by_turns
from trimtab.train.reward.data import read_rankings
from trimtab.train.turns import answers_only

SETTINGS = TrainingSpec(learning_rate=1e-3, batch_size=4, epochs=1, checkpoint_every=2, max_length=64)
TOLD = Provenance(source="s", judge="j", why="")
NOUNS = ["tea", "rain", "sun", "dog"]


def turns(*said: str) -> tuple[Message, ...]:
    return tuple(Message(role=("assistant", "user")[i % 2], content=text) for i, text in enumerate(said))


def asked(noun: str) -> tuple[Message, ...]:
    return (Message(role="user", content=f"tell me about {noun}"),)


def good(noun: str) -> tuple[Message, ...]:
    return turns(f"the {noun} is great .", "and then ?", "go on .")


def poor(noun: str) -> tuple[Message, ...]:
    return turns(f"{noun} .", "how is it ? tell me", "don't .")


COMPARISONS = [
    Comparison(id=n, prompt=asked(n), chosen=good(n), rejected=poor(n), provenance=TOLD) for n in NOUNS
]  # fmt: skip
DEMONSTRATIONS = [Demonstration(id=n, prompt=asked(n), completion=good(n), provenance=TOLD) for n in NOUNS]
THUMBS = [
    Thumb(id=f"{n}{up}", prompt=asked(n), completion=(good if up else poor)(n), label=up, provenance=TOLD)
    for n in NOUNS[:2]
    for up in (True, False)
]
PREPARE: dict[str, tuple[Any, Any]] = {
    "sft": (prepare_sft, DEMONSTRATIONS), "dpo": (prepare_dpo, COMPARISONS), "kto": (prepare_kto, THUMBS),
}  # fmt: skip


def start(template: str = TEMPLATE) -> LoadedModel:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = template
    return LoadedModel(tiny_model("qwen3"), tokenizer, ModelRef("tiny"), "fp32")


def prepared(method: str, tmp_path: Path, **settings: Any) -> Any:
    prepare, rows = PREPARE[method]
    return prepare(start(), rows, SETTINGS.model_copy(update=settings), seed=1, checkpoints=tmp_path)


def trained_words(trainer: Any, count: int) -> list[str]:
    batch = trainer.data_collator([trainer.train_dataset[i] for i in range(count)])
    mask = batch["labels"] != -100 if "labels" in batch else batch["completion_mask"].bool()
    return [trainer.processing_class.decode(ids[own]) for ids, own in zip(batch["input_ids"], mask, strict=True)]


GOOD = [f"the {n} is great . <|end|> go on . <|end|>" for n in NOUNS]
POOR = [f"{n} . <|end|> don't . <|end|>" for n in NOUNS]


@pytest.mark.case("F16", "a turn of the user's within an answer is never trained")
def test_each_method_trains_the_assistants_words_alone(tmp_path: Path) -> None:
    for method in PREPARE:
        made = prepared(method, tmp_path)
        assert all(check.passed for check in made.checks), [c.summary for c in made.checks if not c.passed]
        (shown,) = [check for check in made.checks if check.name == "the loss is on answers only"]
        assert "train exactly the tokens that an assistant says (" in shown.summary
        assert shown.required
        by_label = [GOOD[0], POOR[0], GOOD[1], POOR[1]]
        assert trained_words(made.trainer, 4) == {"sft": GOOD, "dpo": [*GOOD, *POOR], "kto": by_label}[method]


def test_ktos_neighbours_train_no_users_words_either(tmp_path: Path) -> None:
    trainer = prepared("kto", tmp_path).trainer
    batch = trainer.data_collator([trainer.train_dataset[i] for i in range(4)])
    decode = trainer.processing_class.decode
    own = [decode(ids[mask.bool()]) for ids, mask in zip(batch["input_ids"], batch["completion_mask"], strict=True)]
    other = [
        decode(ids[mask.bool()]) for ids, mask in zip(batch["KL_input_ids"], batch["KL_completion_mask"], strict=True)
    ]
    assert other == [own[-1], *own[:-1]]


def test_dpos_shared_path_gives_the_plain_loss_and_gradients(tmp_path: Path) -> None:
    """`sharing_card` holds them against each other; here is that the fast path was taken, and what the loss sums."""
    made = prepared("dpo", tmp_path)
    assert made.trainer.shares
    batch = made.trainer.data_collator([made.trainer.train_dataset[i] for i in range(4)])
    summed, _ = made.trainer.compute_ref_log_probs(made.trainer.model, dict(batch))
    fresh = start()
    for item, found in zip(COMPARISONS, summed.tolist(), strict=True):
        ids = render(fresh.tokenizer, (*item.prompt, *item.chosen), generation=False)
        logps = torch.cat([torch.zeros(1), plain_logps(fresh.model, ids[:1], ids[1:])])
        mask = torch.tensor(by_turns.tokens_of(fresh.tokenizer, item.prompt, item.chosen, frozenset({0})).said)
        assert found == pytest.approx(float(logps[-len(mask) :][mask].sum()), abs=1e-3)
        assert 0 < int(mask.sum()) < len(mask)


@pytest.mark.parametrize("method", PREPARE)
def test_a_users_turn_in_the_loss_is_stopped(method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = by_turns.assistants
    monkeypatch.setattr(by_turns, "assistants", lambda *given: [one or True for one in real(*given)])
    failed = [check.name for check in prepared(method, tmp_path).checks if not check.passed]
    assert "the loss is on answers only" in failed


@pytest.mark.parametrize(
    "change", ["a user's token more", "an assistant's token less", "a token of the prompt", "padding"]
)
def test_the_proof_is_token_by_token(change: str) -> None:
    model = start()
    rows = [(asked(n), good(n)) for n in NOUNS[:2]]
    tokens = [by_turns.tokens_of(model.tokenizer, *row, end_ids(model.model, model.tokenizer)) for row in rows]
    width = max(len(one.labels) for one in tokens) + 1
    ids = torch.tensor([([*one.prompt, *one.answer] + [1] * width)[:width] for one in tokens])
    mask = torch.tensor([([label != -100 for label in one.labels] + [False] * width)[:width] for one in tokens])
    assert answers_only(model.tokenizer, rows, ids, mask).passed
    before = len(tokens[1].prompt)
    place = {"a user's token more": before + 8, "an assistant's token less": before + 1, "a token of the prompt": 2}
    at = place.get(change, width - 1)
    assert bool(mask[1, at]) == (change == "an assistant's token less")
    mask[1, at] = ~mask[1, at]
    found = answers_only(model.tokenizer, rows, ids, mask)
    assert not found.passed
    assert found.summary.startswith("1 of 2 answers")


def test_rows_of_several_turns_are_proved_wherever_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = [row.model_copy(update={"id": f"{row.id}1", "completion": row.completion[:1]}) for row in DEMONSTRATIONS]
    rows = [*one, DEMONSTRATIONS[0]]
    (shown,) = [
        c for c in prepare_sft(start(), rows, SETTINGS, seed=1, checkpoints=tmp_path).checks if "only" in c.name
    ]
    assert shown.passed
    assert shown.summary.startswith("5 of 5 answers")
    real = by_turns.assistants
    monkeypatch.setattr(by_turns, "assistants", lambda *given: [one or True for one in real(*given)])
    (shown,) = [
        c for c in prepare_sft(start(), rows, SETTINGS, seed=1, checkpoints=tmp_path).checks if "only" in c.name
    ]
    assert not shown.passed


def test_a_ranking_of_conversations_keeps_their_turns() -> None:
    model = start()
    sides = [good("tea"), poor("tea")]
    kept, _ = read_rankings([], [(asked("tea"), sides)], model.tokenizer, 64, frozenset({0}))
    assert list(kept[0].ids) == [
        tuple(render(model.tokenizer, (*asked("tea"), *side), generation=False)) for side in sides
    ]
    texts, _ = read_rankings([], [(asked("tea"), ["fun", "red"])], model.tokenizer, 64, frozenset({0}))
    assert texts[0].texts == ("fun", "red")


NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"


@pytest.mark.case("F37", "rows that a template does not take are left out with the remedy, before training")
def test_rows_that_the_template_does_not_take_are_told() -> None:
    told = [
        row.model_copy(update={"id": f"s{row.id}", "prompt": (Message(role="system", content="be fun"), *row.prompt)})
        for row in COMPARISONS[:1]
    ]
    tokenizer = start(NO_SYSTEM + TEMPLATE).tokenizer
    found = plan([*COMPARISONS, *told], tokenizer, 64, frozenset({0}))
    assert list(found.kept) == COMPARISONS
    wanted = "the chat template takes no system message: put it into the first message of the user"
    assert [reject.reason for reject in found.rejected] == [wanted]
    with pytest.raises(UserError, match="put it into the first message of the user"):
        plan(told, tokenizer, 64, frozenset({0}))
    left_out = start(TEMPLATE.replace("in messages", "in messages if m['role'] != 'system'")).tokenizer
    assert (
        "leaves out the system message" in plan([*COMPARISONS, *told], left_out, 64, frozenset({0})).rejected[0].reason
    )
