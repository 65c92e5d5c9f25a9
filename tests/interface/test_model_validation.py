"""The validation pack on the Model tab: verdicts and main tables, the pack's figures, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.interface.model.validation import LENDER_BANDS, MAIN_TABLES, in_language, validation_section
from scoring.serving.service import Service
from scoring.serving.settings import DEMO_VALIDATION
from scoring.validation import Column, PackTable, ValidationPack, read_pack
from scoring.words.language import LANGUAGES
from scoring.words.wording import percent, text, texts


@pytest.fixture(scope="module")
def pack() -> ValidationPack:
    return read_pack(DEMO_VALIDATION)


@pytest.fixture(scope="module")
def validated(service: Service, pack: ValidationPack) -> Service:
    return replace(service, validation=pack)


def main_tables(pack: ValidationPack):
    return [table for one in pack.sections for table in one.tables if table.name in MAIN_TABLES]


def test_the_demos_pack_is_of_the_demo(service: Service, pack: ValidationPack):
    assert pack.model.revision == service.artifact.identity.revision


def test_whatever_the_pack_says_in_words_is_in_the_catalogue_and_its_english_alike(pack: ValidationPack):
    known = texts()
    for _, finding in pack.findings:
        assert f"validation.finding.{finding.name}" in known
    for table in main_tables(pack):
        assert f"validation.table.{table.name}" in known
        for column in table.columns:
            assert known[f"validation.column.{column.heading}"]["en"] == column.heading
        if table.name == LENDER_BANDS:
            continue
        for cell in {cell for row in table.rows for cell in row if isinstance(cell, str)}:
            assert cell in ("AUC", "Gini", "Kolmogorov-Smirnov") or f"validation.cell.{cell}" in known


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdicts_and_tables_are_the_packs(validated: Service, pack: ValidationPack, language):
    page = validation_section(validated, language)
    for _, finding in pack.findings:
        assert text(f"validation.finding.{finding.name}", language).replace("'", "&#x27;") in page
    assert page.count(text("validation.verdict.within", language)) == sum(
        finding.verdict == "within" for _, finding in pack.findings
    )
    bands = next(table for table in main_tables(pack) if table.name == "bands")
    rates = [row[6] for row in bands.rows]
    shown = in_language(bands, language)
    assert [row[6] for row in shown.rows] == [percent(rate, language) for rate in rates if not isinstance(rate, str)]


def test_what_is_out_of_bounds_is_shown_before_all_else(validated: Service, pack: ValidationPack):
    first = pack.sections[1].findings[0]
    beyond = replace(first, verdict="outside", value=0.1)
    sections = [replace(pack.sections[1], findings=[beyond])]
    page = validation_section(replace(validated, validation=replace(pack, sections=sections)), "en")
    assert page.index("Outside the lender") < page.index("All findings")
    assert page.count("✗ outside") == 2


def test_a_pack_of_another_version_is_named_as_such(validated: Service, pack: ValidationPack):
    other = replace(pack, model=replace(pack.model, revision="another"))
    assert "of another version" in validation_section(replace(validated, validation=other), "en")
    assert "of another version" not in validation_section(validated, "en")


def test_the_lenders_bands_have_their_names_in_the_readers_language(validated: Service, pack: ValidationPack):
    columns = [Column("band", "text"), Column("points, at least", "number"), Column("default rate", "share")]
    table = PackTable(LENDER_BANDS, "by band", columns, [["Grade A", 600.0, 0.01], ["of another version", None, None]])
    sections = [replace(pack.sections[1], tables=[table])]
    page = validation_section(replace(validated, validation=replace(pack, sections=sections)), "fr")
    assert "Classe A" in page
    assert "of another version" in page
    assert "points, au moins" in page


def test_words_that_the_catalogue_does_not_know_are_shown_as_they_are_and_harmless(validated, pack):
    table = main_tables(pack)[0]
    column = replace(table.columns[0], heading="<b>new</b>")
    table = replace(table, caption="<script>", columns=[column], rows=[["<i>"]])
    sections = [replace(pack.sections[1], tables=[table])]
    page = validation_section(replace(validated, validation=replace(pack, sections=sections)), "fr")
    assert "&lt;b&gt;new&lt;/b&gt;" in page
    assert "&lt;i&gt;" in page
    assert "<script>" not in page


def test_a_figure_has_as_many_decimals_as_its_size_asks_for():
    rows = [[0.48, 75.9689, 556.93, 0.00001234, 0.0000001]]
    table = PackTable("x", "x", [Column(str(place), "number") for place in range(5)], rows)
    assert in_language(table, "en").rows == [("0.48", "75.97", "557", "0.000012", "< 0.000001")]
