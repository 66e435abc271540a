"""Names as numbers: the rows of each, and of nobody, are those of comparing the texts."""

import numpy as np
import polars as pl

from trimtab.audit.named import Named

NAMES = ["b", "", "a", None, "b", "é", " ", "a", "b"]


def test_rows_are_those_of_the_texts() -> None:
    told = [name or "" for name in NAMES]
    found = Named.of(pl.Series(NAMES, dtype=pl.String))
    assert found.names == tuple(sorted(set(told)))
    for name in {*told, "nobody else"}:
        assert found.are(name).tolist() == [one == name for one in told]
    assert found.known.tolist() == [one != "" for one in told]
    assert found.counts == {name: told.count(name) for name in sorted(set(told)) if name}


def test_some_rows_keep_their_names() -> None:
    some = Named.of(pl.Series(NAMES, dtype=pl.String))[np.array([0, 2, 8])]
    assert some.counts == {"a": 1, "b": 2}
    assert some.known.all()


def test_nobody_is_named_where_there_is_no_text() -> None:
    found = Named.of(pl.Series([None, ""], dtype=pl.String))
    assert not found.known.any()
    assert found.counts == {}


def test_shares_are_those_of_looking_at_all_rows() -> None:
    found, has = Named.of(pl.Series(NAMES, dtype=pl.String)), np.arange(len(NAMES)) % 3 == 0
    shares = found.shares(has)
    for name in ("a", "b", "é", "nobody else"):
        own = found.are(name)
        others = ~own & found.known
        assert shares.of(name) == (has[own].sum(), own.sum())
        assert shares.of_others(name) == (has[others].sum(), others.sum())
