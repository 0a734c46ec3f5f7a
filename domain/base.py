"""What every value of the domain is made of."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

Json = JsonValue
JsonObject = dict[str, JsonValue]

Instant = Annotated[datetime, AwareDatetime]
"""A point in time with its zone; naive datetimes are refused."""


class Value(BaseModel):
    """A frozen value with a closed set of fields: what is not declared is refused, not dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    @classmethod
    def trusted(cls, **fields: object) -> Self:
        """A value from parts that were checked where they came in: nothing is checked again.

        For the few values that every subtask makes. Every field must be given, in its own type; tests hold
        each use equal to the checked value.
        """
        made = cls.__new__(cls)
        object.__setattr__(made, "__dict__", fields)
        object.__setattr__(made, "__pydantic_fields_set__", set(fields))
        object.__setattr__(made, "__pydantic_extra__", None)
        object.__setattr__(made, "__pydantic_private__", None)
        return made
