"""How an upload is named in addresses."""

from typing import Annotated

from fastapi import Path

ImportId = Annotated[str, Path(pattern="^[0-9a-f-]{36}$")]
