"""Field cases that are read: as the clean file, cell by cell. Add one by adding an entry."""

from __future__ import annotations

import bz2
import gzip
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather

from tests.field_cases.frames import (
    BUREAU,
    PREVIOUS,
    TRAIN_ROWS,
    Write,
    csv,
    files,
    frame_parquet,
    parquet,
    parquet_bytes,
    raw,
    text,
    train,
    zipped,
)


@dataclass(frozen=True)
class Reads:
    """A file that is read right.

    Args:
        origin: where such files come from.
        write: puts it into a folder.
        note: words of the note that says what was reinterpreted; "" if nothing is said.
        table: which of the tables it is.
    """

    origin: str
    write: Write
    note: str = ""
    table: str = "bureau"


def arrow(name: str, stream: bool = False) -> Write:
    def write(folder: Path) -> None:
        whole = pa.Table.from_pandas(BUREAU.astype({"CREDIT_ACTIVE": "category"}), preserve_index=False)
        make = pa.ipc.new_stream if stream else pa.ipc.new_file
        with make(folder / name, whole.schema) as writer:
            writer.write_table(whole)

    return write


def as_feather(folder: Path) -> None:
    feather.write_feather(BUREAU, folder / "bureau.feather")


def to_link(folder: Path) -> None:
    (folder / "elsewhere").write_text(text())
    (folder / "bureau.csv").symlink_to(folder / "elsewhere")


def each_line(change: str, line: str = "{}") -> Write:
    return csv(edit=lambda t: "".join(line.format(row) + change for row in t.splitlines()))


def days(values: list[int], unit: str = "ns") -> pa.Array:
    return pa.array(pd.to_timedelta(values, unit="D").to_numpy(), pa.duration(unit))


HALVES = text().splitlines(keepends=True)
FIRST, REST = "".join(HALVES[:2]).encode(), (HALVES[0] + "".join(HALVES[2:])).encode()
ACCENTED = BUREAU.assign(CREDIT_TYPE=['a, "b"; c', "Crédit", "à l’été"])

READS = {
    "index column": Reads("pandas to_csv, the commonest there is", csv(index=True)),
    "index twice": Reads("read_csv and to_csv, twice over", lambda d: pd.read_csv(io.StringIO(text(index=True))).to_csv(d / "bureau.csv")),
    "trailing comma": Reads("reporting tools that end each cell", each_line(",\n")),
    "trailing comma but in the header": Reads("the same, with a header of its own", csv(edit=lambda t: t.replace("\n", ",\n").replace(",\n", "\n", 1))),
    "extra columns repeat": Reads("a join that kept both keys", csv(edit=lambda t: t.replace("\n", ",x,y\n").replace(",x,y", ",NOTE,NOTE", 1))),
    "column twice, the same": Reads("a join that kept both keys", lambda d: pd.concat([BUREAU, BUREAU[["SK_ID_CURR"]]], axis=1).to_csv(d / "bureau.csv", index=False), "SK_ID_CURR: appears twice with the same values"),
    "column twice, in another case": Reads("a join in SQL", lambda d: BUREAU.assign(sk_id_curr=BUREAU["SK_ID_CURR"]).to_csv(d / "bureau.csv", index=False), "SK_ID_CURR: appears twice with the same values"),
    "names in lower case": Reads("PostgreSQL and Hive", csv(edit=lambda t: t.replace(HALVES[0], HALVES[0].lower())), "the column's name is spelled otherwise"),
    "blanks around names": Reads("hand-edited headers", csv(edit=lambda t: t.replace(HALVES[0], HALVES[0].replace(",", " , "))), "spelled otherwise"),
    "no-break blank in a name": Reads("a header pasted from a web page", csv(edit=lambda t: t.replace("DAYS_CREDIT,", "\u00a0DAYS_CREDIT\u00a0,")), "DAYS_CREDIT: the column's name is spelled otherwise"),
    "blanks after separators": Reads("fixed-width habits", csv(edit=lambda t: "\n".join(", ".join(line.split(",")) if '"' not in line else line for line in t.split("\n"))), "blanks around the text left out"),
    "names in quotes": Reads("R's write.csv", csv(edit=lambda t: '"' + t.replace(",", '","', HALVES[0].count(",")).replace("\n", '"\n', 1))),
    "everything in quotes": Reads("pandas QUOTE_ALL, SAS", csv(quoting=1)),
    "row names": Reads("R's write.csv with row.names", csv(index=True, index_label="")),
    "semicolon": Reads("Excel in Europe", csv(sep=";"), "cells separated by semicolons"),
    "semicolon and a mark": Reads("Excel in Europe, CSV UTF-8", csv(sep=";", encoding="utf-8-sig"), "semicolons"),
    "tab": Reads("databases' command lines", csv(sep="\t"), "tabs"),
    "tsv": Reads("databases' command lines", csv("bureau.tsv", sep="\t"), "tabs"),
    "Unicode text": Reads("Excel's Unicode text", csv("bureau.txt", sep="\t", encoding="utf-16"), "UTF-16"),
    "vertical bar": Reads("mainframe extracts", csv(sep="|"), "vertical bars"),
    "sep line": Reads("Excel's own hint", csv(sep=";", edit=lambda t: "sep=;\n" + t), "semicolons"),
    "blank lines before the header": Reads("report generators", csv(edit=lambda t: "\n\n" + t)),
    "decimal comma, semicolon": Reads("Excel in Europe", csv(sep=";", decimal=","), "read with a decimal comma"),
    "decimal comma, tab": Reads("Excel in Europe", csv(sep="\t", decimal=","), "read with a decimal comma"),
    "thousands by narrow blanks": Reads("French spreadsheets", csv(sep=";", decimal=",", edit=lambda t: t.replace("333000,5", "333\u202f000,50")), "without the spaces between thousands"),
    "thousands by blanks": Reads("French spreadsheets", csv(edit=lambda t: t.replace("333000.5", "333 000.50")), "without the spaces between thousands"),
    "each marker in a number": Reads("notebooks", lambda d: BUREAU.assign(AMT_ANNUITY=["<NA>", "0.25", "1234"], AMT_CREDIT_SUM=["333000.5", "#N/A", "1e-05"]).to_csv(d / "bureau.csv", index=False), "#N/A, <NA> read as missing (2 cells)"),
    "NULL": Reads("SQL Server", csv(na_rep="NULL"), "AMT_CREDIT_SUM, AMT_ANNUITY: NULL read as missing (2 cells)"),
    "null": Reads("Spark, Presto", csv(na_rep="null"), "NULL read as missing"),
    "None": Reads("Python's str", csv(na_rep="None"), "None read as missing"),
    "NaN": Reads("notebooks", csv(na_rep="NaN"), "nan read as missing"),
    "N/A": Reads("spreadsheets", csv(na_rep="N/A"), "N/A read as missing"),
    "\\N": Reads("MySQL, Hive", csv(na_rep="\\N"), "\\N read as missing"),
    "blanks for missing": Reads("fixed-width habits", csv(na_rep="  "), "blanks read as missing"),
    "marker in a text column": Reads("R", lambda d: PREVIOUS.fillna({"NAME_TYPE_SUITE": "NA"}).to_csv(d / "previous_application.csv", index=False), "NAME_TYPE_SUITE: NA read as missing (1 cells)", "previous_application"),
    "marker in a Parquet text column": Reads("astype(str) before to_parquet", frame_parquet(lambda f: f.fillna({"NAME_TYPE_SUITE": "nan"}), "previous_application"), "NAME_TYPE_SUITE: nan read as missing", "previous_application"),
    "empty Parquet text": Reads("databases without null", frame_parquet(lambda f: f.fillna({"NAME_TYPE_SUITE": ""}), "previous_application"), "blanks read as missing", "previous_application"),
    "UTF-8 with a mark": Reads("Excel's CSV UTF-8", csv(encoding="utf-8-sig")),
    "UTF-8 with two marks": Reads("a mark written before a mark", csv(edit=lambda t: "\ufeff" + t, encoding="utf-8-sig")),
    "a mark where files were joined": Reads("cat of files with marks", csv(edit=lambda t: t.replace("\n100002", "\n\ufeff100002", 1))),
    "page ends": Reads("printer files", csv(edit=lambda t: t.replace("100001", "\f100001"))),
    "UTF-16": Reads("SQL Server, PowerShell", csv(encoding="utf-16"), "UTF-16"),
    "UTF-16 the other way round": Reads("Java", csv(edit=lambda t: "\ufeff" + t, encoding="utf-16-be"), "UTF-16"),
    "latin-1": Reads("older European systems", csv(edit=lambda t: t.replace("\n", ",Société générale à Orléans\n").replace("Société générale à Orléans", "BANK", 1), encoding="latin-1"), "Windows-1252"),
    "cp1252": Reads("Excel on Windows", csv(edit=lambda t: t.replace("\n", ",l’été – 5 €\n").replace("l’été – 5 €", "BANK", 1), encoding="cp1252"), "Windows-1252"),
    "cp1252 after a megabyte of ASCII": Reads("one accent far down", lambda d: (d / "bureau.csv").write_bytes((text(BUREAU.head(1)).replace("0.0", "0." + "0" * 1_500_000, 1) + text(ACCENTED.tail(2), header=False)).encode("cp1252")), "Windows-1252", "bureau:accented"),
    "upper-case ending": Reads("DOS and SAS", csv("BUREAU.CSV")),
    "upper-case Parquet": Reads("DOS and SAS", raw(parquet_bytes(), "bureau.PARQUET")),
    "pq": Reads("Polars", raw(parquet_bytes(), "bureau.pq")),
    "parq": Reads("fastparquet", raw(parquet_bytes(), "bureau.parq")),
    "feather": Reads("R and pandas", as_feather),
    "arrow file": Reads("Polars write_ipc", arrow("bureau.arrow")),
    "arrow stream": Reads("Hugging Face datasets", arrow("bureau.arrow", stream=True)),
    "zip of one": Reads("Kaggle, one file", zipped({"bureau.csv": text()}, "bureau.csv.zip")),
    "zip of one, of another name": Reads("a renamed download", zipped({"export_42.csv": text()}, "bureau.csv.zip")),
    "zip of all": Reads("Kaggle, Download all", zipped({"bureau.csv": text(), "application_train.csv": text(TRAIN_ROWS), "__MACOSX/._bureau.csv": b"x"}, "home-credit-default-risk.zip")),
    "zip with a folder": Reads("a folder packed on a Mac", zipped({"data/bureau.csv": text(), "data/.DS_Store": b"x"}, "data.zip")),
    "zip of Parquet": Reads("a packed export", zipped({"bureau.parquet": parquet_bytes()}, "data.zip")),
    "zip of part files": Reads("a packed Spark folder", zipped({"bureau.csv/part-0.csv": FIRST, "bureau.csv/part-1.csv": REST, "bureau.csv/_SUCCESS": b""}, "data.zip")),
    "gz": Reads("command lines", raw(gzip.compress(text().encode()), "bureau.csv.gz")),
    "gz of two": Reads("cat of two gz files", raw(gzip.compress(FIRST) + gzip.compress("".join(HALVES[2:]).encode()), "bureau.csv.gz")),
    "gz of UTF-16": Reads("a packed export of SQL Server", raw(gzip.compress(text().encode("utf-16")), "bureau.csv.gz"), "UTF-16"),
    "bz2": Reads("command lines", raw(bz2.compress(text().encode()), "bureau.csv.bz2")),
    "zst": Reads("newer command lines", raw(pa.compress(text().encode(), "zstd", asbytes=True), "bureau.csv.zst")),
    "zip of gz": Reads("packed twice", zipped({"bureau.csv.gz": gzip.compress(text().encode())}, "data.zip")),
    "csv that is called gz": Reads("a browser that unpacks", raw(text().encode(), "bureau.csv.gz")),
    "gzip that is called csv": Reads("a browser that drops the ending", raw(gzip.compress(text().encode()))),
    "Parquet that is called csv": Reads("a renamed file", raw(parquet_bytes())),
    "Spark Parquet folder": Reads("Spark", files(bureau_dot_parquet___SUCCESS=b"", **{"bureau.parquet__.part-0.crc": b"x", "bureau.parquet__part-0.snappy.parquet": parquet_bytes(BUREAU.head(1)), "bureau.parquet__part-1.snappy.parquet": parquet_bytes(BUREAU.tail(2))})),
    "Spark CSV folder": Reads("Spark with header", files(**{"bureau.csv__part-0.csv": FIRST, "bureau.csv__part-1.csv": REST, "bureau.csv___SUCCESS": b""})),
    "part files of different types": Reads("Dask, where one part has no value", files(**{"bureau__part.0.parquet": parquet_bytes(BUREAU.head(1).astype({"AMT_ANNUITY": object})), "bureau__part.1.parquet": parquet_bytes(BUREAU.tail(2).astype({"SK_ID_CURR": str}))}), "text read as numbers"),
    "part files of which one is odd": Reads("Spark with nullValue", files(**{"bureau.csv__part-0.csv": FIRST, "bureau.csv__part-1.csv": (HALVES[0] + "".join(HALVES[2:]).replace(",,", ",NA,")).encode()}), "NA read as missing"),
    "folder of its own name": Reads("Windows' Extract all", files(**{"bureau.csv__bureau.csv": text().encode()})),
    "link": Reads("the Hugging Face cache", to_link),
    "Arrow null": Reads("a column without any value", parquet("previous_application", NAME_TYPE_SUITE=pa.nulls(2)), "", "previous_application:null"),
    "boolean flags": Reads("pandas, Spark", parquet("application_train", TARGET=pa.array([False, True]), FLAG_MOBIL=pa.array([True, False]), FLAG_OWN_CAR=pa.array([True, False]), EMERGENCYSTATE_MODE=pa.array([True, False])), "TARGET, FLAG_OWN_CAR, FLAG_MOBIL and 1 more: read as a yes or no", "application_train"),
    "ids as text": Reads("guarded against Excel", frame_parquet(lambda f: f.astype({"SK_ID_CURR": str, "SK_ID_BUREAU": str})), "SK_ID_CURR, SK_ID_BUREAU: text read as numbers"),
    "ids as floats": Reads("a left join", frame_parquet(lambda f: f.astype({"SK_ID_CURR": float}))),
    "ids as floats in CSV": Reads("a left join", lambda d: BUREAU.astype({"SK_ID_CURR": float}).to_csv(d / "bureau.csv", index=False)),
    "decimals": Reads("Oracle, Spark", parquet(SK_ID_CURR=pa.array([100001, 100002, 100002]).cast(pa.decimal128(19, 0)), AMT_CREDIT_SUM=pa.array([333000.5, None, 1e-5]).cast(pa.decimal128(18, 6)))),
    "wide decimals": Reads("Oracle", parquet(AMT_CREDIT_SUM=pa.array(["333000.5", None, "0.00001"]).cast(pa.decimal256(50, 10)))),
    "categories of numbers": Reads("pandas", parquet(SK_ID_CURR=pa.array([100001, 100002, 100002]).dictionary_encode(), AMT_CREDIT_SUM=pa.array([333000.5, None, 1e-5]).dictionary_encode())),
    "numbers as large text": Reads("Polars", parquet(AMT_CREDIT_SUM=pa.array(["333000.5", None, "1e-05"], pa.large_string())), "AMT_CREDIT_SUM: text read as numbers"),
    "column twice in Parquet": Reads("a join in SQL", frame_parquet(lambda f: f.assign(sk_id_curr=f["SK_ID_CURR"])), "SK_ID_CURR: appears twice with the same values"),
    "blanks around levels in Parquet": Reads("fixed-width exports", frame_parquet(lambda f: f.assign(CREDIT_ACTIVE=f["CREDIT_ACTIVE"] + " ")), "CREDIT_ACTIVE: blanks around the text left out (3 cells)"),
    "unsigned": Reads("memory-saving notebooks", parquet(SK_ID_CURR=pa.array([100001, 100002, 100002], pa.uint64()))),
    "float32": Reads("memory-saving notebooks", frame_parquet(lambda f: f.astype({"AMT_ANNUITY": "float32"}))),
    "categories": Reads("pandas", frame_parquet(lambda f: f.astype({"CREDIT_ACTIVE": "category", "CREDIT_TYPE": "category"}))),
    "large_string": Reads("Polars", parquet(CREDIT_ACTIVE=pa.array(["Active", "Closed", "Sold"], pa.large_string()))),
    "string_view": Reads("newer Polars", parquet(CREDIT_ACTIVE=pa.array(["Active", "Closed", "Sold"], pa.string_view()))),
    "pandas index": Reads("to_parquet after a filter", frame_parquet(lambda f: f.set_axis([5, 7, 9], axis="index"))),
    "timedelta": Reads("pandas after a subtraction of dates", parquet(DAYS_CREDIT=days([-497, -9461, -1])), "DAYS_CREDIT: durations read as days (3 cells)"),
    "timedelta in seconds": Reads("Polars", parquet(DAYS_CREDIT=days([-497, -9461, -1], "s")), "durations read as days"),
    "timedelta in CSV": Reads("pandas after a subtraction of dates", csv(edit=lambda t: t.replace("-497", "-497 days").replace("-9461", "-9461 days +00:00:00")), "DAYS_CREDIT: durations read as days (2 cells)"),
    "true and false": Reads("SQL, Spark", train(FLAG_OWN_CAR=["true", "False"], FLAG_MOBIL=["TRUE", "false"]), "FLAG_OWN_CAR, FLAG_MOBIL: true, false read as a yes or no (4 cells)", "application_train"),
    "t and f": Reads("PostgreSQL", train(FLAG_OWN_CAR=["t", "f"], TARGET=["f", "t"]), "t, f read as a yes or no", "application_train"),
    "1 and 0": Reads("label encoding of two levels", train(FLAG_OWN_CAR=[1, 0], FLAG_OWN_REALTY=[0.0, 1.0], EMERGENCYSTATE_MODE=["1", "0"]), "1, 1.0, 0, 0.0 read as a yes or no", "application_train"),
    "1 and 0 in Parquet": Reads("label encoding of two levels", frame_parquet(lambda f: f.assign(FLAG_OWN_CAR=[1, 0]), "application_train"), "FLAG_OWN_CAR: read as a yes or no", "application_train"),
    "yes and no": Reads("surveys", train(FLAG_OWN_CAR=["Yes", "no"], EMERGENCYSTATE_MODE=["Y", "n"], FLAG_MOBIL=["Y", "N"]), "y, yes, n, no read as a yes or no", "application_train"),
    "oui and non": Reads("French forms", train(FLAG_OWN_CAR=["Oui", "non"], FLAG_MOBIL=["VRAI", "FAUX"]), "oui, vrai, non, faux read as a yes or no", "application_train"),
    "y and n": Reads("lower-cased text", lambda d: PREVIOUS.assign(FLAG_LAST_APPL_PER_CONTRACT=["y", "n"], NFLAG_LAST_APPL_IN_DAY=["true", "false"]).to_csv(d / "previous_application.csv", index=False), "read as a yes or no", "previous_application"),
    "Windows line ends": Reads("Windows", csv(lineterminator="\r\n")),
    "old Mac line ends": Reads("Excel's CSV (Macintosh)", csv(lineterminator="\r")),
    "line ends of two kinds": Reads("cat of two files", csv(edit=lambda t: t.replace("\n", "\r\n", 2))),
    "no final line end": Reads("scripts", csv(edit=str.rstrip)),
    "blank lines at the end": Reads("editors", csv(edit=lambda t: t + "\n\n\n")),
    "lines of separators at the end": Reads("Excel, after rows were cleared", csv(edit=lambda t: t + "," * 16 + "\n" + "," * 16 + "\n"), "2 rows without any value left out"),
    "signs and exponents": Reads("scientific tools", csv(edit=lambda t: t.replace("1234.0", "+1.234E3").replace("0.25", ".25"))),
    "blanks around numbers": Reads("fixed-width habits", csv(edit=lambda t: t.replace(",-497,", ", -497 ,"))),
    "underscores": Reads("Python literals", csv(edit=lambda t: t.replace("1234.0", "1_234"))),
    "markers mixed in one column": Reads("files merged by hand", lambda d: PREVIOUS.assign(AMT_ANNUITY=["n/a", "#NA"]).to_csv(d / "previous_application.csv", index=False), "N/A, #NA read as missing (2 cells)", "previous_application:no annuity"),
    "columns in another order": Reads("SELECT by hand", csv(columns=list(BUREAU)[::-1])),
}  # fmt: skip

# Where the clean table is another one.
CLEAN = {
    "bureau:accented": ACCENTED,
    "previous_application:null": PREVIOUS.assign(NAME_TYPE_SUITE=None),
    "previous_application:no annuity": PREVIOUS.assign(AMT_ANNUITY=np.nan),
}
