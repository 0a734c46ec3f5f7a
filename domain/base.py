"""What every value of the domain is made of."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

Json = JsonValue
JsonObject = dict[str, JsonValue]

Instant = Annotated[datetime, AwareDatetime]
"""A point in time with its zone; naive datetimes are refused."""


class Value(BaseModel):
    """A frozen value with a closed set of fields: what is not declared is refused, not dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")
