"""Field cases that are refused, as a whole or cell by cell. Add one by adding an entry."""

from __future__ import annotations

import bz2
import datetime
import gzip
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa

from tests.field_cases.frames import BUREAU, Write, csv, files, frame_parquet, parquet, parquet_bytes, raw, text, zipped

BIG = "".join(text().splitlines(keepends=True)[:1] + text().splitlines(keepends=True)[2:] * 20_000).encode()
DATES = ["1985-03-02", "1990-01-31", "2001-12-24"]


def dangling(folder: Path) -> None:
    (folder / "bureau.csv").symlink_to(folder / "nowhere")


def both(first: Write, second: Write) -> Write:
    def write(folder: Path) -> None:
        first(folder)
        second(folder)

    return write


def bomb(folder: Path) -> None:
    packed = zipfile.ZipFile(folder / "bureau.csv.zip", "w", zipfile.ZIP_DEFLATED)
    with packed as archive, archive.open("bureau.csv", "w") as member:
        for _ in range(80):
            member.write(b"0" * (1 << 20))


def bureau(**values: list[object]) -> Write:
    return lambda folder: BUREAU.assign(**values).to_csv(folder / "bureau.csv", index=False)


def amounts(*values: str, sep: str = ",") -> Write:
    return lambda folder: BUREAU.assign(AMT_ANNUITY=values).to_csv(folder / "bureau.csv", index=False, sep=sep)


# Where such files come from, the file, the table, words of the refusal.
REFUSED: dict[str, tuple[str, Write, str, tuple[str, ...]]] = {
    "two formats": ("a conversion beside its source", both(csv(), raw(parquet_bytes(), "bureau.parquet")), "bureau", ("bureau.csv and bureau.parquet", "Keep one")),
    "two cases": ("a copy from Windows", both(csv(), csv("BUREAU.CSV")), "bureau", ("BUREAU.CSV and bureau.csv", "Keep one")),
    "zip beside its content": ("an unpacked download", both(csv(), zipped({"bureau.csv": text()}, "all.zip")), "bureau", ("bureau.csv", "all.zip: bureau.csv", "Keep one")),
    "twice in a zip": ("a backup packed along", zipped({"a/bureau.csv": text(), "b/bureau.csv": text()}, "all.zip"), "bureau", ("a/bureau.csv", "b/bureau.csv", "Keep one")),
    "column twice, different": ("a join that kept both", lambda d: BUREAU.assign(sk_id_curr=[1, 2, 3]).to_csv(d / "bureau.csv", index=False), "bureau", ("bureau.csv", "SK_ID_CURR", "appears twice with different values", "Keep one")),
    "columns missing": ("a query that left some out", lambda d: BUREAU.iloc[:, :3].to_csv(d / "bureau.csv", index=False), "bureau", ("column CREDIT_CURRENCY, DAYS_CREDIT", "and 9 more is missing", "Add it")),
    "columns missing in Parquet": ("a query that left some out", frame_parquet(lambda f: f.drop(columns="CREDIT_TYPE")), "bureau", ("CREDIT_TYPE is missing",)),
    "no header": ("Spark without header", csv(header=False), "bureau", ("no column of bureau.csv is one of ours", "line of column names")),
    "lines in quotes": ("Excel, saved once more", csv(edit=lambda t: "\n".join(f'"{line}"' for line in t.replace('"', '""').splitlines())), "bureau", ("no column of bureau.csv is one of ours",)),
    "empty": ("a failed export", raw(b""), "bureau", ("is empty", "Export it again")),
    "only line ends": ("a failed export", raw(b"\n\n\n"), "bureau", ("is empty", "Export it again")),
    "gz of nothing": ("a failed export", raw(gzip.compress(b""), "bureau.csv.gz"), "bureau", ("is empty",)),
    "endless line": ("line ends lost on the way", raw(text().encode() + b"1," + b"x" * 2_500_000 + b"\n"), "bureau", ("line 5 is longer than any line",)),
    "short line": ("a download cut short", csv(edit=lambda t: t[: t.rindex(",", 0, -20)]), "bureau", ("line 4 has", "cells where the header has 17")),
    "one cell too many": ("a separator without quotes", csv(edit=lambda t: t.replace("Car loan", "Car, loan")), "bureau", ("line 3 has 18 cells where the header has 17 columns", "quotes")),
    "row names without a header": ("R's write.table", csv(sep=",", edit=lambda t: "\n".join(f"{n},{line}" if n else line for n, line in enumerate(t.splitlines()))), "bureau", ("has 18 cells where the header has 17 columns",)),
    "cut in a quote": ("a download cut short", csv(edit=lambda t: t[: t.index('a, ""b')] + "a, x"), "bureau", ("line 2", "a quote opens there")),
    "NUL bytes": ("a damaged disk", csv(edit=lambda t: t.replace("Closed", "Clo\0ed")), "bureau", ("bytes that are not text (NUL)",)),
    "NUL bytes far down": ("a damaged disk", raw(BIG.replace(b"Sold", b"So\0d")), "bureau", ("(NUL)",)),
    "UTF-16 without a mark": ("old Windows programs", csv(encoding="utf-16-le"), "bureau", ("(NUL)", "as UTF-8")),
    "broken UTF-8": ("a damaged disk", raw(text().replace("Closed", "é").encode() + b"\xff\xfe,x\n"), "bureau", ("neither UTF-8 nor",)),
    "bytes": ("an encrypted file", raw(bytes(range(128, 256)) * 10), "bureau", ("no column can be read", "export it again")),
    "gz cut short": ("a download cut short", raw(gzip.compress(BIG)[:2000], "bureau.csv.gz"), "bureau", ("cut short or damaged",)),
    "zst cut short": ("a download cut short", lambda d: (d / "bureau.csv.zst").write_bytes(pa.compress(BIG, "zstd", asbytes=True)[:-20]), "bureau", ("cut short or damaged",)),
    "bz2 cut short": ("a download cut short", lambda d: (d / "bureau.csv.bz2").write_bytes(bz2.compress(BIG)[:900]), "bureau", ("cut short or damaged",)),
    "zip cut short": ("a download cut short", lambda d: (zipped({"bureau.csv": BIG}, "x.zip")(d), (d / "bureau.csv.zip").write_bytes((d / "x.zip").read_bytes()[:900]), (d / "x.zip").unlink()), "bureau", ("the zip is cut short or damaged",)),
    "Parquet cut short": ("a download cut short", raw(parquet_bytes()[:3000], "bureau.parquet"), "bureau", ("cut short or damaged",)),
    "Parquet that is text": ("a renamed file", csv("bureau.parquet"), "bureau", ("cut short or damaged",)),
    "arrow cut short": ("a download cut short", lambda d: (BUREAU.to_feather(d / "x"), (d / "bureau.feather").write_bytes((d / "x").read_bytes()[:1500])), "bureau", ("cut short or damaged",)),
    "zip bomb": ("an attack", bomb, "bureau", ("would unpack to", "bytes")),
    "path out of the zip": ("an attack", zipped({"../../bureau.csv": text()}, "all.zip"), "bureau", ("leads out of the zip",)),
    "empty zip": ("a failed export", zipped({}, "bureau.csv.zip"), "bureau", ("holds no table",)),
    "zip within a zip": ("old Kaggle downloads", zipped({"bureau.csv.zip": b"PK"}, "bureau.csv.zip"), "bureau", ("holds a zip, bureau.csv.zip. Unpack",)),
    "zip that is called csv": ("a renamed file", zipped({"bureau.csv": text()}, "bureau.csv"), "bureau", ("a zip or an Excel workbook in spite of its name",)),
    "Excel": ("Excel", raw(b"PK\3\4", "bureau.xlsx"), "bureau", ("an Excel workbook", "Save it as CSV UTF-8")),
    "old Excel that is called csv": ("a renamed file", raw(b"\xd0\xcf\x11\xe0" * 9), "bureau", ("an Excel workbook in spite of its name",)),
    "web page": ("a login page that was saved", raw(b"<!DOCTYPE html><html>"), "bureau", ("a web page", "Download the file again")),
    "JSON": ("an API", raw(b'[{"SK_ID_CURR": 1}]'), "bureau", ("JSON", "Export it as CSV")),
    "git-lfs pointer": ("a clone without git lfs", raw(b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n"), "bureau", ("git lfs pull",)),
    "pickle": ("pandas to_pickle", lambda d: BUREAU.to_pickle(d / "bureau.pkl"), "bureau", ("pickle", "Export it as Parquet")),
    "folder without part files": ("a failed Spark job", files(**{"bureau.parquet___temporary": b""}), "bureau", ("a folder without a part file",)),
    "partitioned folder": ("Spark's partitionBy", lambda d: (d / "bureau.parquet" / "CREDIT_ACTIVE=Sold").mkdir(parents=True), "bureau", ("is split into folders by a column", "without partitions")),
    "dangling link": ("a moved disk", dangling, "bureau", ("a link to a file that is not there",)),
    "dates": ("a database's own columns", parquet(DAYS_CREDIT=pa.array([datetime.date(1985, 3, 2)] * 3)), "bureau", ("DAYS_CREDIT holds dates where days are wanted", "Write the days between")),
    "timestamps": ("pandas to_datetime", frame_parquet(lambda f: f.assign(DAYS_CREDIT=pd.to_datetime(DATES), DAYS_CREDIT_UPDATE=pd.to_datetime(DATES))), "bureau", ("DAYS_CREDIT, DAYS_CREDIT_UPDATE holds dates",)),
    "dates in CSV": ("a database's own columns", bureau(DAYS_CREDIT=DATES), "bureau", ("DAYS_CREDIT holds dates where days are wanted",)),
    "European dates in CSV": ("Excel in Europe", bureau(DAYS_CREDIT=["02.03.1985", "31/01/1990", "1/2/03"]), "bureau", ("DAYS_CREDIT holds dates",)),
    "duration for an amount": ("a mix-up", parquet(AMT_CREDIT_SUM=pa.array([1, 2, 3], pa.duration("s"))), "bureau", ("AMT_CREDIT_SUM holds a duration where a number is wanted",)),
    "truth for an amount": ("a mix-up", parquet(AMT_CREDIT_SUM=pa.array([True, False, True])), "bureau", ("AMT_CREDIT_SUM holds true or false",)),
    "codes for names": ("label encoding", frame_parquet(lambda f: f.assign(CREDIT_ACTIVE=[0, 1, 2])), "bureau", ("CREDIT_ACTIVE holds numbers where text is wanted", "not codes")),
    "lists": ("a nested export", parquet(AMT_CREDIT_SUM=pa.array([[1.0], [], None])), "bureau", ("AMT_CREDIT_SUM holds bytes, lists or records",)),
    "records": ("a nested export", parquet(AMT_CREDIT_SUM=pa.array([{"amount": 1.0}, None, None])), "bureau", ("AMT_CREDIT_SUM holds bytes, lists or records",)),
    "text without its mark": ("Impala, older Spark", parquet(CREDIT_ACTIVE=pa.array([b"Active", b"Closed", b"Sold"])), "bureau", ("CREDIT_ACTIVE holds bytes, lists or records where text is wanted",)),
    "times of day": ("a mix-up", parquet(AMT_CREDIT_SUM=pa.array([1, 2, 3], pa.time32("s"))), "bureau", ("AMT_CREDIT_SUM holds times of day where a number is wanted",)),
    "zips in a zip beside others": ("older Kaggle downloads", zipped({"bureau.csv.zip": b"PK"}, "all.zip"), "bureau", ("holds a zip, bureau.csv.zip. Unpack all.zip",)),
    "gz of a zip": ("packed twice", raw(gzip.compress(b"PK\x03\x04" + b"\0" * 9), "bureau.csv.gz"), "bureau", ("bureau.csv.gz holds no text but another file", "Unpack it")),
    "gz of a gz": ("packed twice", raw(gzip.compress(gzip.compress(text().encode())), "bureau.csv.gz"), "bureau", ("holds no text but another file",)),
    "gz of Parquet": ("an upload that packs everything", raw(gzip.compress(parquet_bytes()), "bureau.csv.gz"), "bureau", ("holds no text but another file",)),
    "packed Parquet": ("an upload that packs everything", raw(gzip.compress(parquet_bytes()), "bureau.parquet.gz"), "bureau", ("Parquet that is packed once more. Unpack it",)),
    "cut within gz": ("a download cut short", raw(gzip.compress(text().encode())[:-20], "bureau.csv.gz"), "bureau", ("bureau.csv.gz is cut short or damaged",)),
    "gz with another's checksum": ("a bad disk", raw(gzip.compress(text().encode())[:-8] + b"\1" * 8, "bureau.csv.gz"), "bureau", ("bureau.csv.gz is cut short or damaged",)),
    "title above the header": ("report generators", csv(edit=lambda t: "# exported on Monday\n" + t), "bureau", ("its first line is '# exported on Monday'",)),
    "single quotes": ("MySQL", csv(quotechar="'", quoting=1), "bureau", ("no column of bureau.csv is one of ours",)),
}  # fmt: skip

# Where such cells come from, the file, the table, the column, the text of the cells.
UNREAD: dict[str, tuple[str, Write, str, str, list[str]]] = {
    "a word": ("typed by hand", amounts("much", "1", ""), "bureau", "AMT_ANNUITY", ["much"]),
    "thousands by commas": ("American spreadsheets", amounts("1,234", "1,234.5", "2"), "bureau", "AMT_ANNUITY", ["1,234", "1,234.5"]),
    "thousands by points": ("German spreadsheets", amounts("1.234,5", "2", "3"), "bureau", "AMT_ANNUITY", ["1.234,5"]),
    "point in a file of commas": ("merged files", lambda d: BUREAU.assign(AMT_ANNUITY=["1.234", "2,5", "3"]).to_csv(d / "bureau.csv", index=False, sep=";", decimal=","), "bureau", "AMT_ANNUITY", ["1.234"]),
    "only groups by commas": ("spreadsheets", amounts("1,234", "2", "3", sep=";"), "bureau", "AMT_ANNUITY", ["1,234"]),
    "other digits": ("Arabic keyboards", amounts("٣", "١٢", "5"), "bureau", "AMT_ANNUITY", ["٣", "١٢"]),
    "hexadecimal": ("programmers", amounts("0x10", "1", "2"), "bureau", "AMT_ANNUITY", ["0x10"]),
    "two signs": ("formulas pasted together", amounts("+-5", "1", "2"), "bureau", "AMT_ANNUITY", ["+-5"]),
    "two signs far down": ("formulas pasted together", raw((text(BUREAU.head(1)) + text(BUREAU.tail(1), header=False) * 40_000 + text(BUREAU.tail(1), header=False).replace("1234.0", "+-5")).encode()), "bureau", "AMT_ANNUITY", ["+-5"]),
    "an id in exponents": ("Excel", lambda d: BUREAU.assign(SK_ID_CURR=["1.00E+05", "100002", "100002"]).to_csv(d / "bureau.csv", index=False), "bureau", "SK_ID_CURR", ["1.00E+05"]),
    "an id in exponents in Parquet": ("Excel and astype(str)", frame_parquet(lambda f: f.assign(SK_ID_CURR=["1.00E+05", "100002", "100002"])), "bureau", "SK_ID_CURR", ["1.00E+05"]),
    "an id of half": ("an average", parquet(SK_ID_CURR=pa.array(["100001.5", "100002", "100002"]).cast(pa.decimal128(9, 1))), "bureau", "SK_ID_CURR", ["100001.5"]),
    "an id beyond 63 bits": ("hashes", parquet(SK_ID_CURR=pa.array([2**63, 100002, 100002], pa.uint64())), "bureau", "SK_ID_CURR", [str(2**63)]),
    "two signs in a category": ("pandas", parquet(AMT_ANNUITY=pa.array(["+-5", "1", "2"]).dictionary_encode()), "bureau", "AMT_ANNUITY", ["+-5"]),
    "total below": ("report generators", csv(edit=lambda t: t + "3 rows" + "," * 16 + "\n"), "bureau", "SK_ID_CURR", ["3 rows"]),
    "infinite": ("a division by zero", amounts("inf", "-Infinity", "1e400"), "bureau", "AMT_ANNUITY", ["inf", "-Infinity", "1e400"]),
    "currency": ("spreadsheets", amounts("5 €", "$5", "5%"), "bureau", "AMT_ANNUITY", ["5 €", "$5", "5%"]),
    "fraction in an integer": ("an average", bureau(CNT_CREDIT_PROLONG=["0.5", "1", "2.0"]), "bureau", "CNT_CREDIT_PROLONG", ["0.5"]),
    "one date among days": ("typed by hand", bureau(DAYS_CREDIT=["1985-03-02", "-1", "-2"]), "bureau", "DAYS_CREDIT", ["1985-03-02"]),
    "sign alone": ("typed by hand", amounts("-", "+", "1"), "bureau", "AMT_ANNUITY", ["-", "+"]),
    "spreadsheet errors": ("Excel", amounts("#REF!", "#DIV/0!", "1"), "bureau", "AMT_ANNUITY", ["#REF!", "#DIV/0!"]),
    "after a cell of two lines": ("comments", lambda d: BUREAU.assign(CREDIT_TYPE=["a\nb", "c", "d"], AMT_ANNUITY=["1", "x1", "2"]).to_csv(d / "bureau.csv", index=False), "bureau", "AMT_ANNUITY", ["x1"]),
    "word in Parquet": ("astype(str)", frame_parquet(lambda f: f.assign(AMT_ANNUITY=["1.5", "much", None])), "bureau", "AMT_ANNUITY", ["much"]),
    "fraction in a Parquet integer": ("an average", frame_parquet(lambda f: f.assign(CNT_CREDIT_PROLONG=[0.5, 1, 2])), "bureau", "CNT_CREDIT_PROLONG", ["0.5"]),
    "third flag": ("a missing-value code", frame_parquet(lambda f: f.assign(FLAG_OWN_CAR=[1, 9]), "application_train"), "application_train", "FLAG_OWN_CAR", ["9"]),
}  # fmt: skip
