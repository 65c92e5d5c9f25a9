"""Synthetic data in the schema of the real tables, for tests and demonstrations."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from tqdm import tqdm

from training.lender.synthetic.applicants import Applicants, make_applicants, profile
from training.lender.synthetic.bureau import make_bureau
from training.lender.synthetic.cards import make_cards
from training.lender.synthetic.loans import make_installments, make_pos
from training.lender.synthetic.previous import make_previous
from training.lender.synthetic.rare import plan_oddities
from training.lender.synthetic.risk import application_risk, default_probability, risk_columns, risk_fields
from training.lender.synthetic.tables import FileFormat, TableWriter, table_schemas
from training.synthetic.balanced import draw_balanced
from training.synthetic.sampling import Columns

MARKER = "SYNTHETIC.json"  # accompanies the tables, so that a model trained on them is marked as such
GENERATOR = 8  # to be raised when the same seed gives other bytes
CHUNK = 15_000  # applicants; their history is about two million rows
REAL_TRAIN_ROWS, REAL_TEST_ROWS = 307_511, 48_744
FIRST_APPLICANT, FIRST_PREVIOUS, FIRST_BUREAU = 100_001, 1_000_001, 5_000_000


def synthesize(
    applicants: int, seed: int, out: Path, file_format: FileFormat = "parquet", progress: bool = True
) -> None:
    """Writes `applicants` train applicants, the test applicants and all histories into the folder `out`.

    The bytes depend only on `applicants`, `seed` and the format. `SYNTHETIC.json` marks the data as synthetic.
    """
    if applicants < 1:
        raise ValueError(f"applicants must be at least 1, got {applicants}")
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(TableWriter(out, name, schema, file_format))
            for name, schema in table_schemas().items()
        }
        for tables in _chunks(applicants, seed, progress):
            for name, columns in tables.items():
                writers[name].write(columns)
    marker = {"applicants": applicants, "seed": seed, "generator": GENERATOR}
    (out / MARKER).write_text(json.dumps(marker) + "\n", encoding="utf-8")


def _chunks(applicants: int, seed: int, progress: bool) -> Iterator[dict[str, Columns]]:
    """The eight tables, chunk by chunk of applicants; each chunk has its own random stream."""
    tests = round(applicants * REAL_TEST_ROWS / REAL_TRAIN_ROWS)
    total = applicants + tests
    pieces = np.array_split(np.arange(total), -(-total // CHUNK))
    split_seed, *chunk_seeds = np.random.SeedSequence(seed).spawn(1 + len(pieces))
    split_rng = np.random.default_rng(split_seed)
    is_test = split_rng.permutation(total) < tests
    oddities = plan_oddities(is_test, split_rng)
    previous_id, bureau_id = FIRST_PREVIOUS, FIRST_BUREAU
    for piece, chunk_seed in zip(tqdm(pieces, unit="chunk", disable=not progress), chunk_seeds, strict=True):
        rng = np.random.default_rng(chunk_seed)
        people = make_applicants(FIRST_APPLICANT + piece, is_test[piece], oddities[piece], rng)
        tables = _applications(people, rng)
        tables["bureau"], tables["bureau_balance"], bureau_id = make_bureau(people, bureau_id, rng)
        tables["previous_application"], loans, cards, previous_id = make_previous(people, previous_id, rng)
        tables["POS_CASH_balance"] = make_pos(people, loans, rng)
        tables["credit_card_balance"], months_owed = make_cards(people, cards, rng)
        tables["installments_payments"] = make_installments(people, loans, months_owed, rng)
        yield tables


def _applications(people: Applicants, rng: np.random.Generator) -> dict[str, Columns]:
    """The train table with TARGET, at the real default rate, and the test table without it."""
    risk = application_risk(people.application, profile()["risk"])
    table = people.application | {"SK_ID_CURR": people.ids}
    train = ~people.is_test
    probability = default_probability(risk[train], people.hidden_creditworthiness[train], people.hidden_strain[train])
    target: NDArray[np.int64] = draw_balanced(probability, _risk_columns(people)[train], rng)
    return {
        "application_train": {name: values[train] for name, values in table.items()} | {"TARGET": target},
        "application_test": {name: values[people.is_test] for name, values in table.items()},
    }


def _risk_columns(people: Applicants) -> csr_matrix:
    """What the risk of default depends on: all that has points, and what only the histories show of traits."""
    points = profile()["risk"]
    knots = {name: curve["knots"] for name, curve in points["numeric"].items()}
    hidden = np.column_stack([people.hidden_creditworthiness, people.hidden_strain])
    return hstack([risk_columns(risk_fields(people.application), knots, points["levels"]), hidden], format="csr")
