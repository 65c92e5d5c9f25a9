"""Draws applicants and accounts of a made-up lender; their risk depends on score, sum, wage and what they owe."""

import numpy as np
import pandas as pd

MARKER = "made-up.txt"


def synthesize(applicants, seed, out):
    rng = np.random.default_rng(seed)
    has_car = rng.random(applicants) < 0.5
    wage = rng.lognormal(8, 0.5, applicants).round(2)
    wanted = rng.lognormal(9, 0.6, applicants).clip(500, 500_000).round(0)
    frame = pd.DataFrame(
        {
            "CLIENT": np.arange(1, applicants + 1),
            "PRODUCT": rng.choice(["plain", "bike"], applicants),
            "SUM_WANTED": wanted,
            "MONTHLY": (wanted / rng.integers(6, 60, applicants)).round(2),
            "WAGE": wage,
            "BORN": -rng.integers(7_000, 25_000, applicants),
            "SEX": rng.choice(["w", "m"], applicants),
            "CAR": np.where(has_car, "J", "N"),
            "CAR_YEARS": np.where(has_car, rng.integers(0, 20, applicants).astype(float), np.nan),
            "AGENCY_SCORE": rng.random(applicants).round(4),
        }
    )
    accounts = pd.DataFrame({"CLIENT": np.repeat(frame["CLIENT"], rng.poisson(1.5, applicants))})
    accounts["ACCOUNT"] = np.arange(1, len(accounts) + 1)
    accounts["OWED"] = rng.lognormal(7, 1, len(accounts)).round(2)
    accounts["OPENED"] = -rng.integers(0, 4_000, len(accounts))
    owed = accounts.groupby("CLIENT")["OWED"].sum().reindex(frame["CLIENT"]).fillna(0).to_numpy()
    log_odds = -0.7 - 3 * frame["AGENCY_SCORE"] + 0.15 * (wanted / wage - 2) + 0.3 * owed / wage
    outcomes = (rng.random(applicants) < 1 / (1 + np.exp(-log_odds))).astype(int)
    known = applicants * 5 // 6
    frame[:known].assign(BAD=outcomes[:known]).to_parquet(out / "known.parquet", index=False)
    frame[known:].to_parquet(out / "new.parquet", index=False)
    accounts.to_parquet(out / "accounts.parquet", index=False)
    (out / MARKER).write_text("made up")
