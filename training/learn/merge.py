"""Several boosters -> one whose margin is the sum of theirs, so that a bagged model is a single LightGBM model."""

from __future__ import annotations

from collections.abc import Sequence

import lightgbm as lgb

from scoring.artifact.model_text import model_text


def merge_boosters(boosters: Sequence[lgb.Booster]) -> lgb.Booster:
    """One booster with the trees of all; they must have been trained on the same features.

    TreeSHAP of the merged booster is exact, and equals the sum over the boosters.
    """
    texts = [model_text(booster.model_to_string().encode()) for booster in boosters]
    merged = texts[0].with_trees([tree for text in texts for tree in text.trees])
    return lgb.Booster(model_str=merged.decode())
