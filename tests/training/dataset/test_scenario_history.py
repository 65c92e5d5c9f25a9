"""The history under each scenario is what the tables would give with the changed rows in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.applicants.scenarios import COLUMN
from scoring.applicants.store import open_applicants
from tests.training.tables_fixture import applications, table, write_folder
from training.aggregates.scenario import PAID
from training.dataset.applicants import write_applicants
from training.dataset.history import history_expression
from training.dataset.scenarios import STEPS, Step, variants
from training.lender.history import FEATURES, GROUPS
from training.lender.synthetic.synthesize import synthesize
from training.tables.read import read_tables

RELATIVE = 1e-9
# Higher than any id of the made-up rows.
IDS = 100_000_000
CHANGED_TABLES = ("bureau", "bureau_balance", "credit_card_balance")
TO_CHANGE = [
    feature.feature.name for names, features, _ in GROUPS if set(names) <= set(CHANGED_TABLES) for feature in features
]
Frames = dict[str, pd.DataFrame]


# Of each column, values that are allowed and rare, which stand in a tenth of the rows: debts in credit, arrears above
# the debt or of closed credits, other currencies, cards without a limit or used beyond it.
RARE: dict[str, dict[str, list[object]]] = {
    "bureau": {
        "CREDIT_ACTIVE": ["Active", "Closed", "Sold", "Bad debt"],
        "CREDIT_CURRENCY": ["currency 2", "currency 3"],
        "CREDIT_TYPE": ["Credit card", "Mortgage"],
        "AMT_CREDIT_SUM_DEBT": [-5_000.0, 0.0, 0.01, 999.99, 9e8, np.nan],
        "AMT_CREDIT_SUM_OVERDUE": [0.01, 4e5],
        "CREDIT_DAY_OVERDUE": [1, 2_000],
        "DAYS_CREDIT_ENDDATE": [-40_000.0, 0.0, 30_000.0, np.nan],
    },
    "credit_card_balance": {
        "AMT_BALANCE": [-5_000.0, 0.0, 0.01, 9e8],
        "AMT_CREDIT_LIMIT_ACTUAL": [0, 1],
        "AMT_RECIVABLE": [-500.0, 0.0, 4e5],
        "AMT_DRAWINGS_CURRENT": [0.0, 1e6],
        "SK_DPD": [0, 300],
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made-up")
    synthesize(200, 5, out, progress=False)
    rng = np.random.default_rng(5)
    for name, columns in RARE.items():
        frame = pd.read_parquet(out / f"{name}.parquet")
        for column, values in columns.items():
            rare = rng.random(len(frame)) < 0.1
            frame.loc[rare, column] = rng.choice(values, rare.sum())
        frame.to_parquet(out / f"{name}.parquet", index=False)
    return out


def by_hand(scenario: str, step: float, frames: Frames) -> Frames:
    """The tables after a scenario for everybody, in pandas."""
    bureau, cards = frames["bureau"].copy(), frames["credit_card_balance"].copy()
    home, active = bureau.CREDIT_CURRENCY == "currency 1", bureau.CREDIT_ACTIVE == "Active"
    if scenario == "settle_overdue":
        late = home & (bureau.AMT_CREDIT_SUM_OVERDUE > 0)
        debt = bureau.AMT_CREDIT_SUM_DEBT
        less = np.where(debt > 0, (debt - bureau.AMT_CREDIT_SUM_OVERDUE).clip(lower=0), debt)
        bureau.loc[late, "AMT_CREDIT_SUM_DEBT"] = less[late]
        bureau.loc[late, ["AMT_CREDIT_SUM_OVERDUE", "CREDIT_DAY_OVERDUE"]] = 0
    elif scenario == "close_cards":
        unused = active & (bureau.CREDIT_TYPE == "Credit card") & ~(bureau.AMT_CREDIT_SUM_DEBT > 0)
        bureau.loc[unused, "CREDIT_ACTIVE"], bureau.loc[unused, "DAYS_ENDDATE_FACT"] = "Closed", 0.0
    elif scenario.startswith("repay"):
        for _, debts in bureau[home & active & (bureau.AMT_CREDIT_SUM_DEBT > 0)].groupby("SK_ID_CURR"):
            repay(bureau, debts, scenario, step)
    else:
        for _, months in cards[cards.MONTHS_BALANCE >= -3].groupby("SK_ID_PREV"):
            place = months.MONTHS_BALANCE.idxmax()
            most = step * months.AMT_CREDIT_LIMIT_ACTUAL[place]
            owed = ["AMT_BALANCE", "AMT_RECEIVABLE_PRINCIPAL", "AMT_RECIVABLE", "AMT_TOTAL_RECEIVABLE"]
            if months.AMT_BALANCE[place] > most:
                cards.loc[place, owed] *= most / months.AMT_BALANCE[place]
                cards.loc[place, ["SK_DPD", "SK_DPD_DEF"]] *= int(most > 0)
    return frames | {"bureau": bureau, "credit_card_balance": cards}


def repay(bureau: pd.DataFrame, debts: pd.DataFrame, scenario: str, share: float) -> None:
    """Repays one applicant's debts in place."""
    if scenario == "repay_dearest" and len(debts) < 2:
        return
    end = debts.DAYS_CREDIT_ENDDATE.where(debts.DAYS_CREDIT_ENDDATE.abs() <= 18_262)
    monthly = debts.AMT_CREDIT_SUM_DEBT / (end / (365.25 / 12)).clip(lower=1.0)
    key = -monthly.fillna(0) if scenario == "repay_dearest" else debts.AMT_CREDIT_SUM_DEBT
    order = debts.assign(late=debts.AMT_CREDIT_SUM_OVERDUE <= 0, key=key).sort_values(["late", "key", "SK_ID_BUREAU"])
    left = np.inf if scenario == "repay_all" else 1_000 * np.ceil(share * debts.AMT_CREDIT_SUM_DEBT.sum() / 1_000)
    for place, debt in order.AMT_CREDIT_SUM_DEBT.items():
        paid = min(debt, left)
        left -= paid
        if paid > 0:
            bureau.loc[place, "AMT_CREDIT_SUM_DEBT"] = debt - paid
            overdue = max(bureau.loc[place, "AMT_CREDIT_SUM_OVERDUE"] - paid, 0.0)
            bureau.loc[place, "AMT_CREDIT_SUM_OVERDUE"] = overdue
            bureau.loc[place, "CREDIT_DAY_OVERDUE"] *= int(overdue > 0)


def renumbered(frames: Frames, number: int) -> Frames:
    """The same tables with other ids, to lie beside those of other steps."""
    return {
        name: frame.assign(**{key: frame[key] + number * IDS for key in frame if key.startswith("SK_ID_")})
        for name, frame in frames.items()
    }


@pytest.fixture(scope="module")
def recomputed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The history from the changed rows of every step, all in one run; by id and number of the step."""
    names = ("application_train", "application_test", *CHANGED_TABLES)
    before = {name: pd.read_parquet(folder / f"{name}.parquet") for name in names}
    after = [renumbered(by_hand(step.scenario.key, step.parameter, before), step.number) for step in STEPS]
    out = tmp_path_factory.mktemp("changed")
    for name in names:
        pd.concat([frames[name] for frames in after]).to_parquet(out / f"{name}.parquet", index=False)
    frame = history_expression(read_tables(out)).to_pandas()
    ids = frame.pop("SK_ID_CURR")
    return frame.set_index([ids % IDS, ids // IDS])


@pytest.fixture(scope="module")
def on_file(folder: Path) -> pd.DataFrame:
    """The history as it is, by id."""
    return history_expression(read_tables(folder)).to_pandas().set_index("SK_ID_CURR")


@pytest.fixture(scope="module")
def found(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.Series, list[pd.DataFrame]]:
    """Costs and features of every variant."""
    changed = variants(read_tables(folder), tmp_path_factory.mktemp("variants"))
    costs = changed.costs.to_pandas().set_index("SK_ID_CURR")[PAID]
    return costs, [group.to_pandas().set_index("SK_ID_CURR").sort_index() for group in changed.groups]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.scenario.key}-{step.parameter}")
def test_history_is_that_of_the_changed_rows(
    recomputed: pd.DataFrame, on_file: pd.DataFrame, found: tuple[pd.Series, list[pd.DataFrame]], step: Step
) -> None:
    """What the groups of the step do not hold is as it was, whoever the applicant."""
    costs, groups = found
    assert (costs.index % len(STEPS) == step.number).any()
    history = on_file.copy()
    for group in groups:
        rows = group[group.index % len(STEPS) == step.number]
        history.loc[rows.index // len(STEPS), list(group.columns)] = rows.to_numpy()
    expected = recomputed.xs(step.number, level=1).loc[history.index, TO_CHANGE]
    np.testing.assert_allclose(history[TO_CHANGE], expected, rtol=RELATIVE, atol=RELATIVE, equal_nan=True)


def test_what_no_change_can_reach_is_not_computed(found: tuple[pd.Series, list[pd.DataFrame]]) -> None:
    computed = [name for group in found[1] for name in group.columns]
    assert "bureau_debt_sum" in computed
    assert "bureau_credit_sum" not in computed


def test_repaying_moves_no_feature_but_in_its_declared_direction(
    on_file: pd.DataFrame, found: tuple[pd.Series, list[pd.DataFrame]]
) -> None:
    """Whatever is learnt from such features, a model held to their directions scores nobody worse for it."""
    directions = pd.Series({feature.name: feature.direction for feature in FEATURES})
    repaying = [step.number for step in STEPS if step.scenario.key != "close_cards"]
    moved = 0
    for group in found[1]:
        after = group[np.isin(group.index % len(STEPS), repaying)]
        old = on_file.loc[after.index // len(STEPS), list(group.columns)].to_numpy()
        changes = after.to_numpy() - old
        np.testing.assert_array_equal(np.isnan(after), np.isnan(old))
        tolerance = RELATIVE * np.fmax(1.0, np.abs(old))
        towards = directions[list(group.columns)].to_numpy()
        wrong = (np.abs(changes) > tolerance) & (changes * towards > -tolerance)
        assert list(group.columns[wrong.any(axis=0)]) == []
        moved += (np.abs(changes) > tolerance).sum()
    assert moved > 1_000


def test_file_holds_what_changes_and_nothing_else(folder: Path, tmp_path: Path, found) -> None:
    out = tmp_path / "applicants.arrow"
    write_applicants(folder, out)
    names = tuple(feature.name for feature in FEATURES)
    file = open_applicants(out, names)
    costs, groups = found
    written = 0
    for applicant_id in file.ids.tolist():
        applicant = file.find(applicant_id)
        for change in applicant.scenarios:
            number = next(
                step.number
                for step in STEPS
                if (step.scenario.key, step.parameter) == (change.step.scenario, change.step.parameter)
            )
            variant = applicant_id * len(STEPS) + number
            assert change.cost == pytest.approx(costs[variant])
            now = pd.concat([group.loc[variant] for group in groups if variant in group.index]).astype(np.float32)
            then = pd.Series({name: applicant.history[name] for name in now.index}, dtype=np.float32)
            differs = now[(now != then) & ~(now.isna() & then.isna())]
            assert change.features == pytest.approx(differs.to_dict(), nan_ok=True)
            written += 1
    assert 0.9 * len(costs) < written <= len(costs)


def test_without_those_tables_there_is_no_scenario(tmp_path: Path) -> None:
    out = tmp_path / "applicants.parquet"
    write_applicants(write_folder(tmp_path / "data", {"application_train": applications(1)}), out)
    file = open_applicants(out, ())
    assert file.scenarios is None
    assert file.find(1).scenarios == ()
    assert COLUMN not in file.groups.schema.names


def test_nobody_with_anything_to_change(tmp_path: Path) -> None:
    out = tmp_path / "applicants.parquet"
    bureau = table("bureau", [{"SK_ID_CURR": 1, "CREDIT_ACTIVE": "Closed"}])
    write_applicants(write_folder(tmp_path / "data", {"application_train": applications(1), "bureau": bureau}), out)
    assert open_applicants(out, ()).find(1).scenarios == ()
