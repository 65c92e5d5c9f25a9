from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from scoring.access.access import check_closed, is_demo, is_open, open_access
from scoring.errors import AccessError, InvalidInputError
from scoring.journal.journal import Journal
from scoring.serving.settings import AccessSettings, read_settings

LONG = "s" * 32


def test_all_processes_sign_with_the_secret_that_the_first_one_made(journal: Journal):
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: open_access(AccessSettings("password"), journal.engine), range(8)))
    assert len({each.cookies.secret for each in opened}) == 1
    assert len(opened[0].cookies.secret) >= 43


def test_a_secret_of_the_settings_stands_before_it(journal: Journal):
    assert open_access(AccessSettings("password", secret=LONG), journal.engine).cookies.secret == LONG
    with pytest.raises(InvalidInputError, match="SESSION_SECRET is shorter than 32") as refused:
        open_access(AccessSettings("password", secret="guessable"), journal.engine)
    assert "guessable" not in str(refused.value)


@pytest.mark.parametrize(
    ("environment", "demo", "is_public", "starts"),
    [
        ({}, True, False, True),
        ({"ALLOW_ANONYMOUS": "1"}, True, False, True),
        ({"AUTH": "password"}, True, False, True),
        ({"ARTIFACT": "models/ours"}, False, True, False),
        ({"MODEL_REPO": "lender/credit"}, False, True, False),
        # The bundled model with a lender's own applicants.
        ({"APPLICANTS": "applicants.parquet"}, False, True, False),
        ({"MODEL_REPO": "lender/credit", "ALLOW_ANONYMOUS": "1"}, False, True, True),
        ({"MODEL_REPO": "lender/credit", "AUTH": "password"}, False, False, True),
        ({"MODEL_REPO": "lender/credit", "AUTH": "password", "ALLOW_ANONYMOUS": "1"}, False, False, True),
    ],
)
def test_only_the_demo_is_open_without_being_asked_for(environment: dict, demo: bool, is_public: bool, starts: bool):
    settings = read_settings(environment)
    assert (is_demo(settings), is_open(settings)) == (demo, is_public)
    if starts:
        check_closed(settings)
    else:
        with pytest.raises(AccessError, match=r"AUTH=password .* ALLOW_ANONYMOUS=1"):
            check_closed(settings)
