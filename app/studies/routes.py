"""The list of studies, a study's home, its members, and invitations."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData

from app.accounts.deps import CurrentAccount, PageShell
from app.studies import service
from app.web.forms import Name, Text, Write
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter()
