"""The Ed25519 key that signs, and the public keys that are trusted."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from scoring.errors import JournalError
from scoring.files import writable

BLOCK = re.compile(rb"-----BEGIN (PUBLIC|PRIVATE) KEY-----.+?-----END \1 KEY-----", re.DOTALL)


@dataclass(frozen=True)
class Keys:
    """The key that signs, if it is here, and every public key that is believed, by fingerprint."""

    signing: Ed25519PrivateKey | None = field(repr=False)
    fingerprint: str | None
    believed: Mapping[str, Ed25519PublicKey]

    def sign(self, message: str) -> str:
        """A signature, in hex."""
        assert self.signing is not None
        return self.signing.sign(message.encode()).hex()

    def signed(self, message: str, signature: str | None, fingerprint: str | None = None) -> bool:
        """Whether that key signed this; without a fingerprint, whether any believed key did."""
        keys = self.believed.values() if fingerprint is None else [self.believed.get(fingerprint)]
        return any(key is not None and _valid(key, message, signature or "") for key in keys)


def _valid(key: Ed25519PublicKey, message: str, signature: str) -> bool:
    try:
        key.verify(bytes.fromhex(signature), message.encode())
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def entry_message(number: int, hash: str) -> str:
    """What the signature of an entry is over."""
    return f'{{"hash":"{hash}","number":{number},"signed":"entry"}}'


def head_message(number: int, hash: str) -> str:
    """What the signature of the head is over: that the journal ends here. Of an entry's signature none can be made."""
    return f'{{"hash":"{hash}","number":{number},"signed":"head"}}'


def checkpoint_message(number: int, at: str, hash: str, signatures: str) -> str:
    """What the signature of a checkpoint is over."""
    return f'{{"at":"{at}","hash":"{hash}","number":{number},"signatures":"{signatures}","signed":"checkpoint"}}'


def signatures_digest(signatures: Iterable[str | None]) -> str:
    """What a checkpoint says of the signatures of its entries; a hyphen stands for that of an entry that has none."""
    return sha256("".join(f"{item or '-'}" for item in signatures).encode(errors="replace")).hexdigest()


def fingerprint_of(key: Ed25519PublicKey) -> str:
    """The SHA-256 of a public key's 32 bytes, in hex."""
    return sha256(key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)).hexdigest()


def read_keys(path: Path) -> Keys:
    """The keys of a PEM file: at most one private one, which signs, and public ones that are believed as well.

    A former key stays in the file as a public one, so that what it signed still verifies; whoever only verifies needs
    no private one.

    Raises:
        JournalError: the file cannot be read, or holds no Ed25519 key.
    """
    try:
        blocks = [(found[1], found[0]) for found in BLOCK.finditer(path.read_bytes())]
        private = [serialization.load_pem_private_key(block, None) for kind, block in blocks if kind == b"PRIVATE"]
        public = [serialization.load_pem_public_key(block) for kind, block in blocks if kind == b"PUBLIC"]
    except OSError as error:
        raise JournalError(
            f"The journal's key {path} cannot be read: {error.strerror}. Set JOURNAL_KEY to its PEM file."
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise JournalError(f"The journal's key {path} is damaged. Put it back from a copy.") from None
    signing = [key for key in private if isinstance(key, Ed25519PrivateKey)]
    believed = [key for key in public if isinstance(key, Ed25519PublicKey)] + [key.public_key() for key in signing]
    if len(private) > 1 or len(believed) < len(private) + len(public) or not believed:
        raise JournalError(
            f"The journal's key {path} is not one Ed25519 key in PEM, unencrypted, with former ones as public keys. "
            "Make one by: openssl genpkey -algorithm ed25519"
        )
    named = {fingerprint_of(key): key for key in believed}
    return Keys(signing[0], fingerprint_of(signing[0].public_key()), named) if signing else Keys(None, None, named)


def make_key(path: Path) -> None:
    """Writes a new key that only this user may read, unless there is one; of several processes one does.

    Raises:
        OutputError: it cannot be written.
    """
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # A temporary file of this kind has mode 0600 from the start.
    with writable(path), NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(file.name, path)
        except FileExistsError:
            return
