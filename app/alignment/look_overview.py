"""The whole matrix at a glance: a picture of few colours, a pixel for a card or a few of them."""

import struct
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.agreement.ratings import CountArray, IntArray

SIDE = 600
LEVELS = 5
Levels = npt.NDArray[np.uint8]

# --paper and --heat-2 to --heat-6 of tokens.css: a file cannot ask the page for its colours.
PALETTES: dict[str, Sequence[str]] = {
    "light": ("fffefc", "dcdff3", "c5caec", "a9b1e3", "5a66bd", "363f94"),
    "dark": ("202327", "2c3150", "383f6b", "475089", "8e9bef", "b9c3ff"),
}


def levels_of(n_together: CountArray, n_both: CountArray, order: IntArray) -> Levels:
    """Return the mean share of each block of cards in this order, 0 (none) to 5 (over 0.8)."""
    n_cards = order.size
    if n_cards == 0:
        return np.zeros((0, 0), dtype=np.uint8)
    starts = np.unique(np.linspace(0, n_cards, min(n_cards, SIDE), endpoint=False).astype(np.int64))
    shares = n_together.astype(np.float32) / np.maximum(n_both, 1)
    in_order = shares[np.ix_(order, order)]
    sums = np.add.reduceat(np.add.reduceat(in_order, starts, axis=0), starts, axis=1)
    sizes = np.diff(np.append(starts, n_cards))
    means = sums / np.outer(sizes, sizes)
    levels: Levels = np.ceil(LEVELS * np.round(means, 6)).clip(0, LEVELS).astype(np.uint8)
    return levels


def as_png(levels: Levels, theme: str) -> bytes:
    """Return the picture as a PNG in the colours of a theme."""
    height, width = levels.shape
    colours = b"".join(bytes.fromhex(colour) for colour in PALETTES[theme])
    lines = np.concatenate([np.zeros((height, 1), dtype=np.uint8), levels], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)  # a byte is a place in the palette
    chunks = ((b"IHDR", head), (b"PLTE", colours), (b"IDAT", zlib.compress(lines.tobytes(), 6)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in (*chunks, (b"IEND", b"")))


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
