"""Small files of every kind that is taken, made here: valid, and nothing else."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import xlsxwriter  # type: ignore[import-untyped]

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "application/vnd.openxmlformats-officedocument"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def chunk(kind: bytes, body: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 2, height: int = 2, *, shade: int = 0) -> bytes:
    """A grey image."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([shade]) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def jpeg(width: int = 8, height: int = 8) -> bytes:
    """The frame of an image; what it shows matters to nobody."""
    size = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\x01\x01\x00\x00\x3f\x00"
    return (
        b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
        + b"\xff\xc0" + struct.pack(">H", len(size) + 2) + size
        + b"\xff\xda" + struct.pack(">H", len(scan) + 2) + scan + b"\x00\xff\xd9"
    )  # fmt: skip


def gif() -> bytes:
    """One pixel."""
    return (
        b"GIF89a"
        + struct.pack("<HH", 1, 1)
        + b"\x80\0\0\0\0\0\xff\xff\xff"
        + b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
    )


def riff(kind: bytes, body: bytes) -> bytes:
    """A RIFF of this kind."""
    return b"RIFF" + struct.pack("<I", len(body) + 4) + kind + body


def webp() -> bytes:
    """The frame of an image."""
    return riff(b"WEBP", b"VP8 " + struct.pack("<I", 4) + b"\0\0\0\0")


def wav(seconds: int = 0) -> bytes:
    """Silence."""
    body = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    return riff(b"WAVE", body + b"data" + struct.pack("<I", 8000 * seconds) + b"\x80" * (8000 * seconds))


def mp3() -> bytes:
    """Two frames of 128 kbit/s behind a tag."""
    frame = b"\xff\xfb\x90\x00" + b"\0" * 413
    return b"ID3\x04\0\0\0\0\0\0" + frame * 2


def ogg() -> bytes:
    """One page."""
    return b"OggS\0\x02" + b"\0" * 20 + b"\x01\x04abcd"


def pdf(text: str = "hello", *, extra: str = "") -> bytes:
    """One page that says ``text`` (any signs, by a table from glyphs to signs); ``extra`` goes into its catalogue."""
    signs = sorted(set(text))
    places = {sign: number + 1 for number, sign in enumerate(signs)}
    shown = "".join(f"{places[sign]:04x}" for sign in text)
    stream = f"BT /F1 12 Tf 72 720 Td <{shown}> Tj ET"
    table = "\n".join(f"<{place:04x}> <{sign.encode('utf-16-be').hex()}>" for sign, place in places.items())
    unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(signs)} beginbfchar\n{table}\nendbfchar\nendcmap end end"
    )
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {extra}>>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
            " /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        (
            "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H"
            " /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>"
        ),
        (
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo"
            " << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
        ),
        f"<< /Length {len(unicode)} >>\nstream\n{unicode}\nendstream",
    ]
    made, places_of = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places_of.append(len(made))
        made += f"{number} 0 obj\n{each}\nendobj\n".encode()
    start = len(made)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    made += b"".join(f"{place:010} 00000 n \n".encode() for place in places_of)
    return made + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()


def package(parts: dict[str, str | bytes], main: str, kind: str) -> bytes:
    """An office file of these parts; ``main`` is the part of content type ``kind``."""
    types = (
        f'<?xml version="1.0"?><Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{main}" ContentType="{kind}"/></Types>'
    )
    relations = (
        f'<?xml version="1.0"?><Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="officeDocument"'
        f' Target="{main}"/></Relationships>'
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in {"[Content_Types].xml": types, "_rels/.rels": relations, **parts}.items():
            archive.writestr(name, body)
    return made.getvalue()


def docx(text: str = "hello", *, more: dict[str, str | bytes] | None = None) -> bytes:
    """A Word document of one paragraph for each line."""
    lines = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
    body = f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body>{lines}</w:body></w:document>'
    parts: dict[str, str | bytes] = {"word/document.xml": body, **(more or {})}
    return package(parts, "word/document.xml", f"{OFFICE}.wordprocessingml.document.main+xml")


def pptx(text: str = "hello") -> bytes:
    """One slide."""
    names = 'xmlns:p="p" xmlns:a="a"'
    parts: dict[str, str | bytes] = {
        "ppt/presentation.xml": f"<p:presentation {names}/>",
        "ppt/slides/slide1.xml": f"<p:sld {names}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>",
    }
    return package(parts, "ppt/presentation.xml", f"{OFFICE}.presentationml.presentation.main+xml")


def xlsx(*cells: str) -> bytes:
    """A workbook with these cells below one another."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("表")
        for row, cell in enumerate(cells or ("hello",)):
            sheet.write_string(row, 0, cell)
    return made.getvalue()


def txt(text: str = "hello") -> bytes:
    """UTF-8."""
    return text.encode()


SAMPLES: dict[str, bytes] = {
    "合同.pdf": pdf(),
    "a.jpg": jpeg(),
    "a.JPEG": jpeg(),
    "凭证.png": png(),
    "a.gif": gif(),
    "a.webp": webp(),
    "说明.txt": txt("投资基金"),
    "gb.txt": "投资基金，中文".encode("gb18030"),
    "wide.txt": "\ufeff投资".encode("utf-16-le"),
    "表.csv": txt("姓名,电话\n张三,1\n"),
    "方案.docx": docx(),
    "报价.xlsx": xlsx(),
    "介绍.pptx": pptx(),
    "a.mp3": mp3(),
    "a.wav": wav(),
    "a.ogg": ogg(),
}
"""One of each, under a name it may have."""
