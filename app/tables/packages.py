"""Zip packages, unpacked part by part in memory under a budget of bytes."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator

from app.errors import Invalid, WrongType
from app.tables.table import refuse

MOST_PARTS = 1_000

_STEP = 1 << 20
_STEP_PACKED = 1 << 16
_ENCRYPTED = 0x1
_LOCAL_HEADER = struct.Struct("<4s22xHH")


class Package:
    """The parts of one zip file; what is unpacked is counted and never exceeds the budget.

    Bytes are counted as they come out: the sizes a zip states about itself may be lies.
    """

    def __init__(self, content: bytes, *, budget: int) -> None:
        self._content = content
        self._budget = self._left = budget
        self._parts = {part.filename: part for part in _directory(content)}

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    @property
    def names(self) -> list[str]:
        """The names of all parts, in the order of the package."""
        return list(self._parts)

    def is_link(self, name: str) -> bool:
        """Whether the part stands for another file instead of holding one."""
        return stat.S_ISLNK(self._parts[name].external_attr >> 16)

    def read(self, name: str) -> bytes:
        """Return one part whole, or nothing when there is no such part."""
        return b"".join(self.stream(name)) if name in self._parts else b""

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield one part in pieces; its length and checksum are found right, or it is refused."""
        part = self._parts.get(name)
        if part is None:
            raise damaged()
        n_bytes = checksum = 0
        for piece in self._inflated(part):
            n_bytes += len(piece)
            checksum = zlib.crc32(piece, checksum)
            self._left -= len(piece)
            if self._left < 0:
                megabytes = self._budget // 1_000_000
                raise refuse(f"The file unpacks to more than {megabytes} MB. Split it.")
            yield piece
        if (n_bytes, checksum) != (part.file_size, part.CRC):
            raise damaged()

    def _inflated(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        packed = self._packed(part)
        if part.compress_type == zipfile.ZIP_STORED:
            yield from (packed[i : i + _STEP] for i in range(0, len(packed), _STEP))
            return
        if part.compress_type != zipfile.ZIP_DEFLATED:
            raise refuse("The file is packed in a way Concord does not read. Save it again.")
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for i in range(0, len(packed), _STEP_PACKED):
                pending = packed[i : i + _STEP_PACKED]
                while pending and not inflater.eof:
                    yield inflater.decompress(pending, _STEP)
                    pending = inflater.unconsumed_tail
            yield inflater.flush()
        except zlib.error:
            raise damaged() from None

    def _packed(self, part: zipfile.ZipInfo) -> bytes:
        header = self._content[part.header_offset : part.header_offset + _LOCAL_HEADER.size]
        if len(header) < _LOCAL_HEADER.size:
            raise damaged()
        magic, n_name, n_extra = _LOCAL_HEADER.unpack(header)
        start = part.header_offset + _LOCAL_HEADER.size + n_name + n_extra
        if magic != b"PK\x03\x04":
            raise damaged()
        return self._content[start : start + part.compress_size]


def damaged() -> Invalid:
    """Return the refusal of a package that is cut off or altered."""
    return refuse("The file is damaged or cut off. Save it again and upload the new copy.")


def _directory(content: bytes) -> list[zipfile.ZipInfo]:
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, struct.error):
        raise damaged() from None
    if len(parts) > MOST_PARTS:
        raise refuse(f"The file has {len(parts):,} parts inside. The limit is {MOST_PARTS:,}.")
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise WrongType("The file is password-protected. Save a copy without a password.")
    if len({part.filename.lower() for part in parts}) < len(parts):
        raise refuse("Two parts inside the file have the same name. Save it again.")
    return parts
