"""Proves that the journal was not changed, or names the first entry that was.

The entries are read once, in order, and each hash is computed anew. Signatures are verified at the checkpoints, which
cover those of the entries before them, and one by one after the last checkpoint.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import islice

from sqlalchemy import Engine, func, inspect, select

from scoring.database.engine import SQLITE, reading
from scoring.errors import DatabaseError, JournalError
from scoring.journal import append
from scoring.journal.ends import ends
from scoring.journal.entry import NO_HASH, erased_by, hash_of, payload_start
from scoring.journal.examined import Examined, examine
from scoring.journal.head import Head, head_file, kept_head
from scoring.journal.keys import Keys, checkpoint_message, signatures_digest
from scoring.journal.locate import NOT_TEXT, Link, broken_chain, links, read_any_text, stream, unsigned
from scoring.journal.report import Finding, Level, Part, Verification, edited
from scoring.journal.tables import JOURNAL, PAYLOAD

ENTRIES = (
    select(*JOURNAL.c, PAYLOAD.c.applicant_id, PAYLOAD.c.salt, PAYLOAD.c.text)
    .join(PAYLOAD, PAYLOAD.c.number == JOURNAL.c.number, isouter=True)
    .order_by(JOURNAL.c.number)
)
# What sqlite3 says of a text that is not UTF-8.
NOT_UTF8 = "Could not decode to UTF-8"
# Tampering with these leaves the entries as they were.
KEEP_ENTRIES: tuple[Part, ...] = ("payload", "signature", "checkpoint")


def verify(engine: Engine, keys: Keys | None, anchor: Head | None = None) -> Verification:
    """Proves the journal of a database.

    Args:
        engine: from `open_existing`.
        keys: the public keys that are believed; None for a journal that is not signed.
        anchor: the head that was committed to the hub, read before this is called; None: there is none.

    Raises:
        DatabaseError: the database cannot be reached.
        JournalError: there is no journal in it, it is empty, or it is signed with a key that is not given.
    """
    try:
        return _verified(engine, keys, anchor, any_text=False)
    except DatabaseError as error:
        if NOT_UTF8 not in str(error.__cause__):
            raise
        # Overwritten with something other than text; reading such values as well takes half as long again.
        return _verified(engine, keys, anchor, any_text=True)


def _verified(engine: Engine, keys: Keys | None, anchor: Head | None, any_text: bool) -> Verification:
    # Before the entries, so that one that is appended meanwhile is not a finding.
    kept = kept_head(engine)
    with reading(engine) as connection:
        address = engine.url.render_as_string()
        if not inspect(connection).has_table(JOURNAL.name):
            raise JournalError(f"There is no journal in {address}. Set JOURNAL_URL to where it is.")
        if any_text:
            read_any_text(connection)
        journal = examine(connection, keys, (kept, anchor))
        finding = _payloads(journal, _entries(journal) or ends(journal, kept, anchor))
        if finding is None and not journal.number:
            raise JournalError(
                f"The journal in {address} is empty: there is nothing to prove. The app's start fills it."
            )
        count = connection.execute(select(func.count()).select_from(JOURNAL)).scalar_one() if finding else None
    level: Level = "anchored" if anchor else "signed" if keys else "chained"
    return Verification(
        entries=journal.number if count is None else count,
        erased=len(journal.without_payload & journal.erased),
        head=journal.hash,
        level=None if finding else level,
        finding=finding,
        notes=tuple(_notes(journal, engine, kept, anchor)),
    )


def _notes(journal: Examined, engine: Engine, kept: Head | None, anchor: Head | None) -> list[str]:
    notes = []
    if journal.keys and (journal.first_signed or 1) > 1:
        notes.append(f"The entries before {journal.first_signed} are not signed: the journal had no key then.")
    if anchor:
        notes.append(f"Anchored up to entry {anchor.number}; {journal.number - anchor.number} came since.")
    if engine.dialect.name == SQLITE and kept is None:
        notes.append(f"{head_file(engine)} is not there: an older copy of the database in its place would not show.")
    return notes


def _entries(journal: Examined) -> Finding | None:
    """The first thing that is wrong with entries, payloads that are there, signatures and checkpoints."""
    expected, last = 1, NO_HASH
    for row in stream(journal.connection, ENTRIES):
        number, at, kind, person, role, digest, previous, hash, signature, applicant_id, salt, text = row
        try:
            follows = number == expected and previous == last
            holds = follows and hash == hash_of(number, at, kind, person, role, digest, previous)
            intact = text is None or (
                sha256((salt + text).encode()).hexdigest() == digest and text.startswith(payload_start(applicant_id))
            )
        except NOT_TEXT:
            holds, intact = follows and Link(*row[:9]).holds(), False
        if not holds:
            return broken_chain(journal.connection, journal.keys, expected, _since(journal))
        journal.since.append(row)
        if signature is not None and not journal.first_signed:
            journal.first_signed = number
        if not intact:
            return _forged(journal) or edited("payload", number, "it is not what its digest says.")
        if text is None:
            journal.without_payload.add(number)
        elif kind == "erasure":
            journal.erased.update(erased_by(text))
        if number in journal.marked:
            journal.marked[number] = hash
        if number % append.CHECKPOINT_EVERY == 0:
            finding = _checkpoint(journal, number, hash)
            if finding:
                return finding
            journal.since.clear()
        journal.number, journal.hash = number, hash
        expected, last = number + 1, hash
    if expected == 1:
        return None
    if journal.keys and not journal.first_signed:
        return Finding("re-chained", "signature", 1, "no entry is signed, but there is a key that signs them.")
    return _forged(journal)


def _since(journal: Examined) -> list[Link]:
    first = journal.first_signed
    return [Link(*row[:9]) for row in journal.since if first and row[0] >= first]


def _forged(journal: Examined) -> Finding | None:
    """What was done to the first entry since the last checkpoint that is not signed, though its chain holds."""
    keys = journal.keys
    row = unsigned(_since(journal), keys)
    if row is None or keys is None:
        return None
    number, head = row.number, journal.head
    after = list(islice(links(journal.connection, number), append.CHECKPOINT_EVERY))
    if after and not (after[0].previous == row.hash and after[0].number == number + 1 and after[0].holds()):
        return broken_chain(journal.connection, keys, number + 1, [row])
    if head and head.number == number - 1 and head.signed_by(keys):
        return Finding("inserted", "entry", number, "it comes after the end that was signed.")
    ends = {(item.number, item.hash) for item in [row, *after]}
    confirmed = head and head.signed_by(keys) and (head.number, head.hash) in ends
    if confirmed or any(item.signed_by(keys) for item in after):
        return edited("signature", number, "the entries after it are signed, but not this one.")
    return Finding("re-chained", "entry", number, "its hash and the later ones were computed anew: it is not signed.")


def _checkpoint(journal: Examined, number: int, hash: str) -> Finding | None:
    """What is wrong with a checkpoint, or with the entries since the one before."""
    if journal.keys is None or journal.first_signed is None:
        return None
    row = journal.checkpoints.pop(number, None)
    if row is None:
        return _forged(journal) or Finding("deleted", "checkpoint", number, "the checkpoint is not there.")
    signatures = signatures_digest(item[8] for item in journal.since)
    message = checkpoint_message(number, row.at, row.hash, row.signatures)
    if (row.hash, row.signatures) == (hash, signatures) and journal.keys.signed(message, row.signature, row.key):
        return None
    return _forged(journal) or edited("checkpoint", number, "it is not what was signed.")


def _payloads(journal: Examined, finding: Finding | None) -> Finding | None:
    """The first payload that is gone without an erasure, or back after one, unless something else comes first."""
    if finding and finding.part not in KEEP_ENTRIES:
        # The erasure may be what was tampered with.
        return finding
    query = select(PAYLOAD.c.number, PAYLOAD.c.text).join(JOURNAL, JOURNAL.c.number == PAYLOAD.c.number)
    found = journal.connection.execute(query.where(JOURNAL.c.kind == "erasure")) if finding else ()
    texts = {row.number: row.text for row in found}
    if finding and finding.number in texts:
        return finding
    erased = journal.erased.union(*map(erased_by, texts.values()))
    gone = min(journal.without_payload - erased, default=None)
    if gone and not (finding and finding.number <= gone):
        return Finding("deleted", "payload", gone, "it is gone, but no erasure names it.")
    back = min(erased - journal.without_payload, default=None)
    if back and not finding:
        return Finding("inserted", "payload", back, "it was erased, and is back.")
    return finding
