"""A diagnosed run's models are asked: measured from where training began, with the refusals that its data teaches."""

from dataclasses import replace

import pytest

from made.run import comparisons
from tiny import plain_logps, save_tiny, tiny_spec
from trimtab.diagnose import REFUSALS, built_in, refusal
from trimtab.loop import Diagnosed, Quiet, diagnose_run, run_loop, write_diagnosis
from trimtab.loop.publish import adapter_stage
from trimtab.loop.repair.apply import _pairs
from trimtab.loop.repair.implicit_reward import ITEMS, load_reference, probe_models
from trimtab.models import LoadedModel, ModelRef, load, prompt_ids
from trimtab.records import Answer, Cause, Intervention, Message, Prompt, to_jsonl
from trimtab.spec import load_spec


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Diagnosed:
    folder = tmp_path_factory.mktemp("probed")
    path = tiny_spec(
        folder / "spec",
        feedback={"files": [{"path": "pairs.jsonl"}]},
        training={
            "method": "dpo", "sft_first": {"epochs": 1}, "learning_rate": 1e-2, "epochs": 1, "probe_prompts": 0,
            "batch_size": 8,
        },
    )  # fmt: skip
    save_tiny(folder / "spec" / "model")
    (folder / "spec" / "pairs.jsonl").write_text(to_jsonl(comparisons(0.3)))
    run_loop(load_spec(path), folder / "run", Quiet())
    return diagnose_run(folder / "run", Quiet(), probe=True)


def summed(model: LoadedModel, asked: str, said: str) -> float:
    """The log-probability of an answer and its end, by a plain pass."""
    ids = model.tokenizer(said, add_special_tokens=False)["input_ids"] + [model.tokenizer.eos_token_id]
    before = prompt_ids(model.tokenizer, (Message(role="user", content=asked),))
    return float(plain_logps(model.model, before, ids).sum())


def test_the_implicit_reward_is_measured_from_the_fine_tuned_model(done: Diagnosed) -> None:
    run, loaded = done.run, done.loaded
    start = str(loaded.path("model"))
    tuned, trained = (
        load(ModelRef(start, (str(stage.folder / "adapter"),)), "fp32", print)
        for stage in (run.current("train.sft"), adapter_stage(run))
        if stage is not None
    )
    assert done.refusals
    assert not set(done.refusals) - {row.chosen_text for row in comparisons(0.3)}
    reference = load_reference(run, loaded, Quiet())
    implicit = probe_models(run, loaded, reference, done.refusals, Quiet()).implicit
    assert implicit is not None
    paid = []
    for place, item in enumerate(built_in()[:ITEMS]):
        helps, refuses = (
            summed(trained, item.prompt, said) - summed(tuned, item.prompt, said)
            for said in (item.answer, refusal(item.answer, place, done.refusals))
        )
        paid.append(loaded.spec.training.beta * (refuses - helps))
    assert implicit.mean.estimate == pytest.approx(sum(paid) / ITEMS, abs=1e-3)
    assert abs(implicit.mean.estimate) > 1e-2  # else nothing was learned, and any reference gives the same
    assert implicit.share.estimate == sum(value > 0 for value in paid) / ITEMS
    assert summed(load(ModelRef(start), "fp32", print), "Hi", "tea") != pytest.approx(
        summed(tuned, "Hi", "tea"), abs=1e-3
    )


def test_what_was_asked_is_evidence_and_nothing_is_left_out(done: Diagnosed) -> None:
    assert done.diagnosis.notes == ()
    cause = next(cause for cause in done.diagnosis.causes if cause.id == "refusal-bias")
    assert any("implicit reward" in each.summary for each in cause.evidence)


def test_contrast_pairs_set_the_datas_own_refusals_against_help() -> None:
    prompts = [Prompt(id=f"p{i}", messages=(Message(role="user", content="How do I bake bread?"),)) for i in range(4)]
    said = ["Knead flour and water.", "I'm sorry, but I can't help with that.", "Knead", "Knead it. Then let it"]
    answers = [Answer(prompt_id=f"p{i}", index=0, text=text, tokens=9, ended=i < 2) for i, text in enumerate(said)]
    pairs = _pairs(prompts, answers, "m", None, ["No bread from me."])
    assert [pair.chosen_text for pair in pairs] == [said[0], "Knead it."]  # a refusal and half a sentence are no help
    assert {pair.rejected_text for pair in pairs} == {"No bread from me."}
    assert _pairs(prompts, answers, "m", None, REFUSALS)[0].rejected_text in REFUSALS


def test_where_people_must_mend_no_spec_is_written(done: Diagnosed) -> None:
    by_hand = Intervention(id="read", summary="Read the rows.", data="collect:read")
    cause = Cause(id="source-shortcut", title="t", score=0.6, evidence=(), interventions=(by_hand,))
    told = replace(done, diagnosis=done.diagnosis.model_copy(update={"causes": (cause, *done.diagnosis.causes)}))
    path, why_not = write_diagnosis(told, None)
    assert path is None
    assert "for people to mend" in why_not
    path, why_not = write_diagnosis(told, "turn-refusal-bias")
    assert path is not None
    assert why_not == ""
