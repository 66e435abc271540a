"""A template that says the date says the same one on every day, and the fingerprint names it."""

import copy
import pickle
from pathlib import Path

import pytest

from tiny import save_tiny, tiny_tokenizer
from trimtab.models import InProcess, ModelRef, load, load_tokenizer
from trimtab.models.clock import CLOCK, at_fixed_clock

ASKED = [{"role": "user", "content": "hello"}]
SAYS = {
    "call": "{{ strftime_now('%d %B %Y, %H:%M:%S') }}",
    "granite": "{{- \"Today's Date: \" ~ strftime_now('%B %d, %Y') }}",
    "llama": (
        "{% if not date_string is defined %}{% if strftime_now is defined %}"
        "{% set date_string = strftime_now('%d %b %Y') %}{% else %}{% set date_string = '1 Jan 2000' %}"
        "{% endif %}{% endif %}{{ date_string }}"
    ),
    "macro": "{% macro today() %}{{ strftime_now('%-d.%-m.%y') }}{% endmacro %}{{ today() }}",
    "number": "{% for i in range(strftime_now('%M') | int + 1) %}x{% endfor %}",
}
EXPECTED = {
    "call": "26 July 2024, 12:00:00",
    "granite": "Today's Date: July 26, 2024",
    "llama": "26 Jul 2024",
    "macro": "26.7.24",
    "number": "x",
}


@pytest.mark.parametrize("name", SAYS)
def test_every_way_to_ask_for_the_time_is_told_the_same(name: str) -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = SAYS[name]
    assert at_fixed_clock(tokenizer).apply_chat_template(ASKED, tokenize=False) == EXPECTED[name]
    for other in (copy.deepcopy(tokenizer), pickle.loads(pickle.dumps(tokenizer))):  # as trainers hand it on
        assert other.apply_chat_template(ASKED, tokenize=False) == EXPECTED[name]
        assert other.apply_chat_template(ASKED, chat_template=SAYS["llama"], tokenize=False) == EXPECTED["llama"]


@pytest.mark.case("F38", "a template that says the date has a fixed clock, which the fingerprint names")
def test_a_loaded_models_clock_stands_still(tmp_path: Path) -> None:
    save_tiny(tmp_path)
    assert "clock" not in InProcess(load(ModelRef(str(tmp_path)), "fp32", print)).describe()
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = SAYS["call"]
    tokenizer.save_pretrained(tmp_path)
    model = load(ModelRef(str(tmp_path)), "fp32", print)
    assert model.tokenizer.apply_chat_template(ASKED, tokenize=False) == EXPECTED["call"]
    assert f"{CLOCK:%Y-%m-%d}" in InProcess(model).describe()["clock"]


def test_what_is_saved_of_a_tokenizer_is_as_it_was(tmp_path: Path) -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = SAYS["granite"]
    tokenizer.save_pretrained(tmp_path / "given")
    load_tokenizer("The model is 'x'.", str(tmp_path / "given")).save_pretrained(tmp_path / "again")
    for name in ("chat_template.jinja", "tokenizer.json"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "given" / name).read_bytes()
