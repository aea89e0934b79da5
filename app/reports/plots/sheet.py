"""PURE: a sheet that figures are drawn on, in points from its upper left corner."""

import io
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from app.reports.plots.figures import FigureKind
from app.reports.plots.lettering import MAIN_FAMILY, Weight, more_families, printable, tidy
from app.reports.plots.svg import Wording, page_svg

DRAWING = Lock()  # matplotlib does not promise that two threads may draw at once
PNG_DPI = 200
_POINTS_PER_INCH = 72
_OUTLINE = 1.0
_MARGIN = 8.0  # on paper; in a page the page has margins

# Set once, over whatever a matplotlibrc of this machine says: a context is not safe with threads.
mpl.rcParams.update(mpl.rcParamsDefault)
mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "concord", "pdf.fonttype": 42})


class Sheet:
    """A page of a fixed size; what comes later lies above what came before."""

    def __init__(
        self, width: float, height: float, *, kind: FigureKind, tones: Mapping[str, str]
    ) -> None:
        self.height = height
        self._kind = kind
        self._tones = tones
        self._words: dict[str, str] = {}
        self._n_drawn = 0
        margin = 0.0 if kind is FigureKind.SVG else _MARGIN
        size = [(length + 2 * margin) / _POINTS_PER_INCH for length in (width, height)]
        self._canvas = Canvas(figsize=(size[0], size[1]), dpi=_POINTS_PER_INCH)
        self._canvas.set_facecolor("none" if kind is FigureKind.SVG else "white")
        # The page's browser has its own fonts; the same bytes everywhere need the one font only.
        more = () if kind is FigureKind.SVG else more_families()
        self._families = [MAIN_FAMILY, *more]
        to_inches = Affine2D().translate(margin, margin).scale(1 / _POINTS_PER_INCH)
        self._place = to_inches + self._canvas.dpi_scale_trans

    def _add(self, artist: Line2D | PathPatch | Text) -> None:
        artist.set_zorder(self._n_drawn)
        artist.set_transform(self._place)
        self._n_drawn += 1
        self._canvas.add_artist(artist)

    def words(
        self, x: float, y: float, words: str, *, tone: str = "ink", size: float = 11,
        align: Literal["left", "center", "right"] = "left", weight: Weight = "normal",
        turn: float = 0,
    ) -> None:  # fmt: skip
        """Write one line whose foot stands at y."""
        clean = tidy(words)
        shown = printable(clean, self._families, weight)
        if not shown:
            return
        text = Text(x, self.height - y, shown, ha=align, va="baseline", parse_math=False)
        text.set_fontfamily(self._families)
        text.set_fontsize(size)
        text.set_fontweight(weight)
        text.set_color(self._tones[tone])
        text.set_rotation(turn)
        text.set_rotation_mode("anchor")
        if shown != clean:
            text.set_gid(name := f"words-{len(self._words)}")
            self._words[name] = clean
        self._add(text)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], *,
        tone: str, width: float = 0.75, is_dashed: bool = False,
    ) -> None:  # fmt: skip
        """Draw a straight line."""
        xs, ys = (start[0], end[0]), (self.height - start[1], self.height - end[1])
        line = Line2D(xs, ys, color=self._tones[tone], linewidth=width)
        line.set_linestyle((0, (4, 2.5)) if is_dashed else "-")
        line.set_solid_capstyle("butt")
        line.set_dash_capstyle("butt")
        self._add(line)

    def dots(
        self, middles: Sequence[tuple[float, float]], *, tone: str, size: float, shape: str = "o"
    ) -> None:
        """Draw marks of one shape."""
        xs, ys = [x for x, _ in middles], [self.height - y for _, y in middles]
        dots = Line2D(xs, ys, linestyle="none", marker=shape, markersize=size)
        dots.set_markerfacecolor(self._tones[tone])
        dots.set_markeredgewidth(0)
        self._add(dots)

    def boxes(
        self, middles: Sequence[tuple[float, float]], width: float, height: float, *,
        fill: str | None = None, outline: str | None = None,
    ) -> None:  # fmt: skip
        """Draw boxes of one size and colour, as one path."""
        if not middles:
            return
        inset = 0.0 if outline is None else _OUTLINE
        across, up = (width - inset) / 2, (height - inset) / 2
        corners = [
            (x + across * right, self.height - y + up * above)
            for x, y in middles
            for right, above in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
        ]
        codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
        boxes = PathPatch(Path(corners, codes * len(middles)), linewidth=_OUTLINE)
        boxes.set_facecolor("none" if fill is None else self._tones[fill])
        boxes.set_edgecolor("none" if outline is None else self._tones[outline])
        self._add(boxes)

    def printed(self, wording: Wording) -> bytes:
        """Return the finished file."""
        file = io.BytesIO()
        printer: Any  # matplotlib's stubs leave the printing out
        if self._kind is FigureKind.PDF:
            printer = FigureCanvasPdf(self._canvas)
            printer.print_pdf(file, metadata={"Title": tidy(wording.title)} | _PDF_SAYS_NO_TIME)
            return file.getvalue()
        if self._kind is FigureKind.PNG:
            self._canvas.set_dpi(PNG_DPI)
            printer = FigureCanvasAgg(self._canvas)
            printer.print_png(file, metadata={"Software": None})
            return file.getvalue()
        printer = FigureCanvasSVG(self._canvas)
        printer.print_svg(file, metadata=_SVG_SAYS_NOTHING)
        said = Wording(tidy(wording.title), tidy(wording.description))
        return page_svg(file.getvalue(), said, self._words, self._tones)


_PDF_SAYS_NO_TIME = {"Creator": None, "Producer": None, "CreationDate": None}
_SVG_SAYS_NOTHING = dict.fromkeys(("Creator", "Date", "Format", "Type"))
