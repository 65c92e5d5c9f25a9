from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scoring.errors import JournalError, OutputError
from scoring.journal.journal import Journal, open_journal
from scoring.journal.keys import make_key, read_keys
from scoring.journal.verify import verify
from scoring.people import Person
from tests.databases import new_database

ANNE = Person("anne", "adviser")


def pem(*keys: Ed25519PrivateKey, private: bool = True, password: bytes | None = None) -> bytes:
    """The first key as a private one, if it is wanted so, and the others as public ones."""
    protection = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    written = [
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)
        if private and number == 0
        else key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        for number, key in enumerate(keys)
    ]
    return b"".join(written)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "signing.pem"


def test_beside_a_sqlite_journal_a_key_is_made_that_only_this_user_reads(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        journals = list(pool.map(open_journal, [f"sqlite:///{tmp_path}/journal.db"] * 8))
    assert len({journal.keys.fingerprint for journal in journals if journal.keys}) == 1
    assert stat.S_IMODE((tmp_path / "journal.db.key").stat().st_mode) == 0o600
    assert not list(tmp_path.glob(".journal.db.key*"))
    for journal in journals:
        journal.record("settings", ANNE, {})
    assert verify(journals[0].engine, journals[0].keys).level == "signed"


def test_a_key_is_not_made_twice(key_file: Path):
    make_key(key_file)
    first = key_file.read_bytes()
    make_key(key_file)
    assert key_file.read_bytes() == first


def test_a_key_that_cannot_be_written_is_said_in_words(tmp_path: Path):
    with pytest.raises(OutputError, match="not written"):
        make_key(tmp_path / "absent" / "journal.db.key")


def test_a_lost_key_is_not_replaced_by_a_new_one(tmp_path: Path):
    journal = open_journal(f"sqlite:///{tmp_path}/journal.db")
    journal.record("settings", ANNE, {})
    (tmp_path / "journal.db.key").unlink()
    with pytest.raises(JournalError, match=r"journal.db.key cannot be read"):
        open_journal(f"sqlite:///{tmp_path}/journal.db")
    assert not (tmp_path / "journal.db.key").exists()


def test_another_key_than_the_journals_is_refused(database_url: str, tmp_path: Path):
    mine, other = tmp_path / "mine.pem", tmp_path / "other.pem"
    mine.write_bytes(pem(Ed25519PrivateKey.generate()))
    other.write_bytes(pem(Ed25519PrivateKey.generate()))
    open_journal(database_url, mine).record("settings", ANNE, {})
    with pytest.raises(JournalError, match="signed with another key"):
        open_journal(database_url, other)


def test_a_journal_that_is_signed_takes_no_entry_without_its_key(postgres: str, key_file: Path):
    url = new_database(postgres)
    unsigned = open_journal(url)
    key_file.write_bytes(pem(Ed25519PrivateKey.generate()))
    open_journal(url, key_file).record("settings", ANNE, {})
    with pytest.raises(JournalError, match="this journal is signed"):
        unsigned.record("view", ANNE, {})
    with pytest.raises(JournalError, match="signed with another key than none"):
        open_journal(url)


def test_after_a_change_of_keys_what_the_former_one_signed_verifies(database_url: str, key_file: Path):
    former, present = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    key_file.write_bytes(pem(former))
    open_journal(database_url, key_file).record("settings", ANNE, {})
    key_file.write_bytes(pem(present, former))
    journal = open_journal(database_url, key_file)
    journal.record("settings", ANNE, {})
    assert verify(journal.engine, journal.keys).level == "signed"


def test_with_public_keys_only_one_verifies_but_does_not_append(database_url: str, key_file: Path):
    key = Ed25519PrivateKey.generate()
    key_file.write_bytes(pem(key))
    open_journal(database_url, key_file).record("settings", ANNE, {})
    key_file.write_bytes(pem(key, private=False))
    journal = open_journal(database_url, key_file)
    assert verify(journal.engine, journal.keys).level == "signed"
    with pytest.raises(JournalError, match="public keys only"):
        journal.record("view", ANNE, {})


def test_a_key_that_comes_later_signs_from_then_on(postgres: str, key_file: Path):
    url = new_database(postgres)
    unsigned = open_journal(url)
    for _ in range(3):
        unsigned.record("view", ANNE, {})
    assert verify(unsigned.engine, None).level == "chained"
    key_file.write_bytes(pem(Ed25519PrivateKey.generate()))
    journal: Journal = open_journal(url, key_file)
    journal.record("settings", ANNE, {})
    found = verify(journal.engine, journal.keys)
    assert (found.level, found.finding) == ("signed", None)
    assert found.notes == ("The entries before 4 are not signed: the journal had no key then.",)


def elliptic() -> bytes:
    return generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        elliptic(),
        pem(Ed25519PrivateKey.generate(), password=b"secret"),
        pem(Ed25519PrivateKey.generate()) + pem(Ed25519PrivateKey.generate()),
        pem(Ed25519PrivateKey.generate()) + elliptic(),
        pem(Ed25519PrivateKey.generate()).replace(b"M", b"!"),
    ],
    ids=["empty", "words", "elliptic", "encrypted", "two", "mixed", "damaged"],
)
def test_a_file_that_is_not_one_key_is_refused(key_file: Path, content: bytes):
    key_file.write_bytes(content)
    with pytest.raises(JournalError, match=r"signing.pem is (damaged|not one Ed25519 key)"):
        read_keys(key_file)
