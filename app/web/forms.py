"""Form base class and the only string and number types a request may carry."""

import math
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.text import first_bad_character, is_blank, normalised

GREATEST_ID = 2**31 - 1  # what a column of ids holds


def _good(value: str) -> str:
    bad = first_bad_character(value)
    if bad is not None:
        position, name = bad
        raise PydanticCustomError(
            "bad_character",
            "There is a character here that cannot be stored ({name}, at place {place}).",
            {"name": name, "place": position + 1},
        )
    return normalised(value)


def _stripped(value: str) -> str:
    return value.strip()


def _named(value: str) -> str:
    if is_blank(value):
        raise PydanticCustomError("blank", "A name is needed.")
    return value


def _number(value: float) -> float:
    if not math.isfinite(value):
        raise PydanticCustomError("not_finite", "This is not a number.")
    return value


def _nothing_typed(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


# Marks what people write in their own words: a refusal shows it again (see app.web.sent).
TYPED = "typed"

# The limit stands first: after a validator, pydantic would speak of items, not of characters.
Text = Annotated[str, Field(max_length=20_000), AfterValidator(_good), TYPED]
LongText = Annotated[str, Field(max_length=100_000), AfterValidator(_good), TYPED]
Line = Annotated[str, Field(max_length=500), AfterValidator(_good), AfterValidator(_stripped)]
Name = Annotated[
    str,
    Field(max_length=200),
    AfterValidator(_good),
    AfterValidator(_named),
    AfterValidator(_stripped),
    TYPED,
]
Password = Annotated[str, Field(max_length=1024)]
Number = Annotated[float, AfterValidator(_number)]
Count = Annotated[int, Field(ge=0, le=GREATEST_ID)]
Id = Annotated[int, Field(ge=1, le=GREATEST_ID)]
MaybeId = Annotated[Id | None, BeforeValidator(_nothing_typed)]
PathId = Annotated[int, Path(ge=1, le=GREATEST_ID)]
OperationId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class Form(BaseModel):
    """A form of the interface: unknown fields are refused, not dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Write(Form):
    """A form that changes something: it carries the id its client gave the operation."""

    operation_id: OperationId

    def content(self) -> dict[str, Any]:
        """Return everything but the operation id, to tell a repeat from another write."""
        return self.model_dump(mode="json", exclude={"operation_id"})
