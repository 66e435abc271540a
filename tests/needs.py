"""Programs that tests need beside Python: without one they are left out, or fail where TRIMTAB_NEEDS names it."""

import os
from typing import NoReturn

import pytest


def without(program: str, why: str) -> NoReturn:
    """Leaves out the tests of this file, or of this fixture, or fails them where the program has to be there."""
    if program in os.environ.get("TRIMTAB_NEEDS", "").split():
        pytest.fail(f"TRIMTAB_NEEDS names {program}: {why}", pytrace=False)
    pytest.skip(why, allow_module_level=True)
