"""The settings of a server, read off the class that holds them."""

from dataclasses import dataclass

from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Setting:
    variable: str
    description: str
    default: str


def settings() -> tuple[Setting, ...]:
    """Return every CONCORD_* variable with its sentence and its default."""
    return tuple(
        Setting(f"CONCORD_{name.upper()}", field.description or "", _shown(field.default))
        for name, field in Settings.model_fields.items()
    )


def _shown(default: object) -> str:
    is_empty = default is None or (isinstance(default, frozenset) and not default)
    return "not set" if is_empty else str(default)
