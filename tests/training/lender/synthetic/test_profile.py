"""The profile holds statistics from which no row can be read, and is what the sample gives."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from training.lender.synthetic.applicants import profile
from training.lender.synthetic.columns import DRAWN
from training.lender.synthetic.derived import annuity_factors, drawn_table, same_digits
from training.synthetic.grow import FEWEST_ROWS, LEAF_ROWS, codes, grow_tree, leaf
from training.synthetic.marginals import marginal, shares
from training.synthetic.trees import OTHERS, Drawn, draw_column

NUMBER, LEVEL = Drawn("x", "number", 8), Drawn("x", "level", 8)


def leaves(tree: Any, table: pd.DataFrame) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Every leaf of a tree with the rows of the table that fall into it, parted by means of their own."""
    if not isinstance(tree, list):
        yield tree, table
        return
    name, at, yes, no = tree
    inside = table[name].fillna("") == at if isinstance(at, str) else table[name].astype(np.float32) <= np.float32(at)
    yield from leaves(yes, table[inside])
    yield from leaves(no, table[~inside])


def test_profile_is_small_enough_to_commit() -> None:
    assert len((files("training.lender.synthetic") / "profile.json").read_bytes()) < 1_000_000


@pytest.mark.parametrize("part", ["train", "test"])
def test_every_drawn_column_has_a_tree(part: str) -> None:
    assert list(profile()[part]) == [drawn.name for drawn in DRAWN]


@pytest.mark.real_data
@pytest.mark.parametrize("part", ["train", "test"])
def test_every_statistic_is_of_enough_real_rows(real_sample: Path, part: str) -> None:
    real = pd.read_parquet(real_sample / f"application_{part}.parquet")
    table = drawn_table(real, profile()["building"])

    for drawn in DRAWN:
        for found, rows in leaves(profile()[part][drawn.name]["tree"], table):
            column = rows[drawn.name]
            assert len(rows) >= LEAF_ROWS, drawn.name
            if drawn.kind == "level":
                counts = column.fillna("").value_counts()
                assert all(counts[level] >= FEWEST_ROWS for level in found if level != OTHERS), drawn.name
            else:
                counts = column.value_counts()
                rest = counts.drop(found["heaps"]).sum()
                assert all(counts[value] >= FEWEST_ROWS for value in found["heaps"]), drawn.name
                # A threshold keeps fewer digits than the data: one row may fall on its other side.
                assert len(found["means"]) * FEWEST_ROWS <= rest + 1, drawn.name


@pytest.mark.real_data
def test_profile_holds_no_real_extreme(real_sample: Path) -> None:
    real = pd.read_parquet(real_sample / "application_train.parquet")
    table = drawn_table(real, profile()["building"])

    for drawn in DRAWN:
        if drawn.kind == "number":
            counts = table[drawn.name].value_counts()
            extremes = {value for value in (counts.index.min(), counts.index.max()) if counts[value] < FEWEST_ROWS}
            assert not extremes & set(profile()["train"][drawn.name]["range"]), drawn.name


def test_leaf_of_numbers_drops_an_extreme_and_keeps_what_many_rows_share() -> None:
    column = pd.Series([*np.arange(200.0), *[500.0] * 30, 1e9, *[np.nan] * 40])

    found = leaf(column, NUMBER)

    assert found["heaps"] == [500.0]
    assert found["heap_shares"] == [pytest.approx(30 / 271, abs=1e-4)]
    assert found["null"] == pytest.approx(40 / 271, abs=1e-4)
    assert len(found["means"]) == 20
    assert found["means"][0] == pytest.approx(5.0)
    assert max(found["means"]) < 1.1e8


def test_leaf_of_levels_pools_those_with_few_rows() -> None:
    found = leaf(pd.Series(["often"] * 150 + [None] * 20 + ["rare"] * 9 + ["rarer"] * 4), LEVEL)

    assert found == {"": pytest.approx(20 / 183, abs=1e-4), OTHERS: pytest.approx(13 / 183, abs=1e-4)} | {
        "often": pytest.approx(150 / 183, abs=1e-4)
    }


def test_a_lone_rare_level_is_forgotten() -> None:
    assert leaf(pd.Series(["often"] * 150 + ["rare"] * 9), LEVEL) == {"often": 1.0}


def test_marginal_and_shares_hold_nobodys_value() -> None:
    values = pd.Series([*np.random.default_rng(1).normal(size=500), 1e9])

    assert not set(marginal(values)["values"]) & set(values.round(6))
    assert shares(pd.Series(["a"] * 50 + ["b"] * 9)) == {"a": 1.0}


def test_tree_draws_levels_and_numbers_as_they_depend_on_what_was_drawn_before() -> None:
    rng = np.random.default_rng(2)
    kind = rng.choice(["a", "b"], 4_000)
    size = np.where(kind == "a", rng.normal(10, 1, 4_000), 50.0)
    size[rng.random(4_000) < np.where(kind == "a", 0.2, 0.0)] = np.nan
    table = pd.DataFrame({"kind": kind.astype(object), "size": size})
    coded = {name: codes(table[name]) for name in table}

    statistics = grow_tree(Drawn("size", "number", 8), table, coded, ["kind"], 8)
    made_up = draw_column(statistics, {"kind": table["kind"].to_numpy()}, 4_000, rng)

    assert np.isnan(made_up[kind == "a"]).mean() == pytest.approx(0.2, abs=0.03)
    assert np.nanmean(made_up[kind == "a"]) == pytest.approx(10, abs=0.1)
    assert np.nanstd(made_up[kind == "a"]) == pytest.approx(1, abs=0.1)
    assert (made_up[kind == "b"] == 50).all()


def test_levels_too_rare_for_their_leaf_are_drawn_at_their_overall_share() -> None:
    rng = np.random.default_rng(3)
    work = np.where(rng.random(6_000) < 0.005, "rare", rng.choice(["x", "y"], 6_000)).astype(object)
    table = pd.DataFrame({"age": rng.integers(0, 100, 6_000).astype(float), "work": work})
    coded = {name: codes(table[name]) for name in table}

    statistics = grow_tree(Drawn("work", "level", 16), table, coded, ["age"], 16)
    made_up = draw_column(statistics, {"age": table["age"].to_numpy()}, 6_000, rng)

    assert (made_up == "rare").mean() == pytest.approx((work == "rare").mean(), abs=0.003)
    assert OTHERS not in set(made_up)


def test_values_on_a_list_are_drawn_from_it() -> None:
    rng = np.random.default_rng(4)
    price = pd.Series(rng.choice(np.arange(1, 101) * 9.5, 5_000))

    statistics = grow_tree(Drawn("price", "number", 4), price.to_frame("price"), {"price": codes(price)}, [], 4)
    made_up = draw_column(statistics, {}, 5_000, rng)

    assert set(made_up) <= set(price)
    assert len(set(made_up)) > 90


def test_the_fee_is_distinguished_from_the_factor_of_the_annuity() -> None:
    rng = np.random.default_rng(5)
    credit = rng.integers(20, 200, 3_000) * 4_500.0
    factor = rng.choice([0.0293, 0.0487, 0.051], 3_000)
    fee = rng.random(3_000) < 0.7
    annuity = np.round((credit * factor + 130.5 * fee) / 4.5) * 4.5
    loans = pd.DataFrame({"NAME_CONTRACT_TYPE": "Cash loans", "AMT_CREDIT": credit, "AMT_ANNUITY": annuity})

    found, paid = annuity_factors(loans)

    assert ((paid == "yes") == fee).mean() > 0.99
    assert np.allclose(found[(paid == "yes") == fee], factor[(paid == "yes") == fee], atol=1e-5)


def test_one_spelling_of_a_number_is_the_usual_one() -> None:
    assert same_digits(pd.Series([0.1, 0.1, 0.1 + 1e-16, np.nan])).tolist()[:3] == [0.1] * 3
