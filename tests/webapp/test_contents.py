"""What is in a file: its kind by content, and whatever makes it unsafe to open refused."""

from __future__ import annotations

import io
import resource
import stat
import struct
import time
import zipfile
import zlib

import pytest

from reviews.errors import Unusable, WrongKind
from tests.uploads import DOCX, ODT, PDF, XLSX, docx, jpeg, odt, office, packed, place, png, xlsx
from webapp.contents import Content, looked_into, named_as


def looked(content: bytes) -> Content:
    return looked_into(io.BytesIO(content))


def refusal(content: bytes, kind: type[Unusable] = WrongKind) -> str:
    with pytest.raises(Unusable) as refused:
        looked(content)
    assert (type(refused.value), refused.value.field) == (kind, "file")
    return refused.value.message


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (odt(), ODT),
        (docx(), DOCX),
        (xlsx(), XLSX),
        (docx({"word/embeddings/table.xlsx": xlsx()}), DOCX),
    ],
)
def test_a_kind_is_known_by_its_content(content, media_type):
    assert looked(content) == Content(media_type)


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"MZ\x90\x00" + b"\0" * 60,
        b"just text",
        b"\n" * 1000 + PDF,
        b"GIF89a" + b"\0" * 60,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        office("other/part.xml"),
        packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, compressed=False),
    ],
    ids=["html", "svg", "exe", "text", "late pdf", "gif", "old office", "other zip", "ods"],
)
def test_every_other_kind_is_refused(content):
    assert refusal(content).startswith("Only PDF, DOCX, XLSX, ODT, PNG and JPEG")


def test_nothing_is_no_file():
    assert refusal(b"", Unusable) == "The file is empty."


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04broken", docx()[:-30], docx()[:200], b"\x89PNG\r\n\x1a\n" + b"\0" * 64],
)
def test_what_is_damaged_is_refused(content):
    assert refusal(content).startswith("This file is damaged")


@pytest.mark.parametrize("cut", [4, 25, len(jpeg()) - 12])
def test_a_photo_that_is_cut_off_is_refused(cut):
    assert refusal(jpeg()[:cut]).startswith("This file is damaged")


# Bombs: the limits are those of the process document, with room for a slow machine.


def took(content: bytes) -> tuple[str, float, float]:
    """The refusal, the seconds it took, and by how many MB the process has grown."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    said = refusal(content)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return said, time.perf_counter() - start, grown / 1024


def test_a_small_file_that_becomes_a_huge_one_is_refused_at_once():
    bomb = docx({"word/media/image1.png": b"\0" * 200_000_000})
    assert len(bomb) < 200_000

    said, seconds, megabytes = took(bomb)

    assert said.startswith("This file would take more than")
    assert seconds < 1
    assert megabytes < 50


def test_a_part_that_lies_about_its_size_is_found_when_it_is_counted():
    content = bytearray(docx({"word/media/image1.png": b"\0" * 50_000_000}))
    honest, lie = struct.pack("<I", 50_000_000), struct.pack("<I", 1_000)
    assert content.count(honest) == 2

    said, seconds, megabytes = took(bytes(content.replace(honest, lie)))

    assert said.startswith("This file is damaged")
    assert seconds < 1
    assert megabytes < 50


@pytest.mark.parametrize("entries", [3_000, 100_000])
def test_a_file_of_many_parts_is_refused_before_they_are_listed(entries):
    said, seconds, megabytes = took(many_parts(entries, entries))

    assert said.startswith("This file holds more than")
    assert seconds < 0.1
    assert megabytes < 20


def test_so_is_one_that_lies_about_their_number():
    said, seconds, _ = took(many_parts(30_000, 10))

    assert said.startswith("This file holds more than")
    assert seconds < 0.1


def many_parts(entries: int, said: int) -> bytes:
    """A directory of that many empty parts, and what the end of the file says of it."""
    names = [b"word/%07d.xml" % number for number in range(entries)]
    listed = b"".join(
        b"PK\x01\x02" + struct.pack("<6H3I5H2I", 20, 20, 0, 0, 0, 33, 0, 0, 0, len(name),
                                    0, 0, 0, 0, 0, 0) + name
        for name in names
    )  # fmt: skip
    first = b"PK\x03\x04" + struct.pack("<5H3I2H", 20, 0, 0, 0, 33, 0, 0, 0, len(names[0]), 0)
    start = first + names[0]
    count = min(said, 0xFFFF)
    end = struct.pack("<4H2IH", 0, 0, count, count, len(listed), len(start), 0)
    return start + listed + b"PK\x05\x06" + end


@pytest.mark.parametrize("size", [(30_000, 30_000), (2**31 - 1, 1_000)])
def test_a_picture_of_too_many_points_is_refused_before_it_is_decoded(size):
    assert refusal(png(*size), Unusable).startswith("This picture has")


def test_so_is_a_photo():
    assert refusal(jpeg(60_000, 60_000), Unusable).startswith("This picture has")


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_picture_without_points_is_damaged(kind):
    content = png(0, 5) if kind == "png" else jpeg(0, 5)

    assert refusal(content).startswith("This file is damaged")


# Office files that do more than show something.


@pytest.mark.parametrize(
    "more",
    [
        {"word/vbaProject.bin": b"x"},
        {"word/VBAPROJECT.BIN": b"x"},
        {"word/activeX/activeX1.bin": b"x"},
        {"xl/macrosheets/sheet1.xml": b"x"},
        {"Basic/script-lc.xml": b"x"},
        {"[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml"},
    ],
    ids=lambda more: next(iter(more)),
)
def test_macros_are_refused(more):
    assert refusal(docx(more)).startswith("This file holds macros")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "\\\\server\\x", "word/..\\..\\x", "C:x"]
)
def test_names_that_lead_out_of_the_file_are_refused(name):
    assert refusal(docx({name: "x"})).startswith("This file has parts whose names lead out")


def test_a_link_in_a_file_is_refused():
    written = io.BytesIO(docx())
    with zipfile.ZipFile(written, "a") as archive:
        link = zipfile.ZipInfo("word/link.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")

    assert refusal(written.getvalue()).startswith("This file has parts whose names lead out")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused():
    written = io.BytesIO(docx())
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr("word/document.xml", "another")

    assert refusal(written.getvalue()).startswith("This file has parts whose names lead out")


@pytest.mark.parametrize("name", ["inner.zip", "word/inner.png"])
def test_an_archive_inside_is_refused(name):
    assert refusal(docx({name: packed({"a": "b"})})) == (
        "This file holds an archive. It is not taken."
    )


def test_a_part_that_needs_a_password_is_refused():
    content = bytearray(docx())
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1

    assert refusal(bytes(content)).startswith("This file is locked with a password")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_part_that_is_packed_as_no_office_program_does_is_refused(method):
    written = io.BytesIO(docx())
    with zipfile.ZipFile(written, "a", method) as archive:
        archive.writestr("word/other.xml", "x" * 1000)

    assert refusal(written.getvalue()).startswith("This file is damaged")


# What whoever sent it should know.


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photo_that_says_where_it_was_taken_is_taken_with_a_note(order):
    assert looked(jpeg(exif=place(order))) == Content("image/jpeg", ("place",))


@pytest.mark.parametrize(
    "exif", [b"II", b"XX*\0" + b"\0" * 20, b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff"]
)
def test_an_exif_block_that_makes_no_sense_says_nothing(exif):
    assert looked(jpeg(exif=exif)) == Content("image/jpeg")


@pytest.mark.parametrize(
    ("part", "notes"),
    [
        (b"/Encrypt 5 0 R", ("locked",)),
        (b"/JS (app.alert(1))", ("active",)),
        (b"/S /Launch", ("active",)),
        (b"/EmbeddedFile", ("active",)),
        (b"/Encrypt /JavaScript", ("locked", "active")),
        (b"/JSON", ()),
    ],
)
def test_a_pdf_that_does_more_than_show_pages_is_taken_with_a_note(part, notes):
    assert looked(PDF + part) == Content("application/pdf", notes)


@pytest.mark.parametrize(
    ("name", "media_type", "shown"),
    [
        ("plan.pdf", "application/pdf", "plan.pdf"),
        ("PLAN.PDF", "application/pdf", "PLAN.PDF"),
        ("x.pdf.exe", "application/pdf", "x.pdf.exe.pdf"),
        ("x.html", "application/pdf", "x.html.pdf"),
        ("photo.jpeg", "image/jpeg", "photo.jpeg"),
        ("photo", "image/jpeg", "photo.jpg"),
        ("macro.docm", DOCX, "macro.docm.docx"),
    ],
)
def test_a_name_ends_as_its_content_does(name, media_type, shown):
    assert named_as(name, media_type) == shown


def test_a_stream_of_bits_that_cannot_be_unpacked_is_damaged():
    content = docx({"word/other.xml": zlib.compress(b"x" * 100)})
    at = content.index(b"word/other.xml") + len(b"word/other.xml")

    assert refusal(content[:at] + b"\xff\xff" + content[at + 2 :]).startswith(
        "This file is damaged"
    )
