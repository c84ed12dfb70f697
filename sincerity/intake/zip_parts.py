"""The parts of a zip container, unpacked in pieces and counted, so that no file can unpack to more than it says.

The standard reader trusts the sizes a file declares and stops there; whoever reads the file next may not. Here a
part is inflated to its real end, and a size or checksum that differs from the declared one refuses the file.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from sincerity.intake.limits import Limits
from sincerity.intake.refused import Refused, damaged

_PIECE_BYTES = 4_000_000
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_OVERLAP = max(map(len, _DOCTYPES)) - 1


class ZipParts:
    """The parts of the container in ``content``. Raises Refused when it is damaged, locked or over a limit."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        self._content = memoryview(content)
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError) as fault:
            raise damaged(fault) from fault
        self._members: Mapping[str, zipfile.ZipInfo] = {member.filename: member for member in members}
        _check_declared(members, limits)

    @property
    def names(self) -> list[str]:
        """The parts' names, in the container's order."""
        return list(self._members)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The unpacked bytes of one part, piece by piece; Refused when they are not what the file declares."""
        member = self._members[name]
        count = checksum = 0
        tail = b""
        for piece in _inflated(self._packed(member), member):
            count += len(piece)
            if count > member.file_size:
                raise Refused("zip_sizes_lie", part=name, declared=member.file_size)
            checksum = zlib.crc32(piece, checksum)
            seam = tail + piece[:_OVERLAP]
            if any(mark in piece or mark in seam for mark in _DOCTYPES):
                raise Refused("doctype_in_part", part=name)
            tail = piece[-_OVERLAP:]
            yield piece
        if count != member.file_size:
            raise Refused("zip_sizes_lie", part=name, declared=member.file_size)
        if checksum != member.CRC:
            raise damaged(f"checksum of {name}")

    def _packed(self, member: zipfile.ZipInfo) -> memoryview:
        header = self._content[member.header_offset : member.header_offset + _LOCAL_HEADER.size]
        if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\3\4":
            raise damaged(f"local header of {member.filename}")
        name_bytes, extra_bytes = _LOCAL_HEADER.unpack(header)[-2:]
        start = member.header_offset + _LOCAL_HEADER.size + name_bytes + extra_bytes
        return self._content[start : start + member.compress_size]


def _check_declared(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.parts:
        raise Refused("too_many_parts", parts=len(members), limit=limits.parts)
    if len({member.filename for member in members}) < len(members):
        raise damaged("two parts with one name")
    if any(member.flag_bits & 1 for member in members):
        raise Refused("workbook_encrypted")
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked_bytes:
        raise Refused("unpacks_too_large", megabytes=unpacked // 1_000_000, limit=limits.unpacked_bytes // 1_000_000)
    for member in members:
        if member.file_size > max(limits.ratio_part_bytes, limits.ratio * member.compress_size):
            ratio = member.file_size // max(1, member.compress_size)
            raise Refused("packed_too_tightly", part=member.filename, ratio=ratio, limit=limits.ratio)


def _inflated(packed: memoryview, member: zipfile.ZipInfo) -> Iterator[bytes]:
    if member.compress_type == zipfile.ZIP_STORED:
        for start in range(0, len(packed), _PIECE_BYTES):
            yield bytes(packed[start : start + _PIECE_BYTES])
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise damaged(f"compression method {member.compress_type} of {member.filename}")
    unpacker = zlib.decompressobj(-15)
    waiting = bytes(packed)
    try:
        while waiting and not unpacker.eof:
            piece = unpacker.decompress(waiting, _PIECE_BYTES)
            waiting = unpacker.unconsumed_tail
            yield piece
    except zlib.error as fault:
        raise damaged(fault) from fault
    if not unpacker.eof:
        raise damaged(f"{member.filename} ends too early")
