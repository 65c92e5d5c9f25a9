"""Prepares a text file of any encoding, separator or compression for DuckDB.

UTF-8, plain or compressed with gzip, is read in place. Anything else is first streamed to the temporary folder as UTF-8
with plain line ends.
"""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import IO, Literal, cast

import pyarrow as pa
from charset_normalizer import from_bytes

from scoring.errors import ScoringError, TableError
from training.tables.engines import failure, ran_out
from training.tables.sources import Part

HEAD = 1 << 20
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
# Longer byte order marks first: that of UTF-32 begins with that of UTF-16.
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
WESTERN = ("cp1252", "latin_1")
# What Arrow and DuckDB say of a Parquet file, or a column of it, that is encrypted.
ENCRYPTED = ("decrypt", "encrypted")
# Unicode: pyarrow's, of a damaged column name.
UNPACKING_ERRORS = (OSError, EOFError, zlib.error, zipfile.BadZipFile, pa.ArrowException, UnicodeDecodeError)

Content = Literal["text", "gzip", "bzip2", "zstd", "parquet", "arrow", "arrow stream"]
MAGIC: dict[bytes, Content] = {
    b"PAR1": "parquet",
    b"ARROW1": "arrow",
    b"\xff\xff\xff\xff": "arrow stream",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
}
COLUMNAR: tuple[Content, ...] = ("parquet", "arrow", "arrow stream")
FOREIGN = {
    b"PK\x03\x04": "a zip or an Excel workbook in spite of its name. Save a workbook as CSV UTF-8; unpack a zip",
    b"\xd0\xcf\x11\xe0": "an Excel workbook in spite of its name. Save it as CSV UTF-8",
    b"PARE": "encrypted. Export it again without encryption",
    b"FEA1": "in the first version of Feather, which nothing writes any more. Export it as Parquet",
    b"\x89HDF": "an HDF5 file. Export it as Parquet",
    b"SQLite format 3": "a database. Export the table as CSV",
    b"%PDF": "a PDF. Export the table as CSV",
    b"\x80\x04": "a Python pickle, which could run anything. Export it as Parquet",
    b"\x80\x05": "a Python pickle, which could run anything. Export it as Parquet",
    b"\xfd7zXZ": "packed by xz. Unpack it",
    b"7z\xbc\xaf": "a 7z archive. Unpack it",
    b"Rar!": "a RAR archive. Unpack it",
    b"ORC": "an ORC file. Export it as Parquet",
    b"version https://git-lfs": "a pointer to a file that was not fetched. Run git lfs pull",
}
FOREIGN_TEXT = {
    "<!doctype": "a web page, often that of a login, in spite of its name. Download the file again",
    "<html": "a web page, often that of a login, in spite of its name. Download the file again",
    "<?xml": "XML. Export it as CSV",
    "{": "JSON. Export it as CSV or Parquet",
    "[": "JSON. Export it as CSV or Parquet",
}


@dataclass(frozen=True)
class TextFile:
    """A text file ready for DuckDB.

    Args:
        path: plain UTF-8, or compressed with gzip.
        packed: whether it is compressed.
        separator: between cells.
        skipped: lines before the header.
        header_lines: lines that the header takes.
        header: the names as written.
        notes: what was done to read it.
    """

    path: Path
    packed: bool
    separator: str
    skipped: int
    header_lines: int
    header: tuple[str, ...]
    notes: tuple[str, ...]


def content_of(part: Part) -> Content:
    """What a file is, by its first bytes, whatever its name says.

    Raises:
        TableError: it is empty, or of an unsupported type.
    """
    try:
        with part.opened() as file:
            start = file.read(512)
    except (*UNPACKING_ERRORS, NotImplementedError, RuntimeError) as error:
        raise damaged(part) from error
    if not start:
        raise TableError(f"{part.path}: {part.name} is empty: it has not even a line of column names. Export it again.")
    for magic, words in FOREIGN.items():
        if start.startswith(magic):
            raise TableError(f"{part.path}: {part.name} is {words}.")
    content = next((content for magic, content in MAGIC.items() if start.startswith(magic)), "text")
    if content == "text" and part.name.lower().endswith((".parquet", ".parq", ".pq", ".feather", ".arrow", ".ipc")):
        raise damaged(part)
    return cast(Content, content)


def clean_text(part: Part, content: Content, known: Iterable[str], store: Path) -> TextFile:
    """The file's dialect, and a clean copy in `store` if it cannot be read in place.

    Raises:
        TableError: it is truncated, of an unknown encoding, or holds none of the `known` columns.
    """
    head, encoding = _head(part, content)
    notes = [] if encoding in ("utf-8", "utf-8-sig") else [f"{part.name}: read as {_called(encoding)}"]
    text = head.decode(encoding, errors="ignore").removeprefix("\ufeff")
    separator, skipped, header_lines, header = _dialect(part, text, known)
    path, packed = part.path, content == "gzip"
    plain = part.member is None and content in ("text", "gzip") and encoding in ("utf-8", "utf-8-sig")
    if not plain or _mixed_ends(text):
        path, packed = rewritten(part, content, encoding, store), False
    if separator != ",":
        notes.append(f"{part.name}: cells separated by {SEPARATORS[separator]}")
    return TextFile(path, packed, separator, skipped, header_lines, header, tuple(notes))


def rewritten(part: Part, content: Content, encoding: str, store: Path) -> Path:
    """A copy in UTF-8 with plain line ends, streamed.

    Raises:
        EngineError: there is no room for it.
        TableError: the file is truncated, or not in that encoding.
    """
    target = store / f"{part.name.replace('/', '_').replace(': ', '_')}.txt"
    try:
        with _unpacked(part, content) as file, target.open("w", encoding="utf-8", newline="\n") as out:
            lines = TextIOWrapper(file, encoding=encoding, newline=None)
            while chunk := lines.read(HEAD):
                out.write(chunk)
    except UnicodeError as error:
        raise _undecodable(part) from error
    except UNPACKING_ERRORS as error:
        raise stopped(part, error, store) from error
    return target


def western(part: Part, content: Content) -> str:
    """The encoding of a file that is not UTF-8 to its end.

    Raises:
        TableError: it is neither of the Western European ones, or holds UTF-8 as well: then it is damaged.
    """
    try:
        with _unpacked(part, content) as file:
            while chunk := file.read(HEAD):
                if not chunk.isascii():
                    return _western(part, chunk)
    except UNPACKING_ERRORS as error:
        raise damaged(part) from error
    raise _undecodable(part)


def normal(name: str) -> str:
    """A column's name normalised for case, surrounding blanks and zero-width marks."""
    return unicodedata.normalize("NFKC", name).replace("\u200b", "").replace("\ufeff", "").strip().casefold()


def damaged(part: Part) -> TableError:
    """The error for a file that is truncated, or is not what its name says."""
    return TableError(
        f"{part.path}: no column can be read: {part.name} is cut short or damaged. Copy it or export it again."
    )


def unreadable(part: Part, error: Exception) -> TableError:
    """The error for a file that a library refuses: it is encrypted, or damaged."""
    if any(word in str(error) for word in ENCRYPTED):
        return TableError(f"{part.path}: {part.name} is encrypted. Export it again without encryption.")
    return damaged(part)


def stopped(part: Part, error: Exception, store: Path) -> ScoringError:
    """The error that stopped the reading of a file: a full disk, or the file itself."""
    return failure(error, store) if ran_out(error) else unreadable(part, error)


@contextmanager
def _unpacked(part: Part, content: Content) -> Iterator[IO[bytes]]:
    """The file's text as bytes."""
    with part.opened() as file:
        match content:
            case "gzip":
                yield cast(IO[bytes], gzip.GzipFile(fileobj=file))
            case "bzip2":
                yield cast(IO[bytes], bz2.BZ2File(file))
            case "zstd":
                yield cast(IO[bytes], pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd"))
            case _:
                yield file


def _head(part: Part, content: Content) -> tuple[bytes, str]:
    """The first megabyte, and the encoding that it is in."""
    try:
        with _unpacked(part, content) as file:
            head = file.read(HEAD)
    except UNPACKING_ERRORS as error:
        raise damaged(part) from error
    if encoding := next((encoding for mark, encoding in MARKS.items() if head.startswith(mark)), None):
        return head, encoding
    if head.startswith((*MAGIC, *FOREIGN)):
        raise TableError(
            f"{part.path}: {part.name} holds no text but another file: a zip, Parquet, or one that is packed again. "
            f"Unpack it."
        )
    if b"\0" in head:
        raise TableError(
            f"{part.path}: no column can be read: {part.name} holds bytes that are not text (NUL). Export it again, as "
            f"UTF-8."
        )
    start = head.lstrip()[:64].decode("latin-1").lower()
    for begins, words in FOREIGN_TEXT.items():
        if start.startswith(begins):
            raise TableError(f"{part.path}: {part.name} is {words}.")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return head, _western(part, head)
    return head, "utf-8"


def _western(part: Part, sample: bytes) -> str:
    if not sample.decode("utf-8", errors="ignore").isascii():
        raise _undecodable(part)
    best = from_bytes(sample, cp_isolation=list(WESTERN)).best()
    if best is None:
        raise _undecodable(part)
    return "cp1252"


def _undecodable(part: Part) -> TableError:
    return TableError(
        f"{part.path}: no column can be read: {part.name} is damaged, or neither UTF-8 nor Western European "
        f"(Windows-1252) text. Copy it or export it again, as UTF-8."
    )


def _called(encoding: str) -> str:
    return {"cp1252": "Western European text (Windows-1252)", "utf-16": "UTF-16", "utf-32": "UTF-32"}[encoding]


def _mixed_ends(text: str) -> bool:
    """Whether line ends are mixed, which DuckDB cannot read."""
    windows = text.count("\r\n")
    return 0 < windows < text.count("\n") or 0 < windows < text.count("\r")


def _dialect(part: Part, text: str, known: Iterable[str]) -> tuple[str, int, int, tuple[str, ...]]:
    """Separator, lines before the header, lines of the header, and its names: those that know most of our columns."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    skipped = next((number for number, line in enumerate(lines) if line.strip("\ufeff \t")), len(lines))
    if skipped == len(lines):
        raise TableError(f"{part.path}: {part.name} is empty: it has not even a line of column names. Export it again.")
    # Excel's hint at the separator.
    if lines[skipped].lower().startswith("sep="):
        skipped += 1
    ours = {normal(name) for name in known}
    body = "\n".join(lines[skipped:])
    headers = {separator: _record(body, separator) for separator in SEPARATORS}
    separator = max(headers, key=lambda mark: len(ours & {normal(name) for name in headers[mark][0]}))
    names, header_lines = headers[separator]
    if not ours & {normal(name) for name in names}:
        raise TableError(
            f"{part.path}: no column of {part.name} is one of ours: its first line is {lines[skipped][:60]!r}. A table "
            f"begins with a line of column names, separated by commas, semicolons or tabs. Add it or export it again."
        )
    return separator, skipped, header_lines, tuple(names)


def _record(text: str, separator: str) -> tuple[list[str], int]:
    """The cells of the first record, and how many lines it takes."""
    reader = csv.reader(StringIO(text), delimiter=separator, skipinitialspace=True)
    try:
        return next(reader, []), reader.line_num
    except csv.Error:
        return [], 0
