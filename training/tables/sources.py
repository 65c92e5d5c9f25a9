"""Finds the files of each table in a folder or zip: names, extensions, zips and folders of part files.

A table is a file `NAME.csv`, `NAME.parquet` and the like, in any case; a folder of that name with part files, as Spark
writes one; or a member of a zip. Two candidates for one table are refused as ambiguous.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from scoring.errors import TableError
from training.lender.roles import TEST, TRAIN
from training.tables.definitions import table_names

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
PACKED_ENDINGS = ("", ".gz", ".bz2", ".zst")
ENDINGS = (
    *(text + packed for text in TEXT_ENDINGS for packed in PACKED_ENDINGS),
    *(".parquet", ".parq", ".pq", ".feather", ".arrow", ".ipc"),
)
KNOWN = ".csv, .tsv, .txt (also .gz, .bz2, .zst, .zip), .parquet, .pq, .feather, .arrow"
# Other common formats, with how to convert them into a supported one.
OTHER_ENDINGS = {
    ".xlsx": "an Excel workbook. Save it as CSV UTF-8",
    ".xls": "an Excel workbook. Save it as CSV UTF-8",
    ".xlsm": "an Excel workbook. Save it as CSV UTF-8",
    ".xlsb": "an Excel workbook. Save it as CSV UTF-8",
    ".ods": "a spreadsheet. Save it as CSV",
    ".json": "JSON. Export it as CSV or Parquet",
    ".jsonl": "JSON. Export it as CSV or Parquet",
    ".pkl": "a Python pickle, which could run anything. Export it as Parquet",
    ".pickle": "a Python pickle, which could run anything. Export it as Parquet",
    ".h5": "an HDF5 file. Export it as Parquet",
    ".orc": "an ORC file. Export it as Parquet",
    ".avro": "an Avro file. Export it as Parquet",
    ".rds": "an R object. Export it as CSV or Parquet",
    ".sav": "an SPSS table. Export it as CSV or Parquet",
    ".sas7bdat": "a SAS table. Export it as CSV or Parquet",
    ".dta": "a Stata table. Export it as CSV or Parquet",
    ".csv.xz": "packed by xz. Unpack it",
    ".csv.lz4": "packed by lz4. Unpack it",
    ".parquet.gz": "Parquet that is packed once more. Unpack it",
    ".7z": "a 7z archive. Unpack it",
    ".rar": "a RAR archive. Unpack it",
    ".tar.gz": "a tar archive. Unpack it",
    ".tgz": "a tar archive. Unpack it",
}
# Text of numbers compresses to a tenth, constant columns to a hundredth, a zip bomb to a thousandth.
PACKED_AT_MOST = 300
SMALL = 64 << 20


@dataclass(frozen=True)
class Part:
    """One file on disk, or one `member` of a zip."""

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """Its name in messages."""
        return f"{self.path.name}: {self.member}" if self.member else self.path.name

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Its bytes as stored, in the zip if it is in one."""
        if self.member is None:
            with self.path.open("rb") as file:
                yield file
        else:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
                yield file


@dataclass(frozen=True)
class Source:
    """A table's source: one file, or the part files of a folder in the order of their names."""

    table: str
    name: str
    parts: tuple[Part, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """Its files on disk."""
        return tuple(dict.fromkeys(part.path for part in self.parts))


def table_sources(folder: Path) -> dict[str, Source]:
    """The tables in a folder or zip, by table name, in a fixed order.

    Raises:
        TableError: there is no such folder or zip, no application table in it, two candidates for a table, or a file
            that cannot be one.
    """
    if folder.is_file() and folder.suffix.lower() == ".zip":
        candidates = _in_zip(folder)
    elif folder.is_dir():
        candidates = [source for path in sorted(folder.iterdir()) for source in _at(path)]
    else:
        raise TableError(f"{folder}: there is no such folder. Give the folder that holds {TRAIN}.csv and its like.")
    found: dict[str, Source] = {}
    for table in table_names():
        sources = [source for source in candidates if source.table == table]
        if len(sources) > 1:
            names = " and ".join(source.name for source in sources)
            raise TableError(f"{folder}: {names} are the same table in two formats or places. Keep one of them.")
        if sources:
            found[table] = sources[0]
        elif folder.is_dir():
            _check_no_other(folder, table)
    if not {TRAIN, TEST} & found.keys():
        raise TableError(f"{folder}: holds neither {TRAIN} nor {TEST} ({KNOWN}).{_hint(folder)} Put one of them there.")
    return found


def table_named(name: str, endings: tuple[str, ...] = ENDINGS) -> str | None:
    """The table of a file of that name; None if it is not one of ours."""
    return next(
        (table for table in table_names() for ending in endings if name.lower() == f"{table}{ending}".lower()), None
    )


def _at(path: Path) -> list[Source]:
    """The source in one entry of the folder."""
    table = table_named(path.name)
    if path.is_dir():
        return _part_files(path, table or table_named(path.name, ("",)))
    if path.suffix.lower() == ".zip" and path.is_file():
        own = _zipped_table(path.name)
        return _in_zip(path, own) if own or zipfile.is_zipfile(path) else []
    if table is None:
        return []
    if path.is_symlink() and not path.exists():
        raise TableError(f"{path}: is a link to a file that is not there. Put the file itself in its place.")
    return [Source(table, path.name, (Part(path),))] if path.is_file() else []


def _part_files(folder: Path, table: str | None) -> list[Source]:
    """The folder of part files that Spark, Dask or an unpacking program leaves: its data files, in order of name."""
    if table is None:
        return []
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "_")))
    if partitioned := next((path for path in entries if path.is_dir() and "=" in path.name), None):
        raise TableError(
            f"{folder}: is split into folders by a column ({partitioned.name}). Write it again without partitions."
        )
    parts = tuple(Part(path) for path in entries if path.is_file() and path.name.lower().endswith(ENDINGS))
    if not parts:
        if table_named(folder.name):
            raise TableError(f"{folder}: is a folder without a part file ({KNOWN}). Write the table again.")
        return []
    return [Source(table, folder.name, parts)]


def _in_zip(path: Path, own: str | None = None) -> list[Source]:
    """The tables in a zip; `own` is the table after which the zip is named, whatever its only member is called."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not _is_litter(info)]
    except zipfile.BadZipFile as error:
        raise TableError(
            f"{path}: no column can be read: the zip is cut short or damaged. Copy it or export it again."
        ) from error
    members: dict[tuple[str, str], list[zipfile.ZipInfo]] = {}
    for info in infos:
        if _zipped_table(PurePosixPath(info.filename).name):
            raise TableError(f"{path}: holds a zip, {info.filename}. Unpack {path.name}.")
        inside = PurePosixPath(info.filename.replace("\\", "/"))
        if table := table_named(inside.name):
            members.setdefault((table, info.filename), []).append(info)
        elif (table := table_named(inside.parent.name, ("", *ENDINGS))) and inside.name.lower().endswith(ENDINGS):
            members.setdefault((table, str(inside.parent)), []).append(info)
    data = [info for info in infos if info.filename.lower().endswith(ENDINGS)]
    if own and not members and len(data) == 1:
        members[own, data[0].filename] = data
    if own and not members:
        raise TableError(f"{path}: holds no table ({KNOWN}). Put one in it.")
    for group in members.values():
        for info in group:
            _check_member(path, info)
    return [
        Source(table, f"{path.name}: {name}", tuple(Part(path, info.filename) for info in group))
        for (table, name), group in members.items()
    ]


def _zipped_table(name: str) -> str | None:
    """The table after which a zip is named."""
    stem = name.lower().removesuffix(".zip")
    return None if stem == name.lower() else table_named(stem, ("", *ENDINGS))


def _is_litter(info: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(info.filename).parts
    return info.is_dir() or "__MACOSX" in parts or (bool(parts) and parts[-1].startswith((".", "_")))


def _check_member(path: Path, info: zipfile.ZipInfo) -> None:
    inside = PurePosixPath(info.filename.replace("\\", "/"))
    if ".." in inside.parts or inside.is_absolute() or re.match(r"[A-Za-z]:", info.filename):
        raise TableError(f"{path}: the name {info.filename!r} leads out of the zip. Pack the tables again.")
    if info.flag_bits & 1:
        raise TableError(f"{path}: {info.filename} is locked by a password. Unpack it.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        raise TableError(f"{path}: {info.filename} is packed in a way that is not read here. Unpack it.")
    if info.file_size > SMALL and info.file_size > PACKED_AT_MOST * max(info.compress_size, 1):
        raise TableError(
            f"{path}: {info.filename} would unpack to {info.file_size:,} bytes, more than {PACKED_AT_MOST} times what "
            f"is stored: no table is packed so tightly. Unpack it yourself if you trust it."
        )


def _check_no_other(folder: Path, table: str) -> None:
    """Refuses a table in an unsupported format, instead of calling it absent."""
    for path in folder.iterdir():
        for ending, words in OTHER_ENDINGS.items():
            if path.name.lower() == f"{table}{ending}".lower():
                raise TableError(f"{path}: is {words}.")


def _hint(folder: Path) -> str:
    """Files whose names begin like an application table's, as those that a browser numbers."""
    if not folder.is_dir():
        return ""
    near = [path.name for path in sorted(folder.iterdir()) if path.name.lower().startswith((TRAIN, TEST))]
    return f" Rename {', '.join(near[:3])}?" if near else ""
