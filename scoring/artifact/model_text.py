"""The text of a LightGBM model in its parts: a head, the trees, and what follows them.

The head's `tree_sizes` gives the bytes of each tree; after the last one, the text says "end of trees".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SIZES = re.compile(rb"^tree_sizes=([0-9 ]+)$", re.MULTILINE)
_FIRST, _END = b"Tree=0\n", b"end of trees"


@dataclass(frozen=True)
class ModelText:
    """A model's text, cut up; `with_trees` puts it together again."""

    head: bytes
    trees: tuple[bytes, ...]
    tail: bytes

    def with_trees(self, trees: Sequence[bytes]) -> bytes:
        """The text with these trees, numbered from 0, in place of its own."""
        numbered = [b"Tree=%d\n" % number + tree.split(b"\n", 1)[1] for number, tree in enumerate(trees)]
        sizes = b" ".join(b"%d" % len(tree) for tree in numbered)
        return _SIZES.sub(b"tree_sizes=" + sizes, self.head) + b"".join(numbered) + self.tail


def model_text(text: bytes) -> ModelText:
    """Cuts up a model's text.

    Raises:
        ValueError: it is not complete, or none of LightGBM's.
    """
    sizes, start = _SIZES.search(text), text.find(_FIRST)
    if sizes is None or start < 0:
        raise ValueError("no text of a LightGBM model")
    end, trees = start, []
    for size in map(int, sizes[1].split()):
        trees.append(text[end : end + size])
        end += size
    if not text.startswith(_END, end):
        raise ValueError("the trees are not as long as the head says")
    return ModelText(text[:start], tuple(trees), text[end:])
