"""Reports drawn again and again, for the tests of this folder."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

Draw = Callable[[dict[str, Any]], str]


@pytest.fixture(scope="session")
def drawn_once() -> Iterator[Draw]:
    """Vega's drawing, which equal plots are given once; called itself it draws anew."""
    import vl_convert

    draw: Draw = vl_convert.vegalite_to_svg

    @cache
    def drawn(plot: str) -> str:
        return draw(json.loads(plot))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vl_convert, "vegalite_to_svg", lambda plot: drawn(json.dumps(plot)))
        yield draw


@pytest.fixture(autouse=True)
def _drawn_once(drawn_once: Draw) -> None:
    """All tests of this folder, save those that take `drawn_once` and draw anew."""
