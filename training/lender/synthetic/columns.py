"""The columns that are drawn to make up an application, in drawing order.

Most are columns of the application table. The others restate some, in a form that exposes the rules behind real rows;
`derived` and `applicants` convert between the two.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scoring.interest import yearly_interest
from scoring.lender.terms import likely_term
from training.synthetic.trees import Drawn

BUILDING_ITEMS = (
    "APARTMENTS", "BASEMENTAREA", "YEARS_BEGINEXPLUATATION", "YEARS_BUILD", "COMMONAREA", "ELEVATORS", "ENTRANCES",
    "FLOORSMAX", "FLOORSMIN", "LANDAREA", "LIVINGAPARTMENTS", "LIVINGAREA", "NONLIVINGAPARTMENTS", "NONLIVINGAREA",
)  # fmt: skip
BUILDING_LEVELS = ("FONDKAPREMONT_MODE", "HOUSETYPE_MODE", "WALLSMATERIAL_MODE", "EMERGENCYSTATE_MODE")
# Counts are stored as shares of the largest: this many steps from 0 to 1.
BUILDING_COUNTS = {
    "APARTMENTS": 97, "ELEVATORS": 25, "ENTRANCES": 29, "FLOORSMAX": 24, "FLOORSMIN": 24, "LIVINGAPARTMENTS": 119,
    "NONLIVINGAPARTMENTS": 259, "YEARS_BUILD": 1 / 0.0068, "YEARS_BEGINEXPLUATATION": 1 / 0.0004968,
}  # fmt: skip

REQUESTS = tuple(f"AMT_REQ_CREDIT_BUREAU_{span}" for span in ("HOUR", "DAY", "WEEK", "MON", "QRT", "YEAR"))
EXTERNAL_SCORES = ("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3")
MISMATCHES = {
    area: (f"REG_{area}_NOT_LIVE_{area}", f"REG_{area}_NOT_WORK_{area}", f"LIVE_{area}_NOT_WORK_{area}")
    for area in ("REGION", "CITY")
}
DOCUMENTS = tuple(f"FLAG_DOCUMENT_{number}" for number in range(2, 22))


def _levels(leaves: int, *names: str) -> tuple[Drawn, ...]:
    return tuple(Drawn(name, "level", leaves) for name in names)


def _numbers(leaves: int, *names: str) -> tuple[Drawn, ...]:
    return tuple(Drawn(name, "number", leaves) for name in names)


# REGION_RATINGS joins the ratings without and with the city: "2|2"; *_MISMATCH the three flags of the region or city:
# "011"; DOCUMENT_FLAGS the twenty flags.
# CREDIT_TO_GOODS and ANNUITY_FACTOR are AMT_CREDIT / AMT_GOODS_PRICE and what is left of AMT_ANNUITY without the fee,
# over AMT_CREDIT, both null for a revolving loan, FEE whether the annuity holds the fee. *_AGE are the days lived
# when the event happened. *_FEWER is how much less the count of 60 days is than that of 30.
PEOPLE = (
    *_levels(24, "NAME_CONTRACT_TYPE", "CODE_GENDER"),
    *_numbers(24, "DAYS_BIRTH"),
    *_levels(32, "NAME_INCOME_TYPE", "NAME_EDUCATION_TYPE", "NAME_FAMILY_STATUS"),
    *_numbers(24, "CNT_CHILDREN"),
    *_levels(24, "FLAG_OWN_CAR", "FLAG_OWN_REALTY", "NAME_HOUSING_TYPE"),
    *_levels(80, "ORGANIZATION_TYPE", "OCCUPATION_TYPE"),
    *_levels(24, "REGION_RATINGS"),
    Drawn("REGION_POPULATION_RELATIVE", "discrete", 32),
    *_levels(16, "REGION_MISMATCH", "CITY_MISMATCH", "WEEKDAY_APPR_PROCESS_START"),
    *_numbers(24, "HOUR_APPR_PROCESS_START"),
    *_numbers(48, "AMT_INCOME_TOTAL"),
    *_numbers(40, "AMT_GOODS_PRICE"),
    *_numbers(40, "CREDIT_TO_GOODS"),
    *_levels(24, "FEE"),
    *_numbers(64, "ANNUITY_FACTOR"),
    *_numbers(40, "DAYS_EMPLOYED", "REGISTRATION_AGE"),
    *_numbers(56, "ID_AGE"),
    *_numbers(24, "OWN_CAR_AGE"),
    *_numbers(96, *EXTERNAL_SCORES),
    *_numbers(32, "DAYS_LAST_PHONE_CHANGE"),
    *_levels(20, "FLAG_WORK_PHONE", "FLAG_CONT_MOBILE", "FLAG_PHONE", "FLAG_EMAIL", "NAME_TYPE_SUITE"),
    *_levels(24, "DOCUMENT_FLAGS"),
    *_numbers(16, "OBS_30_CNT_SOCIAL_CIRCLE", "OBS_FEWER", "DEF_30_CNT_SOCIAL_CIRCLE", "DEF_FEWER"),
    *_numbers(16, "AMT_REQ_CREDIT_BUREAU_YEAR", *REQUESTS[:-1]),
)  # fmt: skip

# BUILDING_LIKENESS says for how many items the average equals the mode, and the median the average: "all|most".
# <item>_AVG and <item>_MEDI are drawn as shares of what they would be if they did; LIVING_SHARE is
# LIVINGAPARTMENTS_MODE over what it would be if all apartments were lived in, TOTAL_AGREES whether TOTALAREA_MODE is
# the sum of the parts (see `buildings`).
BUILDING = (
    *_levels(16, "BUILDING_LIKENESS"),
    *_numbers(
        56, "LIVINGAREA_MODE", "APARTMENTS_MODE", "FLOORSMAX_MODE", "ENTRANCES_MODE", "YEARS_BEGINEXPLUATATION_MODE",
        "ELEVATORS_MODE", "LIVING_SHARE", "FLOORSMIN_MODE", "BASEMENTAREA_MODE", "LANDAREA_MODE", "YEARS_BUILD_MODE",
        "COMMONAREA_MODE", "NONLIVINGAREA_MODE", "NONLIVINGAPARTMENTS_MODE",
    ),
    *_levels(16, "TOTAL_AGREES"),
    *_numbers(56, "TOTALAREA_MODE"),
    *_levels(16, *BUILDING_LEVELS),
    *_numbers(16, *(f"{item}_{kind}" for item in BUILDING_ITEMS for kind in ("AVG", "MEDI"))),
)  # fmt: skip
DRAWN = (*PEOPLE, *BUILDING)


def _interest(factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """The yearly interest that a loan's annuity factor comes to."""
    return yearly_interest(1 / factor, likely_term(1 / factor))


# Computed when its column has been drawn, for those after it to depend on: rates rise and fall with the factor, so that
# a few splits on that do not tell a dear loan from a cheap one.
COMPUTED: dict[str, tuple[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]]] = {
    "ANNUITY_FACTOR": ("INTEREST", _interest)
}

# Latent traits behind application and histories, and the fields of `risk` from which each is derived.
CREDITWORTHINESS = (
    *EXTERNAL_SCORES, "EXT_SOURCE_MEAN", "EXT_SOURCE_LOWEST", "DAYS_BIRTH", "YEARS_EMPLOYED", "DAYS_REGISTRATION",
    "DAYS_ID_PUBLISH", "DAYS_LAST_PHONE_CHANGE", "NAME_EDUCATION_TYPE", "CODE_GENDER", "REGION_RATING_CLIENT_W_CITY",
    "FLAG_PHONE",
)  # fmt: skip
STRAIN = (
    "AMT_INCOME_TOTAL", "AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE", "CREDIT_TO_GOODS", "CREDIT_TERM",
    "LIKELY_TERM", "INTEREST_RATE", "TOTAL_INTEREST", "ANNUITY_TO_INCOME", "FLAG_OWN_CAR", "OWN_CAR_AGE",
    "NAME_HOUSING_TYPE", "DEF_30_CNT_SOCIAL_CIRCLE", "REG_CITY_NOT_LIVE_CITY", "REG_CITY_NOT_WORK_CITY",
    "AMT_REQ_CREDIT_BUREAU_YEAR", "AMT_REQ_CREDIT_BUREAU_QRT",
)  # fmt: skip


NOT_YET = 365243.0
AMOUNT_STEP = 4.5  # all amounts of an application are multiples of this
FEE = 130.5  # part of most annuities of cash loans


def to_amounts(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounds amounts to multiples of 4.5, like the real ones."""
    return np.round(values / AMOUNT_STEP) * AMOUNT_STEP
