"""Hostile files (DOC-01): disguised, doubled, bombs, deceiving names, cut off, macros: each refused for its reason."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from crm_common.errors import Code, CrmError
from documents.adapters.contents import checked_content
from documents.domain.file_name import checked_name, type_of
from filing.cabinet import Cabinet, person
from filing.samples import (
    OFFICE,
    RELATIONS,
    SAMPLES,
    chunk,
    docx,
    gif,
    jpeg,
    mp3,
    ogg,
    package,
    pdf,
    png,
    pptx,
    riff,
    txt,
    wav,
    webp,
    xlsx,
)

ANOTHER = "the_content_is_not_what_the_name_says"
DAMAGED = "the_file_is_damaged_or_hostile"
EXE, ELF = b"MZ\x90\x00" + bytes(300), b"\x7fELF\x02\x01\x01" + bytes(300)
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
MAIN = f"{OFFICE}.wordprocessingml.document.main+xml"


def archive(name: str = "a.txt", body: bytes = b"a") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr(name, body)
    return made.getvalue()


def bomb() -> bytes:
    """70 MB of one sign in 70 KB."""
    return docx(more={"word/media/a.xml": b"<a>" + b" " * (70 << 20) + b"</a>"})


def twice() -> bytes:
    """Two parts of one name: each reader takes another one."""
    made = io.BytesIO(docx())
    with zipfile.ZipFile(made, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("word/document.xml", "<x/>")
    return made.getvalue()


def locked_by_password() -> bytes:
    """The flag of encryption on every part."""
    made = bytearray(docx())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(mark)
        while at >= 0:
            made[at + place] |= 1
            at = made.find(mark, at + 1)
    return bytes(made)


def related(kind: str, target: str) -> bytes:
    """A document with a relationship that leads out of it."""
    text = (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r9" Type="http://x/{kind}" TargetMode="External"'
        f' Target="{target}"/></Relationships>'
    )
    return docx(more={"word/_rels/document.xml.rels": text})


def wide(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


HOSTILE: dict[str, tuple[str, bytes, str]] = {
    # disguised
    "a program as pdf": ("a.pdf", EXE, ANOTHER),
    "a program as jpg": ("a.jpg", EXE, ANOTHER),
    "a program as docx": ("a.docx", EXE, ANOTHER),
    "a program as txt": ("a.txt", EXE, ANOTHER),
    "an ELF as png": ("a.png", ELF, ANOTHER),
    "an ELF as txt": ("a.txt", ELF, ANOTHER),
    "a page as txt": ("a.txt", HTML, ANOTHER),
    "a page as csv": ("a.csv", b"  \n" + HTML, ANOTHER),
    "a page behind a mark as txt": ("a.txt", b"\xef\xbb\xbf" + HTML, ANOTHER),
    "a page as pdf": ("a.pdf", HTML, ANOTHER),
    "a drawing with a script as png": ("a.png", SVG, ANOTHER),
    "a drawing with a script as txt": ("a.txt", SVG, ANOTHER),
    "XML as txt": ("a.txt", LAUGHS.encode(), ANOTHER),
    "a shell script as txt": ("a.txt", b"#!/bin/sh\nrm -rf /\n", ANOTHER),
    "PHP as txt": ("a.txt", b"<?php system($_GET[0]);", ANOTHER),
    "a batch file as txt": ("a.txt", b"@echo off\r\ndel *", ANOTHER),
    "RTF as txt": ("a.txt", b"{\\rtf1\\ansi}", ANOTHER),
    "PostScript as txt": ("a.txt", b"%!PS-Adobe-3.0", ANOTHER),
    "zeros as txt": ("a.txt", bytes(100), ANOTHER),
    "noise as csv": ("a.csv", bytes(range(256)) * 4, ANOTHER),
    "an archive as docx": ("a.docx", archive(), DAMAGED),
    "a workbook as docx": ("a.docx", xlsx(), ANOTHER),
    "a document as xlsx": ("a.xlsx", docx(), ANOTHER),
    "slides as docx": ("a.docx", pptx(), ANOTHER),
    "an old Word file as docx": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ANOTHER),
    "a png as jpg": ("a.jpg", png(), ANOTHER),
    "a jpg as png": ("a.png", jpeg(), ANOTHER),
    "a gif as webp": ("a.webp", gif(), ANOTHER),
    "a wav as webp": ("a.webp", wav(), ANOTHER),
    "a text as mp3": ("a.mp3", b"hello", ANOTHER),
    "a text as ogg": ("a.ogg", b"hello" * 20, ANOTHER),
    "a webp as wav": ("a.wav", webp(), ANOTHER),
    # two at once
    "an archive behind a pdf": ("a.pdf", pdf() + archive(), DAMAGED),
    "an archive behind a png": ("a.png", png() + archive(), DAMAGED),
    "an archive behind a jpg": ("a.jpg", jpeg() + archive(), DAMAGED),
    "an archive before the end of a jpg": ("a.jpg", jpeg()[:-2] + archive() + b"\xff\xd9", DAMAGED),
    "an archive inside a pdf": ("a.pdf", pdf()[:-6] + archive() + b"\n%%EOF\n", DAMAGED),
    "an archive in a gif": ("a.gif", gif()[:-1] + archive() + b";", DAMAGED),
    "a page behind a gif": ("a.gif", gif() + HTML, DAMAGED),
    "a program before a docx": ("a.docx", EXE + docx(), ANOTHER),
    "something before an archive's parts": ("a.docx", archive()[:30] + docx(), DAMAGED),
    "a page behind a docx": ("a.docx", docx() + HTML, DAMAGED),
    "a pdf that begins later": ("a.pdf", b"GIF89a" + pdf(), ANOTHER),
    "an archive in a recording": ("a.wav", riff(b"WAVE", archive()), DAMAGED),
    "an archive behind a recording": ("a.mp3", mp3() + archive(), DAMAGED),
    # bombs
    "a docx that unpacks to 70 MB": ("a.docx", bomb(), DAMAGED),
    "entities in a docx": ("a.docx", docx(more={"word/styles.xml": LAUGHS}), DAMAGED),
    "entities in the types": ("a.docx", docx(more={"[Content_Types].xml": LAUGHS}), DAMAGED),
    "entities in UTF-16": ("a.docx", docx(more={"word/styles.xml": LAUGHS.encode("utf-16")}), DAMAGED),
    "entities in an xlsx": (
        "a.xlsx", package({"xl/workbook.xml": LAUGHS}, "xl/workbook.xml", f"{OFFICE}.spreadsheetml.sheet.main+xml"),
        DAMAGED,
    ),
    "ten thousand and one parts": ("a.docx", docx(more={f"word/{n}.bin": b"" for n in range(10_000)}), DAMAGED),
    "an image of 4 billion pixels": ("a.png", wide(65_535, 65_535), DAMAGED),
    "an image of no width": ("a.png", wide(0, 5), DAMAGED),
    "a jpg of 4 billion pixels": ("a.jpg", jpeg(65_535, 65_535), DAMAGED),
    # paths and programs inside
    "a part outside of the file": ("a.docx", docx(more={"../../etc/passwd": b"x"}), DAMAGED),
    "a part at the root": ("a.docx", docx(more={"/etc/passwd": b"x"}), DAMAGED),
    "a part of Windows": ("a.docx", docx(more={"C:\\a.xml": b"<x/>"}), DAMAGED),
    "macros": ("a.docx", docx(more={"word/vbaProject.bin": b"x"}), DAMAGED),
    "macros by type": (
        "a.docx", package({"word/document.xml": "<x/>"}, "word/document.xml",
                          "application/vnd.ms-word.document.macroEnabled.main+xml"), DAMAGED),
    "Excel 4 macros": ("a.xlsx", docx(more={"xl/macrosheets/sheet1.xml": "<x/>"}), DAMAGED),
    "ActiveX": ("a.docx", docx(more={"word/activeX/activeX1.xml": "<x/>"}), DAMAGED),
    "an embedded object": ("a.docx", docx(more={"word/embeddings/oleObject1.bin": b"x"}), DAMAGED),
    "a program inside": ("a.docx", docx(more={"word/media/a.exe": EXE}), DAMAGED),
    "an archive inside": ("a.docx", docx(more={"word/media/a.zip": archive()}), DAMAGED),
    "a template from elsewhere": ("a.docx", related("attachedTemplate", "http://evil/a.dotm"), DAMAGED),
    "an object from elsewhere": ("a.docx", related("oleObject", "file:///c:/a"), DAMAGED),
    "external links": ("a.xlsx", docx(more={"xl/externalLinks/externalLink1.xml": "<x/>"}), DAMAGED),
    "a password": ("a.docx", locked_by_password(), DAMAGED),
    "a part twice": ("a.docx", twice(), DAMAGED),
    # pdf that acts
    "a script": ("a.pdf", pdf(extra="/OpenAction << /S /JavaScript /JS (app.alert(1)) >> "), DAMAGED),
    "a script by hexadecimal": ("a.pdf", pdf(extra="/OpenAction << /S /J#61vaScript >> "), DAMAGED),
    "a program to start": ("a.pdf", pdf(extra="/OpenAction << /S /Launch /F (cmd.exe) >> "), DAMAGED),
    "a file inside": ("a.pdf", pdf(extra="/Names << /EmbeddedFiles 9 0 R >> "), DAMAGED),
    # cut off, altered, empty of sense
    "half a pdf": ("a.pdf", pdf()[:200], DAMAGED),
    "the head of a pdf": ("a.pdf", b"%PDF-1.7", ANOTHER),
    "half a png": ("a.png", png()[:30], DAMAGED),
    "a png without its end": ("a.png", png()[:-12], DAMAGED),
    "a png with a wrong checksum": ("a.png", png()[:-1] + b"\0", DAMAGED),
    "half a jpg": ("a.jpg", jpeg()[:20], DAMAGED),
    "half a gif": ("a.gif", gif()[:20], DAMAGED),
    "half a webp": ("a.webp", webp()[:14], DAMAGED),
    "half a docx": ("a.docx", docx()[: len(docx()) // 2], DAMAGED),
    "half an ogg": ("a.ogg", ogg()[:-2], DAMAGED),
    "broken UTF-8": ("a.txt", "中文".encode()[:4] + b"\xff\xff", ANOTHER),
    "an empty archive": ("a.docx", b"PK\x05\x06" + bytes(18), ANOTHER),
}  # fmt: skip
NAMES = {
    "a path": "../../etc/passwd.txt",
    "a path of Windows": "..\\..\\a.txt",
    "a slash": "a/b.txt",
    "a drive": "c:a.txt",
    "right to left": "a\u202etxt.exe.pdf",
    "an invisible sign": "a\u200b.pdf",
    "a zero": "a\0.pdf",
    "a line": "a\n.pdf",
    "a tab": "a\t.pdf",
    "a private sign": "a\ue000.pdf",
    "too long": "文" * 85 + ".pdf",
    "quotes": 'a".pdf',
    "hidden": ".pdf",
    "only dots": "...",
    "a program": "a.pdf.exe",
    "a page": "a.html",
    "a drawing": "a.svg",
    "a document with macros": "a.docm",
    "an old workbook": "a.xls",
    "an archive": "a.zip",
    "no ending": "README",
    "an ending of blanks": "a.pdf .",
    "a shortcut": "a.pdf.lnk",
}


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) + len(NAMES) >= 100


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_for_its_reason(tmp_path: Path, what: str) -> None:
    name, content, rule = HOSTILE[what]
    path = tmp_path / "content"
    path.write_bytes(content)

    with pytest.raises(CrmError) as refused:
        checked_content(path, type_of(name))

    assert (refused.value.code, refused.value.rule) == (Code.VALIDATION, rule)
    assert "{" not in refused.value.message("zh") + refused.value.message("en")


@pytest.mark.parametrize("what", NAMES)
def test_a_deceiving_name_is_refused(what: str) -> None:
    with pytest.raises(CrmError) as refused:
        type_of(checked_name(NAMES[what]))
    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, "name")


@pytest.mark.parametrize("name", SAMPLES)
def test_an_honest_file_passes(tmp_path: Path, name: str) -> None:
    path = tmp_path / "content"
    path.write_bytes(SAMPLES[name])
    assert checked_content(path, type_of(checked_name(name))) == type_of(name)


@pytest.mark.parametrize("what", ["a program as pdf", "macros", "a script", "a page as txt"])
def test_of_a_refused_file_nothing_stays(service: Cabinet, what: str) -> None:
    li = person("li")
    name, content, rule = HOSTILE[what]
    upload = service.request(li, name, content)["upload_id"]
    service.bring(upload, content)

    assert service.refusal(li, "confirm_upload", upload_id=upload) == ("VALIDATION", rule)

    assert service.objects.stat(f"uploads/{upload}") is None
    [(document,)] = service.rows("SELECT document_id FROM upload WHERE id = %s", upload)
    assert service.objects.stat(f"documents/{document}/{upload}") is None
    assert service.rows("SELECT count(*) FROM document WHERE id = %s", document) == [(0,)]


def test_what_looks_strange_but_is_harmless_is_kept_as_it_is(service: Cabinet) -> None:
    """A text of formulas and tags in the middle is a text: it leaves as an attachment that nobody sniffs."""
    li = person("li")
    content = txt("说明: =cmd|' /C calc'!A0 <script>alert(1)</script>")
    made = service.uploaded(li, "公式 '1'.txt", content)
    assert service.taken(li, made["id"]) == content
