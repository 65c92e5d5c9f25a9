import math

import pytest

from scoring.applicants.inputs import checked_changes, checked_history, checked_id, checked_language
from scoring.applicants.scenarios import HistoryChange, HistoryStep
from scoring.errors import InvalidInputError
from scoring.schema.definition import quoted
from scoring.words.language import Words

REFUSED = [
    ({"NO_SUCH_FIELD": 1}, ["NO_SUCH_FIELD"]),
    ({"AMT_CREDITS": 1}, ["AMT_CREDITS", "AMT_CREDIT"]),
    ({"amt_credit": 1}, ["amt_credit", "AMT_CREDIT"]),
    ({"AMT_CREDIT": "a lot"}, ["AMT_CREDIT", "a lot", "1"]),
    ({"AMT_CREDIT": -5}, ["AMT_CREDIT", "-5", "1"]),
    ({"AMT_CREDIT": 0}, ["AMT_CREDIT", "0"]),
    ({"AMT_CREDIT": 10**400}, ["AMT_CREDIT", "1,000,000,000"]),
    ({"AMT_CREDIT": math.nan}, ["AMT_CREDIT", "nan"]),
    ({"AMT_CREDIT": math.inf}, ["AMT_CREDIT", "inf"]),
    ({"AMT_CREDIT": [1, 2]}, ["AMT_CREDIT", "[1, 2]"]),
    ({"AMT_CREDIT": {"a": 1}}, ["AMT_CREDIT", "'a'"]),
    ({"AMT_CREDIT": True}, ["AMT_CREDIT", "True"]),
    ({"AMT_CREDIT": None}, ["AMT_CREDIT", "None"]),
    ({"CNT_CHILDREN": 1.5}, ["CNT_CHILDREN", "1.5"]),
    ({"DAYS_BIRTH": 12_000}, ["DAYS_BIRTH", "12000", "\u221236,525"]),
    ({"NAME_INCOME_TYPE": "Astronaut"}, ["NAME_INCOME_TYPE", "Astronaut", "Working"]),
    ({"NAME_INCOME_TYPE": 3}, ["NAME_INCOME_TYPE", "3", "Working"]),
    ({"NAME_INCOME_TYPE": ["Working"]}, ["NAME_INCOME_TYPE", "Working"]),
    ({"FLAG_OWN_CAR": "perhaps"}, ["FLAG_OWN_CAR", "perhaps", "Y"]),
    ({"FLAG_OWN_CAR": 2}, ["FLAG_OWN_CAR", "2", "Y"]),
    ({"FLAG_PHONE": "maybe"}, ["FLAG_PHONE", "maybe", "1"]),
    ({"DAYS_EMPLOYED": 1_000}, ["DAYS_EMPLOYED", "1000", "\u221236,525", "365,243"]),
    ({"EXT_SOURCE_1": 43}, ["EXT_SOURCE_1", "43", "0 to 1"]),
    ({"AMT_CREDIT": "333,000"}, ["AMT_CREDIT", "333,000", "more than one number"]),
    ({"AMT_CREDIT": "1.234,50"}, ["AMT_CREDIT", "1.234,50", "more than one number"]),
    ({"AMT_CREDIT": ""}, ["AMT_CREDIT", "''"]),
    ({"AMT_CREDIT": "9" * 5_000}, ["AMT_CREDIT", "999"]),
    ({"AMT_CREDIT": "0x10"}, ["AMT_CREDIT", "0x10"]),
    ({"AMT_CREDIT": "\u0663\u0663\u0663\u0663"}, ["AMT_CREDIT"]),
    ({"AMT_CREDIT": "1e999"}, ["AMT_CREDIT", "1e999"]),
    ({"CNT_CHILDREN": "1.5"}, ["CNT_CHILDREN", "1.5"]),
    ({"NAME_INCOME_TYPE": "working"}, ["NAME_INCOME_TYPE", "working", "Working"]),
    ({"NAME_INCOME_TYPE": "Workin "}, ["NAME_INCOME_TYPE", "'Workin'", "Working"]),
    ({"NAME_INCOME_TYPE": "nan"}, ["NAME_INCOME_TYPE", "nan"]),
    ({"FLAG_PHONE": 2}, ["FLAG_PHONE", "2", "1"]),
    ({3: 4}, ["3"]),
    ([1, 2], ["[1, 2]"]),
    ("AMT_CREDIT=3", ["AMT_CREDIT=3"]),
    ({f"field {place}": 1 for place in range(100_000)}, ["100000"]),
]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("changes", "told"), REFUSED)
def test_a_change_that_is_not_allowed_is_named_with_what_is(changes, told, language):
    with pytest.raises(InvalidInputError) as refused:
        checked_changes(changes, language)
    shown = told if language == "en" else told[:1]
    assert all(words in str(refused.value) for words in shown), str(refused.value)
    assert len(str(refused.value)) < 1_000


def test_allowed_changes_pass_unchanged():
    changes = {"AMT_CREDIT": 1e6, "NAME_INCOME_TYPE": "Working", "OWN_CAR_AGE": None, "CNT_CHILDREN": 2}
    assert checked_changes(changes, "en") == changes
    assert checked_changes(None, "en") == {}


def test_a_mark_of_the_lender_is_allowed():
    assert checked_changes({"DAYS_EMPLOYED": 365243, "AMT_INCOME_TOTAL": 117_000_000}, "en")


def test_ten_megabytes_are_quoted_in_a_few_words():
    assert len(quoted("x" * 10_000_000)) < 100
    assert len(quoted(list(range(1_000_000)))) < 100


@pytest.mark.parametrize(
    "sent",
    [
        *("", "smith", "1.5", "1,5", "100,001", "10 0001", "1e5", "1.00E+05", "\u0661\u0660", "5\x00", "\ud800"),
        *(1.5, True, [100001], {}, math.nan, math.inf, 1e300, float(2**53), "9007199254740993.0"),
    ],
)
def test_an_id_that_is_no_whole_number_is_refused(sent):
    with pytest.raises(InvalidInputError):
        checked_id(sent, "en")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        *((None, None), (5, 5), (5.0, 5), ("100001", 100001), ("100001.0", 100001), (" 5 ", 5), ("100001\n", 100001)),
        *(("0100001", 100001), ("100 001", 100001), (-1, -1), (2**53 + 1, 2**53 + 1), (10**400, 10**400)),
    ],
)
def test_an_id_is_a_whole_number_or_nothing(sent, expected):
    assert checked_id(sent, "en") == expected


@pytest.mark.parametrize(
    "sent", ["de", "", " ", None, 3, math.nan, ["en"], "de-FR", "french", "fr-", "x" * 1_000, "fr\x00", "\ud800"]
)
def test_an_unknown_language_is_refused_naming_those_spoken(sent):
    with pytest.raises(InvalidInputError, match=r"en.*fr"):
        checked_language(sent)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [("en", "en"), ("fr", "fr"), ("fr-FR", "fr"), ("fr_CA", "fr"), ("en-GB", "en"), ("FR", "fr"), (" fr ", "fr")],
)
def test_a_region_makes_no_difference(sent, expected):
    assert checked_language(sent) == expected


@pytest.mark.parametrize(
    ("name", "sent", "language", "expected"),
    [
        ("AMT_CREDIT", "333000", "en", 333_000),
        ("AMT_CREDIT", " 333000.5 ", "en", 333_000.5),
        ("AMT_CREDIT", "3.33e5", "en", 333_000),
        ("AMT_CREDIT", "333 000", "en", 333_000),
        ("AMT_CREDIT", "333_000", "en", 333_000),
        *(("AMT_CREDIT", sent, "en", 333_000) for sent in ("333_000.0_0", "3.33e0005", "333000\f")),
        ("AMT_CREDIT", "333 000,50", "en", 333_000.5),
        ("AMT_CREDIT", "333 000,50", "fr", 333_000.5),
        ("AMT_CREDIT", "333\u202f000,50", "fr", 333_000.5),
        ("AMT_CREDIT", "333000,5", "fr", 333_000.5),
        ("AMT_CREDIT", "333000.5", "fr", 333_000.5),
        ("EXT_SOURCE_1", "0,123", "fr", 0.123),
        ("EXT_SOURCE_1", "0.123", "fr", 0.123),
        ("CNT_CHILDREN", "2", "en", 2),
        ("DAYS_EMPLOYED", "365243", "en", 365_243),
        ("NAME_INCOME_TYPE", " Working\u00a0", "en", "Working"),
        ("FLAG_OWN_CAR", True, "en", "Y"),
        ("FLAG_OWN_CAR", 0, "en", "N"),
        ("FLAG_OWN_CAR", "oui", "fr", "Y"),
        ("FLAG_OWN_CAR", "N", "en", "N"),
        ("EMERGENCYSTATE_MODE", "yes", "en", "Yes"),
        ("FLAG_PHONE", False, "en", 0),
        ("FLAG_PHONE", "1", "en", 1),
        ("FLAG_PHONE", "1.0", "en", 1),
        ("FLAG_OWN_CAR", "0.0", "en", "N"),
    ],
)
def test_what_is_written_otherwise_and_has_one_meaning_is_understood(name, sent, language, expected):
    (read,) = checked_changes({name: sent}, language).values()
    assert read == expected
    assert type(read) is type(expected) or isinstance(read, (int, float))


@pytest.mark.parametrize(("sent", "language"), [("333,000", "fr"), ("333.000", "fr"), ("333,50", "en")])
def test_a_number_with_two_meanings_is_refused_as_such(sent, language):
    with pytest.raises(InvalidInputError, match=r"more than one number|plusieurs façons"):
        checked_changes({"AMT_CREDIT": sent}, language)


def test_an_instalment_that_is_not_on_file_may_stay_so():
    assert checked_changes({"AMT_ANNUITY": None}, "en") == {"AMT_ANNUITY": None}


@pytest.mark.parametrize("sent", [math.nan, "", " ", "NaN", "N/A"])
@pytest.mark.parametrize("name", ["OWN_CAR_AGE", "OCCUPATION_TYPE", "FLAG_OWN_CAR"])
def test_what_others_write_for_a_missing_value_is_refused_with_a_word_on_null(name, sent):
    with pytest.raises(InvalidInputError, match=r"or null where it is not on file"):
        checked_changes({name: sent}, "en")
    with pytest.raises(InvalidInputError) as refused:
        checked_changes({"AMT_CREDIT": sent}, "en")
    assert "null" not in str(refused.value)


def open_change(scenario: str, table: str, parameter: float) -> HistoryChange:
    return HistoryChange(HistoryStep(scenario, table, parameter, Words(scenario, scenario)), 1.0, {"DEBT": 0.0})


OPEN = [open_change("repay", "bureau", 0.25), open_change("repay", "bureau", 0.5), open_change("pay_cards", "cards", 0)]


def test_changes_of_the_history_are_those_that_are_open_whatever_else_a_plan_says_of_them():
    sent = [{"scenario": "pay_cards", "parameter": 0, "cost": 9, "label": "x"}, {"scenario": "repay", "parameter": 0.5}]
    assert checked_history(sent, OPEN, "en") == (OPEN[2], OPEN[1])
    assert checked_history(None, OPEN, "en") == checked_history([], OPEN, "en") == ()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"scenario": "repay"}, "must be a list"),
        (["repay"], "'repay' is no change"),
        ([{"scenario": "repay", "parameter": 0.3}], "Allowed: repay 0.25, repay 0.5, pay_cards 0."),
        ([{"scenario": "repay", "parameter": 0.25}, {"scenario": "repay", "parameter": 0.5}], "same part of the"),
    ],
)
def test_other_changes_of_the_history_are_refused(sent, said):
    with pytest.raises(InvalidInputError, match=said):
        checked_history(sent, OPEN, "en")


def test_where_nothing_is_open_the_message_says_so():
    with pytest.raises(InvalidInputError, match=r"Sont possibles\xa0: aucune\."):
        checked_history([{"scenario": "repay", "parameter": 0.25}], [], "fr")
