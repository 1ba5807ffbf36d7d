from __future__ import annotations

import dataclasses
import io
import json
import stat
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import NothingToRead, UnreadableArticle
from ingest.limits import MIB, USUAL, Limits
from ingest.reading.files import READERS, findings, opened, source_files
from ingest.reading.findings import Data, Finding, Reading, Remark
from tests.conftest import environment
from tests.ingest.reading import made
from tests.ingest.reading.test_formats import INTERVIEW, REPORT

if TYPE_CHECKING:
    from ingest.pipeline import Summary

SMALL = dataclasses.replace(USUAL, document=MIB, collection=8 * MIB, unpacked=4 * MIB, entries=20, nesting=2, seconds=5)


def found_in(name: str, data: bytes, limits: Limits = SMALL) -> list[Finding]:
    return list(findings(Data(io.BytesIO(data), name, Path(name).stem, limits)))


def reasons(name: str, data: bytes, limits: Limits = SMALL) -> list[str]:
    return [str(each) for each in found_in(name, data, limits) if isinstance(each, UnreadableArticle)]


def ids(name: str, data: bytes, limits: Limits = SMALL) -> list[str]:
    return [each.article.id for each in found_in(name, data, limits) if isinstance(each, Reading)]


# Zip files


def test_the_files_of_a_zip_file_are_read_and_others_passed_over() -> None:
    data = made.zipped({
        "a/x.txt": made.txt(REPORT), "b/x.txt": made.txt(INTERVIEW), "c.html": made.html(REPORT), "empty.txt": b"",
        "t.jsonl": made.jsonl(REPORT), "__MACOSX/x.txt": b"?", ".hidden.txt": b"?", "a/.git/x.txt": b"?",
        "photo.jpg": b"\xff\xd8",
    })  # fmt: skip
    names = ids("n.zip", data)
    assert names[0] == "x"
    assert names[1].startswith("x-")
    assert names[2] == "c"
    assert len(names) == 4
    assert reasons("n.zip", data) == ["n.zip, empty.txt: empty"]


@pytest.mark.parametrize(
    "name", ["../up.txt", "a/../../up.txt", "/etc/up.txt", "C:\\up.txt", "..\\up.txt", "\\\\host\\up.txt"]
)
def test_a_name_that_points_out_of_a_zip_file_is_refused_and_the_others_are_read(name: str, tmp_path: Path) -> None:
    data = made.zipped({name: made.txt(REPORT), "good.txt": made.txt(INTERVIEW)})
    before = sorted(tmp_path.parent.rglob("*up.txt"))
    assert ids("n.zip", data) == ["good"]
    assert reasons("n.zip", data)[0].endswith("a name that points out of the zip file")
    assert sorted(tmp_path.parent.rglob("*up.txt")) == before


def test_a_link_in_a_zip_file_is_refused() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        link = zipfile.ZipInfo("link.txt")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    assert reasons("n.zip", written.getvalue()) == ["n.zip, link.txt: a link, not a file"]


def bomb(size: int = 6 * MIB) -> bytes:
    return made.zipped({"b.txt": b"0" * size})


def overlapping(copies: int = 40) -> bytes:
    """Many names for one and the same packed data, a trick by which a small file unpacks to a huge one."""
    data = bytearray(made.zipped({"0000.txt": b"The bridge is open. " * 50_000}))
    end = data.rindex(b"PK\x05\x06")
    directory = bytes(data[data.index(b"PK\x01\x02") : end])
    names = b"".join(directory.replace(b"0000", b"%04d" % n) for n in range(copies))
    tail = bytearray(data[end:])
    tail[8:12], tail[12:16] = copies.to_bytes(2, "little") * 2, len(names).to_bytes(4, "little")
    return bytes(data[: data.index(b"PK\x01\x02")]) + names + bytes(tail)


def nested(depth: int) -> bytes:
    data = made.zipped({"deep.txt": made.txt(REPORT)})
    for _ in range(depth):
        data = made.zipped({"inner.zip": data})
    return data


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(bomb, "unpacks to more than 4 MiB; the rest is not read", id="bomb"),
        pytest.param(lambda: bomb(64 * MIB), "larger than 8 MiB", id="large-bomb"),
        pytest.param(lambda: made.zipped({"b.zip": bomb()}), "unpacks to more than 4 MiB", id="nested-bomb"),
        pytest.param(lambda: nested(3), "a zip file inside 2 others", id="nested-too-deep"),
        pytest.param(overlapping, "damaged inside the zip file", id="overlapping"),
        pytest.param(lambda: bomb()[:-30], "no zip file, or a damaged one", id="cut"),
        pytest.param(lambda: made.zipped({"a.jpg": b"?"}), "no articles in this zip file", id="nothing-to-read"),
    ],
)  # fmt: skip
def test_a_zip_file_that_is_a_trap_costs_little_and_says_why(make: Callable[[], bytes], words: str) -> None:
    data = make()
    since = time.process_time()
    assert any(words in reason for reason in reasons("n.zip", data))
    assert time.process_time() - since < 5


def test_zip_files_in_zip_files_are_read_to_a_depth() -> None:
    assert ids("n.zip", nested(2)) == ["deep"]


def test_more_files_than_are_read_are_cut_with_a_remark() -> None:
    data = made.zipped({f"{n}.txt": made.txt(REPORT) for n in range(25)})
    assert len(ids("n.zip", data)) == 20
    assert [each.text for each in found_in("n.zip", data) if isinstance(each, Remark)] == [
        "only the first 20 of 25 files are read"
    ]


def test_a_zip_file_with_a_password_and_a_damaged_member_are_told() -> None:
    data = bytearray(made.zipped({"a.txt": made.txt(REPORT), "b.txt": made.txt(INTERVIEW)}))
    locked = bytes(data).replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00", 1)
    assert reasons("n.zip", locked) == ["n.zip, a.txt: protected by a password; pack it without one"]
    data[60:90] = bytes(30)
    assert reasons("n.zip", bytes(data)) == ["n.zip, a.txt: damaged inside the zip file"]
    assert ids("n.zip", bytes(data)) == ["b"]


@pytest.mark.parametrize(("name", "make"), [("a.docx", made.docx), ("a.odt", made.odt)])
def test_a_document_that_is_a_bomb_is_refused_before_it_is_unpacked(name: str, make: made.Maker) -> None:
    with zipfile.ZipFile(io.BytesIO(make(REPORT))) as packed:
        members = {each: packed.read(each) for each in packed.namelist()}
    members["media/picture.bin"] = bytes(64 * MIB)
    assert reasons(name, made.zipped(members)) == [f"{name}: unpacks to more than 4 MiB"]


# XML


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%b">' % (ord("b") + n, b"&%c;" % (ord("a") + n) * 10) for n in range(12)
) + b"]>"  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(LAUGHS + b"<nitf><body><body.content><p>&m;</p></body.content></body></nitf>", id="nitf-laughs"),
        pytest.param(LAUGHS + b"<rss><channel><item><title>&m;</title></item></channel></rss>", id="rss-laughs"),
        pytest.param(LAUGHS + b"<urlset><url><loc>&m;</loc></url></urlset>", id="sitemap-laughs"),
        pytest.param(b'<!DOCTYPE nitf [<!ENTITY e SYSTEM "file:///etc/passwd">]><nitf><body><body.content><p>&e; and '
                     b"more words</p></body.content></body></nitf>", id="nitf-of-another-file"),
        pytest.param(b'<!DOCTYPE rss [<!ENTITY e SYSTEM "file:///etc/passwd">]><rss><channel><item><title>x'
                     b"</title><description>&e;</description></item></channel></rss>", id="rss-of-another-file"),
        pytest.param(b'<!DOCTYPE nitf [<!ENTITY % p SYSTEM "http://192.0.2.1/x"> %p;]><nitf><body><body.content><p>a b'
                     b"</p></body.content></body></nitf>", id="nitf-of-another-server"),
        pytest.param(b"<nitf>" + b"<p>" * 100_000, id="bottomless"),
        pytest.param(b"<nitf " + b" ".join(b'a%d="1"' % n for n in range(50_000)) + b"/>", id="attributes"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["xml", "html"])
def test_entities_are_never_expanded_and_nothing_is_loaded(document: bytes, ending: str) -> None:
    since = time.process_time()
    found = found_in(f"a.{ending}", b'<?xml version="1.0"?>' + document)
    assert time.process_time() - since < 5
    for each in found:
        assert isinstance(each, UnreadableArticle) or (isinstance(each, Reading) and "root:" not in each.article.text)
        assert not isinstance(each, Reading) or len(each.article.text) < 1000


@pytest.mark.parametrize("name", ["word/document.xml", "content.xml"])
def test_entities_in_a_document_are_not_expanded(name: str) -> None:
    data = made.docx(REPORT) if name.startswith("word") else made.odt(REPORT)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = {each: packed.read(each) for each in packed.namelist()}
    body = members[name].partition(b"?>")[2].replace(b"La digue", b"&m;")
    members[name] = b'<?xml version="1.0"?>' + LAUGHS + body
    since = time.process_time()
    ending = "docx" if name.startswith("word") else "odt"
    for each in found_in(f"a.{ending}", made.zipped(members)):
        assert not isinstance(each, Reading) or "haha" not in each.article.text
    assert time.process_time() - since < 5


# Pages, e-mails, PDF


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(b"<html><body>" + b"<div>" * 20_000 + b"words", id="bottomless"),
        pytest.param(b"<html><body><p>" + b"<b><i>" * 20_000 + b"words", id="bottomless-inline"),
        pytest.param(b"<html><body>" + b"<p>A short line.</p>" * 20_000, id="many-paragraphs"),
        pytest.param(b"<html><body>" + b"<!--" * 50_000 + b"words", id="comments"),
        pytest.param(b"<html><head>" + b"<script>" * 50_000, id="scripts"),
        pytest.param(b"<html><body><p>" + b"&lt;" * 100_000, id="entities"),
        pytest.param(b"<html " + b"lang " * 50_000 + b"><meta " * 5000, id="unclosed"),
        pytest.param(b"<html><script type=application/ld+json>" + b"[" * 100_000 + b"</script>", id="bottomless-json"),
    ],
)
def test_a_page_made_to_exhaust_its_reader_ends_soon(page: bytes) -> None:
    since = time.process_time()
    found = found_in("a.html", page)
    assert time.process_time() - since < 10
    assert len(found) == 1


def test_an_e_mail_of_bottomless_parts_is_refused() -> None:
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000))
    (reason,) = reasons("a.eml", b"Subject: x\n" + parts + b"Content-Type: text/plain\n\nwords\n")
    assert reason == "a.eml: its parts are nested too deeply"


@pytest.mark.parametrize("times", [1, 2])
def test_a_pdf_that_is_a_bomb_is_refused_before_it_is_unpacked(times: int) -> None:
    packed = b"BT /F1 9 Tf (x) Tj ET " + b" " * 64 * MIB
    for _ in range(times):
        packed = zlib.compress(packed)
    filters = b"[" + b"/FlateDecode " * times + b"]"
    stream = b"4 0 obj <</Length %d /Filter %b>>\nstream\n%b\nendstream endobj\n" % (len(packed), filters, packed)
    data = (
        b"%PDF-1.4\n"
        + stream
        + (
            b"1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
            b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>> endobj\ntrailer <</Root 1 0 R>>\n"
        )
    )
    since = time.process_time()
    assert reasons("a.pdf", data) == ["a.pdf: unpacks to more than 4 MiB"]
    assert time.process_time() - since < 2


def test_a_table_in_a_document_that_claims_a_billion_cells_is_no_harm() -> None:
    with zipfile.ZipFile(io.BytesIO(made.docx(REPORT))) as packed:
        members = {each: packed.read(each) for each in packed.namelist()}
    words = "«La digue tiendra», a répété la préfète devant les élus réunis mardi soir à la mairie."
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>'
    table = f"<w:tbl><w:tblGrid/><w:tr>{cell}</w:tr></w:tbl></w:body>".encode()
    members["word/document.xml"] = members["word/document.xml"].replace(b"</w:body>", table)
    (found,) = found_in("a.docx", made.zipped(members))
    assert isinstance(found, Reading)
    assert found.article.text.endswith(words)


def test_a_pdf_of_many_pages_is_cut_with_a_remark() -> None:
    from reportlab.pdfgen.canvas import Canvas

    written = io.BytesIO()
    canvas = Canvas(written)
    for n in range(30):
        canvas.drawString(50, 700, f"The bridge of page {n} is open, said the mayor of it.")
        canvas.showPage()
    canvas.save()
    remark, article = found_in("a.pdf", written.getvalue(), dataclasses.replace(SMALL, pages=20))
    assert isinstance(remark, Remark)
    assert remark.text == "only the first 20 pages were read"
    assert isinstance(article, Reading)
    assert "page 19" in article.article.text
    assert "page 20" not in article.article.text


# Files and folders


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_the_same_source(tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("words", encoding="utf-8")
    inside = tmp_path / "news"
    (inside / "deep").mkdir(parents=True)
    (inside / "a.txt").write_text("words", encoding="utf-8")
    (inside / "link.txt").symlink_to(outside)
    (inside / "same.txt").symlink_to(inside / "a.txt")
    (inside / "loop").symlink_to(inside)
    (inside / "etc").symlink_to("/etc")
    found = list(source_files([inside]))
    failed = [str(each) for each in found if isinstance(each, NothingToRead)]
    assert failed == [f"{inside / 'link.txt'}: a link out of the folder; name the file itself to add it"]
    assert [each.key for each in found if not isinstance(each, NothingToRead)] == [str(inside / "a.txt")]


@pytest.mark.parametrize("ending", ["txt", "html", "pdf", "docx", "csv", "jsonl", "zip", "mbox", "eml", "xml"])
def test_a_file_of_a_gigabyte_is_refused_or_streamed(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"huge.{ending}"
    with path.open("wb") as file:
        file.truncate(1024 * MIB)
    (source,) = source_files([path])
    assert not isinstance(source, NothingToRead)
    since = time.process_time()
    found = list(opened(source, limits=USUAL))  # type: ignore[arg-type]
    assert time.process_time() - since < 10
    (error,) = found
    assert isinstance(error, UnreadableArticle)


_MEASURED = """
import resource, sys
from pathlib import Path
from ingest.limits import USUAL
from ingest.reading.files import opened, source_files
(source,) = source_files([Path(sys.argv[1])])
first = next(found := opened(source, limits=USUAL))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = 1 + sum(1 for each in found if type(each).__name__ == "Reading")
print(count, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_long_table_is_read_bit_by_bit(tmp_path: Path, ending: str) -> None:
    rows, words = 20_000, "The bridge is open, said the mayor. " * 60
    path = tmp_path / f"long.{ending}"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,title,text,lang\n" if ending == "csv" else "")
        for n in range(rows):
            line = f'{n},Bridge {n},"{words}{n}",en\n' if ending == "csv" else (
                f'{{"id": "{n}", "title": "Bridge {n}", "text": "{words}{n}", "lang": "en"}}\n'
            )  # fmt: skip
            file.write(line)
    size = path.stat().st_size // MIB
    ran = subprocess.run([sys.executable, "-c", _MEASURED, path], capture_output=True, text=True, check=True,
                         env=environment(), timeout=120)  # fmt: skip
    count, grown = map(int, ran.stdout.split())
    assert count == rows
    assert grown < size * 0.5, f"{grown} MiB more for {size} MiB"


def test_a_line_without_an_end_is_refused(tmp_path: Path) -> None:
    for ending, head in (("csv", b"id,text\n1,"), ("jsonl", b'{"text": "')):
        path = tmp_path / f"a.{ending}"
        path.write_bytes(head + b"x" * 25_000_000)
        (source,) = source_files([path])
        (error,) = opened(source, limits=USUAL)  # type: ignore[arg-type]
        assert isinstance(error, UnreadableArticle)
        assert "longer than 20000000 characters" in str(error) or "larger than field limit" in str(error)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_long_table_is_read_in_its_encoding(tmp_path: Path, ending: str, encoding: str) -> None:
    # The first letter beyond ASCII stands far behind what is looked at first.
    plain = "The bridge is open, said the mayor. " * 300
    last = "Le pont a été rouvert, où l’on sait."
    rows = [("id", "title", "lang", "text"), *((str(n), "B", "en", plain) for n in range(500)), ("x", "B", "fr", last)]
    lines = (
        [",".join((*row[:3], f'"{row[3]}"')) for row in rows] if ending == "csv"
        else [json.dumps(dict(zip(rows[0], row, strict=True)), ensure_ascii=False) for row in rows[1:]]
    )  # fmt: skip
    path = tmp_path / f"a.{ending}"
    path.write_bytes("\n".join(lines).encode(encoding))
    (source,) = source_files([path])
    found = list(opened(source, limits=USUAL))  # type: ignore[arg-type]
    assert len(found) == 501
    assert isinstance(found[-1], Reading)
    assert found[-1].article.text == last


def test_a_file_that_may_not_be_read_or_goes_away_is_told(tmp_path: Path, read: Callable[..., Summary]) -> None:
    good, gone = tmp_path / "a.txt", tmp_path / "b.pdf"
    good.write_text("The bridge is open, said Ana Ruiz.", encoding="utf-8")
    gone.symlink_to("/proc/self/mem")
    summary = read(good, gone)
    assert summary.added == ["a"]
    assert len(summary.failed) == 1


def test_one_bad_file_never_stops_the_others(tmp_path: Path, read: Callable[..., Summary]) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for id_, name, make in made.FORMATS:
        data = make(REPORT)
        (folder / f"{id_}-good{Path(name).suffix}").write_bytes(data)
        (folder / f"{id_}-cut{Path(name).suffix}").write_bytes(data[: len(data) // 2])
        (folder / f"{id_}-noise{Path(name).suffix}").write_bytes(bytes(range(256)) * 8)
    summary = read(folder)
    places = " ".join(place for place, _ in summary.failed)
    for id_, _, _ in made.FORMATS:
        assert f"{id_}-noise" in places
        assert f"{id_}-good" not in places or id_ in {"jsonl", "csv", "tsv", "json", "mbox", "newsml-g2-message"}
    assert not any("Error" in words or "\n" in words for _, words in summary.failed)


# Anything at all, for every reader


def _holds(found: list[Finding]) -> None:
    for each in found:
        if isinstance(each, Reading):
            article = each.article
            # What is read can be stored, and every paragraph is words of the text, in order.
            "".join([article.text, article.title, article.author, article.outlet, article.url, article.id]).encode()
            assert article.id
            ends = [0]
            for paragraph in article.paragraphs:
                assert ends[-1] <= paragraph.span.start < paragraph.span.end <= len(article.text)
                ends.append(paragraph.span.end)
        else:
            assert isinstance(each, UnreadableArticle | Remark), each
            assert "\n" not in str(each)


SEEDS = {ending: [make(REPORT) for _, name, make in made.FORMATS if Path(name).suffix == ending] for ending in READERS}


@pytest.mark.parametrize("ending", sorted(READERS))
@settings(max_examples=25)
@given(data=st.data())
def test_whatever_is_done_to_a_file_it_is_articles_or_reasons(ending: str, data: st.DataObject) -> None:
    source = bytearray(data.draw(st.sampled_from(SEEDS[ending] or [made.txt(REPORT)])))
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(source)))
        length = data.draw(st.sampled_from([0, 1, 2, 8, 64, 400]))
        what = data.draw(st.sampled_from(["drop", "put", "turn", "double"]))
        if what == "drop":
            del source[at : at + length]
        elif what == "put":
            source[at:at] = data.draw(st.binary(max_size=20))
        elif what == "turn" and source:
            source[at % len(source)] ^= 1 << data.draw(st.integers(0, 7))
        else:
            source[at:at] = source[at : at + length] * 3
    _holds(found_in(f"a{ending}", bytes(source)))


@pytest.mark.parametrize("ending", sorted(READERS))
@settings(max_examples=25)
@given(noise=st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("utf-8", "ignore"))))
def test_any_bytes_at_all_are_articles_or_reasons(ending: str, noise: bytes) -> None:
    heads = {
        ".pdf": b"%PDF-1.4\n",
        ".rtf": b"{\\rtf1 ",
        ".xml": b"<?xml version='1.0'?><rss><channel>",
        ".html": b"<html>",
    }
    for head in {b"", heads.get(ending, b"")}:
        _holds(found_in(f"a{ending}", head + noise))
