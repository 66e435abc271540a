"""Tiny models as folders, for all tests of folders and adapters in one process; nobody writes into them."""

from pathlib import Path

import pytest

from adapter_makers import save_base


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Embeddings and head apart."""
    return save_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def tied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Embeddings that are the head."""
    return save_base(tmp_path_factory.mktemp("tied"), tie_word_embeddings=True)
