"""Measures risk ratings against phrases whose tolerable levels are known."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.agent import RISK_ORDER, RiskLevel
from domain.base import Value
from domain.errors import InvalidInputError
from domain.request import Metadata, Request

Rate = Callable[[Request], RiskLevel]


class RiskCase(BaseModel):
    """A phrase with the lowest level that is safe and the highest that is tolerable."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    text: str
    metadata: Metadata = Field(default_factory=Metadata)
    min_level: RiskLevel
    max_level: RiskLevel

    @property
    def request(self) -> Request:
        return Request(task_id="risk-case", title=self.text, metadata=self.metadata)


class RiskFigures(Value):
    """How many phrases were rated too low, too high, or within what is tolerable."""

    n: int
    under_rated: int
    over_rated: int
    exact_or_within: int


class Missed(NamedTuple):
    """A phrase that was rated outside its bounds."""

    case: RiskCase
    level: RiskLevel

    @property
    def under(self) -> bool:
        return RISK_ORDER[self.level] < RISK_ORDER[self.case.min_level]


def read_cases(lines: Iterable[str]) -> list[RiskCase]:
    """All cases of a JSON-lines suite; raises InvalidInputError naming the first bad line."""
    return [_read(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def missed(rate: Rate, cases: Iterable[RiskCase]) -> list[Missed]:
    """The phrases rated outside their bounds, with what they were rated."""
    rated = ((case, rate(case.request)) for case in cases)
    return [Missed(case, level) for case, level in rated if not _within(case, level)]


def score(rate: Rate, cases: Iterable[RiskCase]) -> RiskFigures:
    listed = list(cases)
    wrong = missed(rate, listed)
    under = sum(one.under for one in wrong)
    return RiskFigures(
        n=len(listed),
        under_rated=under,
        over_rated=len(wrong) - under,
        exact_or_within=len(listed) - len(wrong),
    )


def _within(case: RiskCase, level: RiskLevel) -> bool:
    return RISK_ORDER[case.min_level] <= RISK_ORDER[level] <= RISK_ORDER[case.max_level]


def _read(number: int, line: str) -> RiskCase:
    try:
        return RiskCase.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(map(str, first["loc"])) or "the line"
        raise InvalidInputError(f"line {number} of the suite: {path}: {first['msg']}") from error
