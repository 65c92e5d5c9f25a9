"""An encrypted Parquet file, as a data lake may hand out."""

from __future__ import annotations

from base64 import b64decode, b64encode
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as encryption


class Keys(encryption.KmsClient):
    """Wraps keys in nothing."""

    def __init__(self, _config: object) -> None:
        super().__init__()

    def wrap_key(self, key_bytes: bytes, _name: str) -> bytes:
        return b64encode(key_bytes)

    def unwrap_key(self, wrapped_key: bytes, _name: str) -> bytes:
        return b64decode(wrapped_key)


def encrypted(table: pa.Table, path: Path, plaintext_footer: bool) -> bytes:
    """Writes a table to a file, with its first column encrypted, and its footer unless that is left in plain text."""
    some = encryption.EncryptionConfiguration(
        footer_key="footer", column_keys={"column": [table.column_names[0]]}, plaintext_footer=plaintext_footer
    )
    properties = encryption.CryptoFactory(Keys).file_encryption_properties(encryption.KmsConnectionConfig(), some)
    with pq.ParquetWriter(path, table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)
    return path.read_bytes()
