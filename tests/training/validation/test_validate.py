"""The whole pack of a small artifact: its three files agree, and so does a second run."""

import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, replace
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest

from scoring.errors import PackError
from scoring.journal.journal import open_journal
from scoring.lender.roles import APPLICANT_ID
from scoring.validation import PACK, PAGE, WORKBOOK, Column, Finding, PackTable, read_pack
from tests.scoring.oversight.conftest import record
from tests.training.tiny_artifacts import TINY, another_round, later_tables, variant
from training.dataset.dataset import applicant_table
from training.tables.read import read_tables
from training.validation.bounds import read_bounds
from training.validation.page import in_words, pack_page
from training.validation.swap_set import swap_set_section
from training.validation.validate import Question, opened, validate, verdict_lines
from training.validation.workbook import tables, without_time, write_workbook

# What Excel opens.
LONGEST_SHEET_NAME = 31


@pytest.fixture(scope="module")
def question(tmp_path_factory):
    """The tiny artifact on later applicants, dated, against another version."""
    folder = tmp_path_factory.mktemp("question")
    data = later_tables(folder / "later")
    other = variant(folder / "other", "tiny-other", change=another_round)
    ids = applicant_table(read_tables(data), "train")[APPLICANT_ID]
    pd.DataFrame({APPLICANT_ID: ids, "DATE": "2026-05-01"}).to_csv(folder / "dates.csv", index=False)
    return Question(str(TINY), data, str(other), dates=folder / "dates.csv")


@pytest.fixture(scope="module")
def out(question, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pack")
    validate(question, folder)
    return folder


@pytest.fixture(scope="module")
def pack(out):
    return read_pack(out)


def test_another_process_gives_the_same_bytes(question, out, tmp_path):
    """In another time zone and locale, with another order of sets, and on one core."""
    elsewhere = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "1"}
    given = {"artifact": question.artifact, "data": question.data, "against": question.against, "dates": question.dates}
    words = [word for name, value in given.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "training", "validate", *words, "--out", str(tmp_path / "again")]
    subprocess.run(command, env={**os.environ, **elsewhere}, check=True, capture_output=True)
    for name in (PACK, PAGE, WORKBOOK):
        assert (tmp_path / "again" / name).read_bytes() == (out / name).read_bytes(), name


def test_the_pack_answers_what_a_reviewer_asks(pack):
    assert [section.name for section in pack.sections] == [
        *("scope", "discrimination", "bands", "calibration", "cut_offs", "complexity"),
        *("swap_set", "stability", "over_time"),
        *("sensitivity", "leakage", "restraint", "groups", "explanations", "recourse", "overrides"),
    ]
    assert all(section.sr_26_2 and "Art. " in section.ai_act for section in pack.sections)
    names = [finding.name for _, finding in pack.findings]
    # Each bound has its finding, whatever could be tested.
    assert sorted(names) == sorted(read_bounds().by_name)
    assert (pack.rows.applicants, pack.against.version) == (300, "tiny-other")


def test_a_pack_survives_its_file(pack, out):
    written = json.loads((out / PACK).read_text())
    assert len(written.pop("sha256")) == 64
    assert written == asdict(pack)


def test_the_page_asks_nobody_for_anything_and_runs_nothing(out):
    page = (out / PAGE).read_text()
    assert re.findall(r"<script|<link|<img|url\(|@import|https?://|\son\w+=", page) == []
    assert "@page { size: A4" in page


def test_the_contents_lead_to_every_section(pack, out):
    page = (out / PAGE).read_text()
    for section in pack.sections:
        assert f'href="#{section.name}"' in page
        assert page.count(f'id="{section.name}"') == 1
    assert "Art. 15(1)" in page
    assert "Outcomes analysis" in page


def test_every_table_is_a_sheet_with_the_same_figures(pack, out):
    book = openpyxl.load_workbook(out / WORKBOOK)
    assert book.sheetnames == ["findings", *(table.name for table in tables(pack))]
    assert max(map(len, book.sheetnames)) <= LONGEST_SHEET_NAME
    for table in tables(pack):
        caption, heads, *rows = book[table.name].iter_rows(values_only=True)
        assert caption[0] == table.caption
        assert "f" not in {cell.data_type for row in book[table.name].iter_rows() for cell in row}
        assert list(heads) == [column.heading for column in table.columns]
        # An empty text and an unknown figure are both an empty cell.
        assert [list(row) for row in rows] == [[None if cell == "" else cell for cell in row] for row in table.rows]
    shown = {row[1]: row[2:4] for row in book["findings"].iter_rows(min_row=3, values_only=True)}
    assert shown == {one.name: (one.verdict, one.value) for _, one in pack.findings}


def test_long_words_are_wrapped_and_large_figures_have_one_decimal(pack, tmp_path):
    columns = [Column("what", "text"), Column("value", "number")]
    wide = PackTable("wide", "c" * 99, columns, [["w" * 99, 23454.1234], ["x", 0.5]])
    write_workbook(replace(pack, sections=[replace(pack.sections[0], tables=[wide])]), tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["wide"]
    assert [bool(sheet[place].alignment.wrap_text) for place in ("A1", "A3", "A4")] == [False, True, False]
    assert [sheet[place].number_format for place in ("B3", "B4")] == ["#,##0.0", "0.0000"]


def test_no_sheet_holds_a_formula(pack, tmp_path):
    spoilt = replace(pack, sections=[replace(pack.sections[0], tables=[evil(pack.sections[0].tables[0])])])
    write_workbook(spoilt, tmp_path / "x.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx")["scope"]["B3"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert openpyxl.load_workbook(tmp_path / "x.xlsx")["scope"]["B4"].value == "bell \ufffd"
    assert "<b>" not in pack_page(spoilt).split("What was validated")[1]


def evil(table):
    return replace(table, rows=[["version", "=1+1"], ["<b>bold</b>", "bell \a"]])


def test_no_time_is_left_in_the_workbook(out):
    with ZipFile(out / WORKBOOK) as book:
        assert {member.date_time for member in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+", book.read("docProps/core.xml"))) == {b"1980-01-01T00:00:00"}
    again = without_time((out / WORKBOOK).read_bytes())
    assert again == (out / WORKBOOK).read_bytes()
    assert ZipFile(BytesIO(again)).testzip() is None


def test_decisions_of_people_fill_a_section(question, pack, tmp_path):
    address = f"sqlite:///{tmp_path / 'journal.db'}"
    journal = open_journal(address)
    for revision in (pack.model.revision, "another"):
        record(journal, 100001, recommendation="approve", outcome="refuse", model={"revision": revision})
    more = validate(replace(question, journal=address), tmp_path)
    assert "Name it with --journal" in pack.sections[-1].told[0]
    assert more.sections[-1].told == ["1 decisions with this version; 0 more in the journal are erased."]


def test_a_folder_has_its_name_however_it_is_written(monkeypatch):
    monkeypatch.chdir(TINY)
    assert opened(".").identity == opened(str(TINY)).identity
    assert opened(".").identity.source == TINY.name


def test_dates_need_tables_with_ids(question, tmp_path):
    with pytest.raises(PackError, match="have no ids"):
        validate(replace(question, data=None), tmp_path)


def test_the_lines_name_what_is_out_of_bound(pack):
    spoilt = [Finding("gini", "Gini 0.1", "DeLong", 0.1, 0.4, None, "outside")]
    found = replace(pack, sections=[replace(pack.sections[0], findings=spoilt)])
    lines = verdict_lines(found)
    assert "Outside the lender&#x27;s bounds: gini.</p>" in pack_page(found)
    assert lines == ["1 findings: 0 within, 1 outside, 0 unbounded, 0 untested", "outside  gini: Gini 0.1"]


def test_an_interval_stands_behind_its_figure(pack, out):
    page = (out / PAGE).read_text()
    one = next(table for table in tables(pack) if table.name == "bands").rows[0]
    assert f"<td>{100 * one[6]:.2f}\u00a0% ({100 * one[7]:.2f}\u00a0% to {100 * one[8]:.2f}\u00a0%)</td>" in page
    assert not re.search(r"<th[^>]*>(?:[^<]*, )?(?:low|high)</th>", page)


def test_an_interval_has_as_many_decimals_as_its_figure(pack):
    columns = [Column("figure", "text"), *(Column(name, "number") for name in ("difference", "low", "high"))]
    table = PackTable("one", "One", columns, [["loss", 469.4, 75.9689, 894.7], ["AUC", 0.01, -0.00001, 0.02]])
    page = pack_page(replace(pack, sections=[replace(pack.sections[0], findings=[], tables=[table])]))
    assert "<td>469.4 (76.0 to 894.7)</td>" in page
    assert "<td>0.0100 (-0.0000 to 0.0200)</td>" in page


def test_what_is_held_to_a_bound_stands_beside_it(pack, out):
    gini = next(finding for _, finding in pack.findings if finding.name == "gini")
    page = (out / PAGE).read_text()
    assert page.count(f"<td>{gini.value:.4g}</td><td>at\u00a0least\u00a00.4</td>") == 2


def test_without_another_version_the_pack_says_how_to_name_one(held_out, bounds):
    found = swap_set_section(held_out, None, bounds)
    assert "Name one with --against" in found.told[0]
    assert [one.verdict for one in found.findings] == ["untested"] * 3


@pytest.mark.parametrize(
    ("cell", "form", "written"),
    [
        (None, "share", ""),
        (0.12345, "share", "12.35 %"),
        (1234567, "count", "1,234,567"),
        (0.00001, "p_value", "< 0.0001"),
        (0.0, "number", "0.0000"),
        (-42.5, "number", "-42.5000"),
        (557.6681, "number", "557.7"),
        (2.2e-14, "number", "2.20e-14"),
        ("band 1", "text", "band 1"),
    ],
)
def test_cells_are_written_by_their_form(cell, form, written):
    assert in_words(cell, form, 0.0 if cell is None or isinstance(cell, str) else abs(cell)) == written


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('"verdict": "within"', '"verdict": "fine"', "verdict"),
        ('"verdict": "within"', '"verdict": "outside"', r"the verdict on \w+ is 'outside', while 'within' follows"),
        ('"applicants": ', '"applicants": 1', "edited since it was written"),
        ('"format": 1', '"format": 2', "format 2, while this code reads 1"),
        ('"bounds": "', '"bound": "', "bound"),
        ('"band"', '"band', "it is not JSON"),
    ],
)
def test_a_malformed_pack_is_refused_by_field(out, tmp_path, before, after, told):
    content = (out / PACK).read_text()
    assert before in content
    (tmp_path / PACK).write_text(content.replace(before, after, 1))
    with pytest.raises(PackError, match=told):
        read_pack(tmp_path)


def test_a_pack_that_is_not_there_says_how_to_make_it(tmp_path):
    with pytest.raises(PackError, match="python -m training validate"):
        read_pack(tmp_path)
