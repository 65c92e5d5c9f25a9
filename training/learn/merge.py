"""Several boosters -> one whose margin is the sum of theirs, so that a bagged model is a single LightGBM model."""

from __future__ import annotations

import re
from collections.abc import Sequence

import lightgbm as lgb

SIZES = re.compile(rb"^tree_sizes=([0-9 ]+)$", re.MULTILINE)


def merge_boosters(boosters: Sequence[lgb.Booster]) -> lgb.Booster:
    """One booster with the trees of all; they must have been trained on the same features.

    TreeSHAP of the merged booster is exact, and equals the sum over the boosters.
    """
    texts = [booster.model_to_string().encode() for booster in boosters]
    trees = [tree for text in texts for tree in _trees(text)]
    numbered = [b"Tree=%d\n" % place + tree.split(b"\n", 1)[1] for place, tree in enumerate(trees)]
    head, tail = texts[0][: texts[0].index(b"Tree=0\n")], texts[0][texts[0].index(b"end of trees") :]
    sizes = b" ".join(b"%d" % len(tree) for tree in numbered)
    merged = SIZES.sub(b"tree_sizes=" + sizes, head) + b"".join(numbered) + tail
    return lgb.Booster(model_str=merged.decode())


def _trees(text: bytes) -> list[bytes]:
    """The text of each tree; the header says how many bytes each takes."""
    found = SIZES.search(text)
    place, trees = text.index(b"Tree=0\n"), []
    for size in map(int, found[1].split()) if found else ():
        trees.append(text[place : place + size])
        place += size
    return trees
