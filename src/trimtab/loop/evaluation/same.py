"""Whether a server that answered before is still the same: one prompt of its finished answers is asked again."""

from collections.abc import Sequence

from ...errors import UserError, option
from ...models import Decoding, Endpoint
from ...records import Answer, Prompt, listed_served


def changed(
    endpoint: Endpoint, prompts: Sequence[Prompt], answers: Sequence[Answer], decoding: Decoding, seed: int, chat: bool
) -> str:
    """What is to be told of who answers now, beside who gave these answers to prompts; "" where nothing is.

    A greedy server says the same again, if it is the same; one that draws may tell its name alone.
    """
    asked = {prompt.id: prompt for prompt in prompts}
    old = next((each for each in answers if each.index == 0 and each.outcome is None), None)
    if old is None:
        return ""
    try:
        new = endpoint.answers([asked[old.prompt_id]], samples=1, decoding=decoding, seed=seed, chat=chat)[0]
    except UserError as error:
        return f"the server could not be asked whether it is still the same: {error.why}"
    known = list(dict.fromkeys(each.served for each in answers if each.served))
    again = f"{option('fresh')} measures again"
    if new.served and known and new.served not in known:
        return f"these answers are by {listed_served(known)}, and {new.served} answers under that name now; {again}"
    if decoding.temperature == 0 and (new.text, new.thought) != (old.text, old.thought):
        return (
            f"asked again, the server answers {old.prompt_id} otherwise than it did: another model may be behind the "
            f"name; {again}"
        )
    return ""
