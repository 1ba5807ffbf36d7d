from __future__ import annotations

import dataclasses
import gzip
import socket
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ingest import pipeline
from ingest.archive.archive import Archive
from ingest.errors import UnreadableArticle
from ingest.limits import USUAL, Limits
from ingest.pipeline import Summary
from ingest.reading import web
from tests.ingest.conftest import silent
from tests.ingest.reading import made
from tests.ingest.reading.server import Request, Site, site
from tests.ingest.reading.test_formats import INTERVIEW, REPORT

if TYPE_CHECKING:
    from tests.conftest import Run

# The server of these tests is on this machine, which only a setting allows.
HERE = dataclasses.replace(USUAL, private=True, seconds=5.0, download=300_000)
Add = Callable[..., Summary]


ERROR_PAGE = (
    b"<html><head><title>Page introuvable</title></head><body><h1>Page introuvable</h1>"
    b"<p>Cette page n'existe pas ou plus, ou elle a chang\xc3\xa9 d'adresse.</p></body></html>"
)


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as started:
        yield started


@pytest.fixture
def add(archive: Archive) -> Add:
    """Read addresses into the archive."""

    def added(*addresses: str, limits: Limits = HERE) -> Summary:
        summary = Summary()
        pipeline.read(archive, addresses, summary, passage_size=500, progress=silent, limits=limits)
        return summary

    return added


def reason(summary: Summary) -> str:
    ((_, words),) = summary.failed
    return words


def test_a_page_is_an_article_with_its_address(server: Site, add: Add, archive: Archive) -> None:
    address = server.has("/monde/la-digue.html", made.html(REPORT))
    assert add(address).added == ["la-digue"]
    article = archive.catalog.article("la-digue")
    assert (article.title, article.outlet, article.published and article.published.isoformat()) == (
        REPORT.title, made.OUTLET, made.DATE,
    )  # fmt: skip
    # The page calls itself example.org, which another server must not.
    assert article.url == address
    assert server.headers[0]["User-Agent"].startswith("OnRecord/")


def test_an_unchanged_page_is_not_sent_again_and_a_changed_one_is_a_new_version(
    server: Site, add: Add, archive: Archive
) -> None:
    address = server.has("/a", made.html(REPORT))
    add(address)
    assert add(address).unchanged == ["a"]
    assert server.headers[-1]["If-None-Match"]
    server.has("/a", made.html(dataclasses.replace(REPORT, paragraphs=(*REPORT.paragraphs, "Un démenti a suivi."))))
    assert add(address).updated == ["a"]
    assert archive.catalog.article("a").version == 2


def test_a_server_that_knows_no_versions_is_believed_by_its_words(server: Site, add: Add) -> None:
    server.answers["/a"] = lambda request: request.send(made.html(REPORT))
    assert add(f"{server.address}/a").added == ["a"]
    assert add(f"{server.address}/a").unchanged == ["a"]


@pytest.mark.parametrize(("make", "kind"), [
    pytest.param(made.rss, "application/rss+xml", id="rss"),
    pytest.param(made.atom, "application/atom+xml", id="atom"),
    pytest.param(made.atom, "text/html", id="called-a-page"),
    pytest.param(made.rss, "text/xml; charset=iso-8859-1", id="called-latin-1"),
])  # fmt: skip
def test_a_feed_that_carries_its_articles_needs_no_other_request(
    server: Site, add: Add, archive: Archive, make: Callable[..., bytes], kind: str
) -> None:
    address = server.has("/feed/", make(REPORT, INTERVIEW), kind=kind)
    assert add(address).added == ["story-0", "story-1"]
    assert server.asked == ["/feed/"]
    assert archive.catalog.article("story-1").title == INTERVIEW.title
    assert sorted(add(address).unchanged) == ["story-0", "story-1"]


@pytest.mark.parametrize("make", [made.rss, made.atom])
def test_a_feed_that_announces_articles_leads_to_their_pages(server: Site, add: Add, make: Any) -> None:
    server.has("/story-0.html", made.html(REPORT))
    server.has("/story-1.html", made.html(INTERVIEW))
    feed = server.has("/feed", make(REPORT, INTERVIEW, whole=False, site=server.address))
    assert add(feed).added == ["story-0", "story-1"]
    server.asked.clear()
    assert add(feed).failed == []
    assert server.asked == ["/feed"]


def test_a_page_that_failed_is_asked_for_again_though_its_feed_is_the_same(server: Site, add: Add) -> None:
    server.has("/story-0.html", made.html(REPORT))
    feed = server.has("/feed", made.rss(REPORT, INTERVIEW, whole=False, site=server.address))
    assert reason(add(feed)) == "the server says 404 Not Found"
    server.has("/story-1.html", made.html(INTERVIEW))
    assert add(feed).added == ["story-1"]


def test_a_sitemap_leads_to_the_pages_of_its_own_site(server: Site, add: Add) -> None:
    server.has("/a.html", made.html(REPORT))
    server.has("/b.html", made.html(INTERVIEW))
    inner = server.has("/s.xml", made.sitemap(f"{server.address}/b.html", "http://192.0.2.1/other"), kind="text/xml")
    index = f"<sitemapindex><sitemap><loc>{inner}</loc></sitemap></sitemapindex>".encode()
    summary = add(server.has("/sitemap.xml", index), server.has("/p.xml", made.sitemap(f"{server.address}/a.html")))
    assert sorted(summary.added) == ["a", "b"]
    assert reason(summary) == "'http://192.0.2.1/other' is no address of this site"


def test_sitemaps_that_lead_to_each_other_end(server: Site, add: Add) -> None:
    for n in range(9):
        server.has(f"/{n}.xml", made.sitemap(f"{server.address}/{n + 1}.xml", f"{server.address}/0.xml"))
    assert reason(add(f"{server.address}/0.xml")) == "a list of addresses inside 3 others"
    assert [path for path in server.asked if path != "/robots.txt"] == ["/0.xml", "/1.xml", "/2.xml", "/3.xml"]


def test_sitemaps_do_not_lead_to_any_number_of_pages(server: Site, add: Add) -> None:
    for n in range(5):
        server.has(f"/{n}.xml", made.sitemap(*(f"{server.address}/{n}-{m}.html" for m in range(5))))
    index = server.has("/index.xml", made.sitemap(*(f"{server.address}/{n}.xml" for n in range(5))))
    summary = add(index, limits=dataclasses.replace(HERE, entries=9))
    assert len([path for path in server.asked if path != "/robots.txt"]) == 9
    assert "only 9 addresses are asked in one run" in {words for _, words in summary.remarks}


def test_a_page_that_robots_are_asked_to_leave_is_left_where_nobody_named_it(server: Site, add: Add) -> None:
    server.has("/robots.txt", b"User-agent: *\nDisallow: /story-1\n", kind="text/plain")
    server.has("/story-0.html", made.html(REPORT))
    named = server.has("/story-1.html", made.html(INTERVIEW))
    summary = add(server.has("/feed", made.rss(REPORT, INTERVIEW, whole=False, site=server.address)))
    assert summary.added == ["story-0"]
    assert "robots.txt" in reason(summary)
    assert add(named).added == ["story-1"]


@pytest.mark.parametrize(
    ("data", "kind", "id_"),
    [
        pytest.param(made.pdf(REPORT), "application/pdf", "a", id="pdf"),
        pytest.param(made.pdf(REPORT), "application/octet-stream", "a", id="pdf-by-its-first-bytes"),
        pytest.param(made.docx(REPORT), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a",
                     id="docx"),
        pytest.param(made.txt(REPORT), "text/plain; charset=utf-8", "a", id="text"),
        pytest.param(made.nitf(REPORT), "application/xml", "a", id="nitf"),
        pytest.param(made.html(REPORT, encoding="windows-1252").replace(b"windows-1252", b"utf-8"),
                     "text/html; charset=windows-1252", "a", id="encoding-in-the-header"),
        pytest.param(made.html(REPORT), "", "a", id="page-without-a-name"),
    ],
)  # fmt: skip
def test_an_address_may_hold_any_format(
    server: Site, add: Add, archive: Archive, data: bytes, kind: str, id_: str
) -> None:
    assert add(server.has("/a", data, kind=kind)).added == [id_]
    assert "a déclaré la préfète, Lise Morvan" in " ".join(archive.catalog.article(id_).text.split())


def test_packed_answers_are_unpacked(server: Site, add: Add) -> None:
    assert add(server.has("/a", gzip.compress(made.html(REPORT)), Content_Encoding="gzip")).added == ["a"]


# What is refused


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0.0.0.0", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]",
     "10.0.0.1", "192.168.1.1", "169.254.169.254", "172.16.0.1", "100.64.0.1", "[fe80::1]", "[fd00::1]",
     "[64:ff9b::7f00:1]",
     "[2002:7f00:1::]"],
)  # fmt: skip
def test_the_machine_itself_and_its_network_are_not_asked(server: Site, add: Add, host: str) -> None:
    server.has("/a", made.html(REPORT))
    port = server.server_address[1]
    summary = add(f"http://{host}:{port}/a", limits=dataclasses.replace(HERE, private=False))
    assert "private network" in reason(summary) or "no server of the name" in reason(summary)
    assert server.asked == []


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_the_public_network_is_asked(address: str) -> None:
    assert web.is_public(address)


@pytest.mark.parametrize(
    ("to", "words"),
    [
        pytest.param("file:///etc/passwd", "https are read (redirected to 'file:///etc/passwd')", id="file"),
        pytest.param("ftp://example.org/a", "only http and https", id="ftp"),
        pytest.param("gopher://example.org", "only http and https", id="gopher"),
        pytest.param("http://a:b@example.org/", "a password", id="password"),
        pytest.param("http://[::1", "no address of the web", id="broken"),
        pytest.param("http://example.org:99999/", "no address of the web", id="port"),
        pytest.param("/a", "more than 5 redirects", id="itself"),
    ],
)  # fmt: skip
def test_a_redirect_leads_to_pages_only(server: Site, add: Add, to: str, words: str) -> None:
    assert words in reason(add(server.moves("/a", to)))


def answering(addresses: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the system's own look-up of names answer so; each answer of a list once, the last one ever after."""
    known = socket.getaddrinfo

    def looked_up(host: str, port: int, *rest: Any, **named: Any) -> Any:
        if host not in addresses:
            return known(host, port, *rest, **named)
        answer = addresses[host].pop(0) if len(addresses[host]) > 1 else addresses[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port))]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)


def test_a_redirect_into_the_own_network_is_refused(server: Site) -> None:
    # The server's own address stands for the public network here, all others for the private one.
    with web.Session(HERE, may_ask=lambda address: address == "127.0.0.1") as session:
        for n, to in enumerate(("http://127.0.0.2/", "http://10.1.2.3/", "http://[::1]/", "//169.254.169.254/latest")):
            with pytest.raises(UnreadableArticle, match="private network"):
                session.page(server.moves(f"/{n}", to))


def test_a_name_is_looked_up_once_and_the_address_looked_at_is_the_one_asked(
    server: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Public when looked at, this machine a moment later: there is no moment later.
    answering({"rebinding.example": ["192.0.2.7", "127.0.0.1"]}, monkeypatch)
    server.has("/a", made.html(REPORT))
    address = f"http://rebinding.example:{server.server_address[1]}/a"
    with web.Session(dataclasses.replace(HERE, seconds=0.5), may_ask=lambda ip: ip == "192.0.2.7") as session:
        with pytest.raises(UnreadableArticle, match=r"no answer|cannot be fetched"):
            session.page(address)
        with pytest.raises(UnreadableArticle, match=r"private network \(127\.0\.0\.1\)"):
            session.page(address)
    assert server.asked == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(lambda r: r.send(b"", status=404), "the server says 404 Not Found", id="missing"),
        pytest.param(lambda r: r.send(b"", status=451), "451 Unavailable For Legal Reasons", id="legal"),
        pytest.param(lambda r: r.send(b"", status=503, Retry_After="120"),
                     "503 Service Unavailable; try again after 120 s", id="busy"),
        pytest.param(lambda r: r.send(b""), "empty", id="empty"),
        pytest.param(lambda r: r.send(ERROR_PAGE), "says there is no article: 'Page introuvable'",
                     id="200-with-an-error-page"),
        pytest.param(lambda r: r.send(b"<html><body><nav><a href='/'>Home</a></nav></body></html>"), "no article in",
                     id="200-with-nothing"),
        pytest.param(lambda r: r.send(b"\x89PNG\r\n\x1a\n" + bytes(500), kind="image/png"), "binary", id="picture"),
        pytest.param(lambda r: r.send(b"x" * 400_000), "larger than 300000 bytes", id="too-large"),
        pytest.param(lambda r: r.send(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip"),
                     "larger than 300000 bytes", id="gzip-bomb"),
        pytest.param(lambda r: r.send(b"not gzip", Content_Encoding="gzip"), "damaged on its way", id="broken-gzip"),
        pytest.param(lambda r: r.send(b"x", Content_Encoding="br"), "packed in a way", id="another-packing"),
        pytest.param(lambda r: r.wfile.write(b"SMTP ready\r\n\r\n"), "cannot be fetched", id="another-protocol"),
        pytest.param(lambda r: r.connection.shutdown(2), "cannot be fetched", id="hangs-up"),
    ],
)  # fmt: skip
def test_what_a_server_says_is_the_reason(
    server: Site, add: Add, answer: Callable[[Request], None], words: str
) -> None:
    server.answers["/a"] = answer
    assert words in reason(add(f"{server.address}/a"))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda _: time.sleep(3), id="says-nothing"),
        pytest.param(lambda r: r.send_forever(b"<html>", b" ", pause=0.1), id="a-byte-now-and-then"),
        pytest.param(Request.send_headers_forever, id="endless-headers"),
    ],
)  # fmt: skip
def test_a_slow_server_has_so_much_time_and_no_more(server: Site, add: Add, answer: Callable[[Request], None]) -> None:
    server.answers["/a"] = answer
    since = time.monotonic()
    assert "within 0.8 s" in reason(add(f"{server.address}/a", limits=dataclasses.replace(HERE, seconds=0.8)))
    assert time.monotonic() - since < 10


@pytest.mark.parametrize("pause", [0.0, 0.05], ids=["fast", "slow"])
def test_a_feed_that_never_ends_is_cut_with_a_remark(server: Site, add: Add, pause: float) -> None:
    whole = made.rss(REPORT, INTERVIEW)
    entry = made.rss(REPORT).split(b"<item>")[1].split(b"</item>")[0]
    server.answers["/feed"] = lambda request: request.send_forever(
        whole.removesuffix(b"</channel></rss>"), b"<item>" + entry + b"</item>", pause=pause, kind="application/rss+xml"
    )
    summary = add(f"{server.address}/feed", limits=dataclasses.replace(HERE, seconds=1.0))
    assert summary.added == ["story-0", "story-1"]
    assert summary.failed == []
    ((_, remark),) = summary.remarks
    assert remark.startswith("larger than 300000 bytes" if not pause else "not all of it came within 1 s")


def test_what_cannot_be_fetched_does_not_stop_the_others(server: Site, run: Run, tmp_path: Any) -> None:
    good = server.has("/good", made.html(REPORT))
    ran = run(
        "ingest", "add", f"{server.address}/missing", good, "http://nowhere.invalid/a", "ftp://example.org/a",
        archive=tmp_path / "archive", settings={"ONRECORD_FETCH_PRIVATE": "true"},
    )  # fmt: skip
    assert ran.code == 1
    assert ran.out == "1 added, 0 updated, 0 unchanged, 3 failed\n"
    assert [line for line in ran.lines if line.startswith("failed")] == [
        f"failed: {server.address}/missing: the server says 404 Not Found",
        "failed: http://nowhere.invalid/a: no server of the name nowhere.invalid",
        "failed: ftp://example.org/a: no address that is read; http and https are",
    ]


def test_this_machine_is_not_asked_unless_a_setting_allows_it(server: Site, run: Run, tmp_path: Any) -> None:
    ran = run("ingest", "add", server.has("/a", made.html(REPORT)), archive=tmp_path / "archive")
    assert ran.code == 1
    assert "127.0.0.1 is on a private network (127.0.0.1); ONRECORD_FETCH_PRIVATE=true allows that" in ran.err
    assert server.asked == []


def test_a_session_says_what_is_wrong_with_an_address() -> None:
    with web.Session(USUAL) as session, pytest.raises(UnreadableArticle, match="no address of the web"):
        session.page("javascript:alert(1)")


def test_a_page_that_was_removed_can_be_added_again(server: Site, add: Add, archive: Archive) -> None:
    address = server.has("/a", made.html(REPORT))
    add(address)
    archive.catalog.remove("a")
    assert add(address).added == ["a"]
