"""Files to upload: the smallest that is still one of its kind, and what is wrong with others."""

from __future__ import annotations

import io
import struct
import zipfile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"


def png(width: int = 4, height: int = 4) -> bytes:
    """A picture's head; its points are never looked at."""
    size = struct.pack(">II", width, height)
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + size + b"\x08\x02\0\0\0" + b"\0" * 40


def jpeg(width: int = 4, height: int = 4, exif: bytes = b"") -> bytes:
    """A photo up to the segment with its size."""
    told = segment(0xE1, b"Exif\0\0" + exif) if exif else b""
    size = struct.pack(">BHHB", 8, height, width, 3) + b"\1\x11\0\2\x11\1\3\x11\1"
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0" + b"\0" * 9) + told + segment(0xC0, size)


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def place(order: str = "<") -> bytes:
    """An EXIF block whose only entry leads to where the photo was taken."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}IHHHII", 8, 1, 0x8825, 4, 1, 26) + b"\0" * 8


def packed(members: dict[str, bytes | str], *, compressed: bool = True) -> bytes:
    """A ZIP of these members."""
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def docx(more: dict[str, bytes | str] | None = None) -> bytes:
    return office("word/document.xml", more)


def xlsx(more: dict[str, bytes | str] | None = None) -> bytes:
    return office("xl/workbook.xml", more)


def office(member: str, more: dict[str, bytes | str] | None = None) -> bytes:
    """The smallest ZIP that has the member which makes it an office file, and more members."""
    return packed({"[Content_Types].xml": "<Types/>", member: "<x/>", **(more or {})})


def odt() -> bytes:
    return packed({"mimetype": ODT, "content.xml": "<x/>"}, compressed=False)
