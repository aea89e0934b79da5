"""The calculator: a table in, figures out, nothing kept."""

import base64
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, UploadFile
from fastapi import Form as FormData
from pydantic import ConfigDict

from app.accounts.deps import CurrentAccount, PageShell
from app.agreement import Scale
from app.calculator.answer import Resampling, as_json, work_out
from app.calculator.example import EXAMPLE
from app.calculator.reading import check_layout
from app.calculator.rows import Bounds, Layout
from app.calculator.table import Report, build_report
from app.errors import ConcordError, Invalid, Unavailable
from app.tables.readers import read_table
from app.tables.table import Table
from app.text import shown_file_name
from app.web.forms import Form, Line, LongText, Text
from app.web.render import respond

router = APIRouter()

MOST_ROWS = 20_000
# With these a table takes two seconds at most, intervals included.
BOUNDS = Bounds(
    coders=40,
    categories=200,
    table_cells=250_000,
    way_out=" on this page; in a terminal, concord agreement compares more",
)
MOST_GRID_ROWS = 100
N_RESAMPLES = 1_000
SEED = 1
WAIT_SECONDS = 20
# Figures keep a processor busy; those who sort at the same time keep the others.
_AT_ONCE = threading.BoundedSemaphore(2)


class CalculatorForm(Form):
    """A table, pasted or uploaded, and what its columns and labels mean."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    scale: Scale
    table: LongText = ""
    unit: Line = "card_id"
    coder: Line = "coder"
    label: Line = "category"
    is_multiple: bool = False
    separator: Line = "|"
    has_intervals: bool = False
    upload: UploadFile | None = None
    categories: Text = ""

    @property
    def file_name(self) -> str:
        """The name of the uploaded file; empty without one."""
        name = self.upload.filename if self.upload else ""
        return shown_file_name(name) if name else ""

    def layout(self) -> Layout:
        """Return the choices; each line of `categories` that is not empty is one."""
        return Layout(
            unit=self.unit,
            coder=self.coder,
            label=self.label,
            separator=self.separator,
            is_multiple=self.is_multiple,
            categories=tuple(line for line in self.categories.split("\n") if line),
            scale=self.scale,
        )

    def read(self) -> Table:
        """Return the table of the file, or else the pasted one."""
        if self.upload is not None and self.file_name:
            self.upload.file.seek(0)
            return read_table(self.upload.file.read(), file_name=self.file_name)
        if not self.table.strip():
            raise Invalid("Paste a table, or choose a file.", field="table")
        is_json = self.table.lstrip().startswith(("[", "{"))
        return read_table(self.table.encode(), file_name="table.json" if is_json else "table.csv")


@dataclass(frozen=True, slots=True)
class CalculatorPage:
    """The form as it was sent, and either what is wrong with it or the figures."""

    form: CalculatorForm
    megabytes: int
    most_rows: int
    n_resamples: int
    report: Report | None = None
    download: str = ""
    error: str = ""
    field: str = ""
    problems: Sequence[str] = ()


@router.get("/calculator", name="calculator")
def calculator(
    request: Request,
    _account: CurrentAccount,
    shell: PageShell,
    example: Annotated[str, Query()] = "",
) -> Response:
    form = CalculatorForm(scale=Scale.NOMINAL, table=EXAMPLE if example else "")
    return respond(request, "calculator/calculator.html", _page(request, form), shell)


@router.post("/calculator", name="work_out_agreement")
def work_out_agreement(
    request: Request,
    _account: CurrentAccount,
    shell: PageShell,
    form: Annotated[CalculatorForm, FormData()],
) -> Response:
    try:
        page, status = _worked_out(request, form), 200
    except ConcordError as error:
        page, status = _page(request, form, error), error.status
    return respond(request, "calculator/calculator.html", page, shell, status=status)


def _worked_out(request: Request, form: CalculatorForm) -> CalculatorPage:
    layout = form.layout()
    check_layout(layout)
    resampling = Resampling(N_RESAMPLES if form.has_intervals else 0, SEED)
    with _turn():
        table = form.read()
        if len(table.rows) > MOST_ROWS:
            raise Invalid(
                f"The table has {len(table.rows):,} rows, and this page takes {MOST_ROWS:,}. In a "
                "terminal, concord agreement takes millions.",
                field="table",
            )
        answer = work_out(table, layout, resampling, bounds=BOUNDS)
    encoded = base64.b64encode(as_json(answer)).decode()
    return CalculatorPage(
        form=form,
        megabytes=request.app.state.settings.upload_megabytes,
        most_rows=MOST_ROWS,
        n_resamples=N_RESAMPLES,
        report=build_report(answer, most_rows=MOST_GRID_ROWS),
        download=f"data:application/json;base64,{encoded}",
    )


def _page(
    request: Request, form: CalculatorForm, error: ConcordError | None = None
) -> CalculatorPage:
    return CalculatorPage(
        form=form,
        megabytes=request.app.state.settings.upload_megabytes,
        most_rows=MOST_ROWS,
        n_resamples=N_RESAMPLES,
        error=error.message if error else "",
        field=_field_of(form, error) if isinstance(error, Invalid) else "",
        problems=error.problems if isinstance(error, Invalid) else (),
    )


def _field_of(form: CalculatorForm, error: Invalid) -> str:
    """Return the field to mark: readers of tables speak of the file, wherever it came from."""
    if error.field in {None, "file", "table"}:
        return "upload" if form.file_name else "table"
    return error.field or ""


@contextmanager
def _turn() -> Iterator[None]:
    """Wait until fewer than two other tables are being worked on."""
    if not _AT_ONCE.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("Others are working out figures just now. Send the table again.")
    try:
        yield
    finally:
        _AT_ONCE.release()
