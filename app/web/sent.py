"""The form that was refused, to be drawn once more: nobody types the same thing twice."""

import typing
import uuid
from dataclasses import dataclass

from fastapi import Request
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.web.forms import TYPED

# Refusals after which sending the same form again cannot help.
_FINAL = frozenset({403, 404, 410})


@dataclass(frozen=True, slots=True)
class SentField:
    """One value of the form; only what somebody typed is shown."""

    name: str
    label: str
    value: str
    is_typed: bool

    @property
    def rows(self) -> int:
        return min(12, 2 + self.value.count("\n") + len(self.value) // 80)


@dataclass(frozen=True, slots=True)
class SentForm:
    """What was sent: the texts to be seen, and all else that sending it again takes."""

    action: str
    fields: tuple[SentField, ...]
    can_be_sent_again: bool

    @property
    def texts(self) -> tuple[SentField, ...]:
        return tuple(field for field in self.fields if field.is_typed)

    @property
    def others(self) -> tuple[SentField, ...]:
        return tuple(field for field in self.fields if not field.is_typed)


async def sent_form(
    request: Request, status: int, *, wrong: frozenset[str] = frozenset()
) -> SentForm | None:
    """Return the form that this request sent, or None if nothing in it was typed.

    `wrong` names fields to show because they were refused. A form with a password or a file is
    never drawn again. The operation id is kept only when the first try may have been carried out.
    """
    known = _fields_of(request)
    if not known or any("password" in name or name == "file" for name in known):
        return None
    fields = [
        SentField(name, _label(name), value, name in wrong or _is_typed(known[name]))
        for name, value in (await request.form()).multi_items()
        if name in known and name != "operation_id" and isinstance(value, str)
    ]
    if not any(field.is_typed and field.value.strip() for field in fields):
        return None
    operation_id = str((await request.form()).get("operation_id", "")) if status >= 500 else ""
    operation_id = operation_id or str(uuid.uuid4())
    fields.append(SentField("operation_id", "", operation_id, is_typed=False))
    return SentForm(request.url.path, tuple(fields), can_be_sent_again=status not in _FINAL)


def _fields_of(request: Request) -> dict[str, FieldInfo]:
    """Return the fields of the form that the route takes; none for a page that is only read."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    found: dict[str, FieldInfo] = {}
    for param in dependant.body_params if dependant is not None else ():
        model = param.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            found |= model.model_fields
    return found


def _is_typed(field: FieldInfo) -> bool:
    parts = (getattr(part, "__metadata__", ()) for part in typing.get_args(field.annotation))
    return TYPED in field.metadata or any(TYPED in metadata for metadata in parts)


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()
