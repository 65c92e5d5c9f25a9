"""Files sent by somebody: scored whole, refused in words, cancelled, forgotten; and what hostile ones come to."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from scoring.applicants.scenarios import COLUMN
from scoring.applicants.store import ApplicantsFile
from scoring.errors import DatabaseError, JournalError, PortfolioError, ScoringError
from scoring.people import Person
from scoring.portfolio import batches as batches_module
from scoring.portfolio.batches import KEPT_SECONDS, MOST_OF_ONE, Batch, Batches
from scoring.portfolio.reading import LONGEST_LINE, MOST_ROWS
from scoring.portfolio.rows import Scored
from scoring.portfolio.writing import Form, writing
from scoring.serving.service import Service, assess
from scoring.words.language import Language
from scoring.words.wording import text
from tests.encrypted import encrypted
from tests.waiting import until

NEW = {"AMT_INCOME_TOTAL": 150_000, "AMT_CREDIT": 333_000.5, "AMT_ANNUITY": 20_000, "DAYS_BIRTH": -12_000}
HEADER = ",".join(NEW)
LINE = ",".join(map(str, NEW.values()))
# A cell that is no longer than a cell may be, of short lines.
MANY_LINES = '"' + "x\n" * 60_000 + '"'
ANNA, BERT = Person("anna", "adviser"), Person("bert", "adviser")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def batches(service: Service, clock: Clock) -> Iterator[Batches]:
    return Batches(lambda: service.artifact, lambda batch: None, lambda: ["on_file_only"], clock)


def ended(batches: Batches, content: bytes, form: Form = "csv", language: Language = "en") -> Batch:
    batch = batches.receive(ANNA, language, form)
    batch.sent.write_bytes(content)
    batches.start(batch)
    until(lambda: batch.ended_at is not None)
    return batch


def read(batch: Batch) -> list[dict[str, str]]:
    with batch.answer.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_is_answered_and_counted(batches: Batches, service: Service):
    lines = [LINE, LINE.replace("333000.5", "-5"), LINE.replace("333000.5", "1000000"), "1,2"]
    batch = ended(batches, "\n".join([HEADER, *lines]).encode())
    assert (batch.state, batch.expected, batch.rows, batch.refused) == ("done", 4, 4, 2)
    rows = read(batch)
    assert [row["row"] for row in rows] == ["1", "2", "3", "4"]
    assert [bool(row["error"]) for row in rows] == [False, True, False, True]
    assert batch.errors == [(int(row["row"]), row["error"]) for row in rows if row["error"]]
    assert float(rows[0]["probability"]) == assess(service, None, NEW, "en").probability
    assert sum(map(sum, batch.bins.values())) == sum(batch.decisions.values()) == 2


def test_probabilities_are_counted_by_decision_beside_the_threshold(batches: Batches, service: Service):
    batch = ended(batches, f"{HEADER}\n{LINE}".encode())
    answer = assess(service, None, NEW, "en")
    assert batch.decisions == {outcome: int(outcome == answer.decision.outcome) for outcome in batch.bins}
    assert batch.bins[answer.decision.outcome][int(100 * answer.probability)] == 1
    assert batch.thresholds == (answer.decision.threshold, answer.decision.threshold)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"PK\x03\x04", "Le fichier est compressé"), (b"PAR1", "endommagé"), (b"AMT_CREDIT\n1", "Il manque au fichier")],
)
def test_a_file_is_refused_in_the_language_of_its_sender(batches: Batches, content: bytes, words: str):
    batch = ended(batches, content, language="fr")
    assert words in batch.error


def test_columns_on_file_that_the_model_does_not_read_change_nothing(batches: Batches):
    plain = ended(batches, f"{HEADER}\n{LINE}".encode())
    more = ended(batches, f"{HEADER},on_file_only\n{LINE},7".encode())
    assert more.state == "done"
    assert read(more) == read(plain)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_csv_parquet_and_arrow_come_to_the_same_to_the_last_bit(
    batches: Batches, applicants: ApplicantsFile, service: Service, tmp_path: Path, form: Form
):
    table = next(applicants.tables(30))
    pq.write_table(table, tmp_path / "sent.parquet")
    feather.write_feather(table, tmp_path / "sent.arrow")
    table.to_pandas().to_csv(tmp_path / "sent.csv", index=False)
    found = []
    for name in ("sent.csv", "sent.parquet", "sent.arrow"):
        batch = ended(batches, (tmp_path / name).read_bytes(), form)
        assert (batch.state, batch.refused) == ("done", 0), batch.error or batch.errors
        found.append(batch.answer.read_bytes() if form == "csv" else pq.read_table(batch.answer).to_pylist())
    assert found[0] == found[1] == found[2]
    if form == "parquet":
        for row in found[0]:
            assert row["probability"] == assess(service, row["SK_ID_CURR"], {}, "en").probability


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow", "text"])
def test_history_scenarios_in_a_file_change_nothing(
    batches: Batches, applicants: ApplicantsFile, tmp_path: Path, kind: str
):
    table = next(applicants.tables_from(0, 30, [COLUMN]))
    plain, sent = tmp_path / "plain.parquet", tmp_path / f"sent.{kind}"
    pq.write_table(table.drop_columns([COLUMN]), plain)
    if kind == "text":
        table = table.set_column(len(table.columns) - 1, COLUMN, pa.array(["x" * LONGEST_LINE] * 30))
    if kind == "csv":
        table.to_pandas().to_csv(sent, index=False)
    elif kind == "arrow":
        feather.write_feather(table, sent)
    else:
        pq.write_table(table, sent)
    batch = ended(batches, sent.read_bytes())
    assert (batch.state, batch.refused) == ("done", 0), batch.error or batch.errors
    assert read(batch) == read(ended(batches, plain.read_bytes()))


def test_parquet_is_read_wherever_the_app_was_started(
    batches: Batches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    pq.write_table(pa.table({name: [value] for name, value in NEW.items()}), "sent.parquet")
    assert ended(batches, Path("sent.parquet").read_bytes()).state == "done"


def bomb(rows: int, path: Path) -> bytes:
    """A small Parquet file of many rows, or of one huge value that is repeated."""
    values = pa.array(["x" * 50_000_000]).dictionary_encode()
    repeated = pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), values.dictionary)
    pq.write_table(pa.table({"OCCUPATION_TYPE": repeated}), path, compression="zstd")
    return path.read_bytes()


def wide(path: Path) -> bytes:
    pq.write_table(pa.table({f"c{number}": pa.array([1]) for number in range(3_000)}), path)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "lacks columns that every application needs"),
        (HEADER.encode(), "no rows below its header"),
        (f"{HEADER}\n{LINE}\n\xff".encode("latin-1"), "not in UTF-8"),
        (f"{HEADER},AMT_CREDIT\n{LINE},1".encode(), "more than once: 'AMT_CREDIT'"),
        (f"{HEADER},amt_credit,=1+1\n{LINE},1,1".encode(), "not known: 'amt_credit', '=1+1'"),
        (b"AMT_CREDIT\n1", "lacks columns that every application needs: "),
        (f"{HEADER}\n".encode() + b"1" * (LONGEST_LINE + 1), "A line of the file is longer than"),
        (",".join(f"c{number}" for number in range(10_000)).encode(), "not known: 'c0', 'c1'"),
        (b"," * 1_000_000, "A line of the file is longer than"),
        (f'{HEADER}\n"open,1,2,3'.encode(), "not CSV that can be read"),
        (f"{HEADER}\n{MANY_LINES},{MANY_LINES}".encode(), "A line of the file is longer than"),
        (HEADER.encode() + b"\n" * (MOST_ROWS + 2), "more than 200,000 rows"),
        (b"PK\x03\x04 a workbook or a bomb", "The file is compressed"),
        (b"\x1f\x8b\x08 gzip", "The file is compressed"),
        (b"PAR1 and nothing else", "damaged"),
        (b"ARROW1 and nothing else", "damaged"),
        (b"\x00" * 1000, "not known"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(batches: Batches, content: bytes, words: str):
    batch = ended(batches, content)
    assert batch.state == "failed"
    assert words in batch.error
    assert len(batch.error) < 600
    assert not batch.folder.exists()


@pytest.mark.parametrize(("rows", "words"), [(300_000, "more than 200,000 rows"), (1_000, "longer than|more memory")])
def test_what_unpacks_to_more_than_there_is_ends_in_words(batches: Batches, tmp_path: Path, rows: int, words: str):
    content = bomb(rows, tmp_path / "bomb.parquet")
    assert len(content) < 1_000_000
    batch = ended(batches, content)
    assert batch.state == "failed"
    assert any(each in batch.error for each in words.split("|")), batch.error


def test_a_thousand_columns_too_many_end_in_words(batches: Batches, tmp_path: Path):
    assert "3,000 columns" in ended(batches, wide(tmp_path / "wide.parquet")).error


@pytest.mark.parametrize("plaintext_footer", [False, True])
def test_an_encrypted_parquet_file_is_called_so(batches: Batches, tmp_path: Path, plaintext_footer: bool):
    table = pa.table({name: [value] for name, value in NEW.items()})
    sent = encrypted(table, tmp_path / "sent.parquet", plaintext_footer)
    assert ended(batches, sent).error.startswith("The file is encrypted. Send it again without encryption")


def test_a_damaged_parquet_file_ends_in_words(batches: Batches, applicants: ApplicantsFile, tmp_path: Path):
    pq.write_table(next(applicants.tables(30)), tmp_path / "sent.parquet")
    whole = (tmp_path / "sent.parquet").read_bytes()
    rng = np.random.default_rng(16)
    for _ in range(5):
        damaged = bytearray(whole)
        for place in rng.integers(4, len(whole), 40):
            damaged[place] = int(rng.integers(256))
        batch = ended(batches, bytes(damaged))
        assert batch.state in ("failed", "done")
        assert "Traceback" not in batch.error
    assert ended(batches, whole[: len(whole) // 2]).state == "failed"


def test_the_result_is_handed_out_once_the_journal_says_so(service: Service):
    states = []
    batches = Batches(lambda: service.artifact, lambda batch: states.append((batch.state, batch.sha256)))
    content = f"{HEADER}\n{LINE}".encode()
    assert ended(batches, content).state == "done"
    assert states == [("running", sha256(content).hexdigest())]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("error", [DatabaseError("no disk"), JournalError("no key")])
def test_a_file_that_is_not_recorded_is_not_handed_out(service: Service, language: Language, error: ScoringError):
    def fails(_: Batch) -> None:
        raise error

    batch = ended(Batches(lambda: service.artifact, fails), f"{HEADER}\n{LINE}".encode(), language=language)
    assert (batch.state, batch.error) == ("failed", text("portfolio.not_recorded", language))
    assert not batch.folder.exists()


def test_a_file_is_only_its_senders_and_gone_after_a_while(batches: Batches, clock: Clock):
    batch = ended(batches, f"{HEADER}\n{LINE}".encode())
    assert batches.find(ANNA, batch.number) is batch
    assert batches.find(BERT, batch.number) is None
    clock.now += KEPT_SECONDS + 1
    batches.receive(BERT, "en", "csv")
    assert batches.find(ANNA, batch.number) is None
    assert not batch.folder.exists()


def test_so_many_of_one_sender_and_no_more(batches: Batches):
    first = [batches.receive(ANNA, "en", "csv") for _ in range(MOST_OF_ONE)]
    with pytest.raises(PortfolioError, match="still being scored"):
        batches.receive(ANNA, "en", "csv")
    batches.receive(BERT, "en", "csv")
    batches.cancel(first[0])
    batches.receive(ANNA, "en", "csv")


def test_a_cancelled_file_ends_after_the_part_that_is_running(batches: Batches, monkeypatch: pytest.MonkeyPatch):
    parts = []

    def slow(_artifact: object, rows: list, _language: str) -> list[Scored]:
        parts.append(len(rows))
        batches.cancel(batch)
        return [Scored(row.number, error="x") for row in rows]

    monkeypatch.setattr(batches_module, "scored_rows", slow)
    batch = batches.receive(ANNA, "en", "csv")
    batch.sent.write_text("\n".join([HEADER, *[LINE] * 1_000]))
    batches.start(batch)
    # The next in line is scored once it is its turn.
    other = ended(batches, f"{HEADER}\n1".encode())
    assert batch.state == "cancelled"
    assert parts[0] == batches_module.ROWS_AT_ONCE
    assert len(parts) == 2
    assert not batch.folder.exists()
    assert other.rows == 1


def test_a_file_that_is_cancelled_while_it_is_received_stays_so(batches: Batches):
    batch = batches.receive(ANNA, "en", "csv")
    batches.cancel(batch)
    batches.start(batch)
    assert batch.state == "cancelled"


def test_a_file_that_is_cancelled_while_it_is_being_read_is_no_fault(
    batches: Batches, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    read_as = batches_module.as_csv

    def cancelled(sent: Path, folder: Path, language: Language) -> Path:
        batches.cancel(batch)
        return read_as(sent, folder, language)

    with monkeypatch.context() as patched:
        patched.setattr(batches_module, "as_csv", cancelled)
        batch = batches.receive(ANNA, "en", "csv")
        batch.sent.write_text(f"{HEADER}\n{LINE}")
        batches.start(batch)
        until(lambda: batch.ended_at is not None)
    assert ended(batches, f"{HEADER}\n{LINE}".encode()).state == "done"
    assert (batch.state, caplog.records) == ("cancelled", [])
    assert not batch.folder.exists()


def test_a_fault_ends_one_file_and_not_the_next(batches: Batches, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    with monkeypatch.context() as patched:
        patched.setattr(batches_module, "scored_rows", fail)
        batch = ended(batches, f"{HEADER}\n{LINE}".encode())
    assert batch.state == "failed"
    assert "secret" not in batch.error
    assert ended(batches, f"{HEADER}\n{LINE}".encode()).state == "done"


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-cmd", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_is_written_as_a_formula_and_no_number_as_a_text(tmp_path: Path, begins: str):
    with writing(tmp_path / "out.csv", "csv") as write:
        write([Scored(1, applicant_id=-5, points=-12.5, reasons=(begins,), error=begins)])
    with (tmp_path / "out.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["error"], row["reason_1"]) == (f"'{begins}", f"'{begins}")
    assert (row["SK_ID_CURR"], row["points"]) == ("-5", "-12.5")
