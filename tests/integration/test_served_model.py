"""The real model behind a real server: `transformers serve` says through HTTP what our sampler says in this process."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from trimtab.errors import UserError
from trimtab.models import Decoding, LoadedModel, ModelRef, generate, load, model_folder, pull
from trimtab.models.endpoint import Endpoint
from trimtab.records import Message, Prompt

pytestmark = pytest.mark.real
for needed in ("openai", "fastapi", "uvicorn"):
    pytest.importorskip(needed)

ALIAS = "smollm2-135m"
STARTING = 180.0
ASKED = ("Tell me about the moon.", "How do I boil an egg?")
BEGUN = ("The moon is the only", "To boil an egg, first")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    try:
        pull(ALIAS, print)
    except UserError as error:
        pytest.skip(f"the model cannot be had here: {error.why}")
    model = str(model_folder(ALIAS))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("served") / "log"
    command = [str(Path(sys.executable).parent / "transformers"), "serve", model]
    command += ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--dtype", "float32"]
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    try:
        _wait(f"http://127.0.0.1:{port}/health", server, log)
        yield Endpoint(f"http://127.0.0.1:{port}/v1", model, timeout=120.0, workers=2)
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="module")
def loaded(endpoint: Endpoint) -> LoadedModel:
    """The same model in this process: it is there where the server has started."""
    return load(ModelRef(ALIAS), "fp32", print)


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + STARTING
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"transformers serve did not start:\n{log.read_text()[-2000:]}")


@pytest.mark.parametrize(("texts", "chat"), [(ASKED, True), (BEGUN, False)])
def test_a_served_model_says_what_it_says_in_process(
    endpoint: Endpoint, loaded: LoadedModel, texts: tuple[str, ...], chat: bool
) -> None:
    prompts = [Prompt(id=text, messages=(Message(role="user", content=text),)) for text in texts]
    decoding = Decoding(max_new_tokens=10)
    served = endpoint.answers(prompts, samples=1, decoding=decoding, seed=0, chat=chat)
    made = generate(loaded.model, loaded.tokenizer, prompts, decoding=decoding, seed=0, chat=chat)
    ours = {answers[0].prompt_id: answers[0] for answers in made}
    assert {Path(answer.served or "").name for answer in served} == {
        f"{ALIAS}@main"
    }  # who the server says has answered
    assert [answer.model_copy(update={"served": None}) for answer in served] == [ours[text] for text in texts]
    assert all(len(answer.text) > 20 and answer.tokens == 10 for answer in served)
    assert endpoint.usage.uncounted == 0
