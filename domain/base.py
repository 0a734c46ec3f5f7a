"""What every value of the domain is made of."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

Json = JsonValue
JsonObject = dict[str, JsonValue]

Instant = Annotated[datetime, AwareDatetime]
"""A point in time with its zone; naive datetimes are refused."""


class Value(BaseModel):
    """A frozen value with a closed set of fields: what is not declared is refused, not dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    every_field: ClassVar[set[str]] = set()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.every_field = set(cls.model_fields)

    @classmethod
    def trusted(cls, **fields: object) -> Self:
        """A value from parts that were checked where they came in: nothing is checked again.

        For the few values that every subtask makes. Every field must be given, in its own type; tests hold
        each use equal to the checked value.
        """
        made = object.__new__(cls)
        _set_dict(made, fields)
        # One for all of them: nothing changes a frozen value's, and a copy gets a copy.
        _set_fields(made, cls.every_field)
        _set_extra(made, None)
        _set_private(made, None)
        return made


# Looked up once: these values are made by the thousand a second.
_set_dict, _set_fields, _set_extra, _set_private = (
    BaseModel.__dict__[name].__set__
    for name in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)
