"""Addresses: fetched with bounded time, size and redirects, from public servers only unless a setting allows others.

What a name resolves to is looked at when the connection is made, and the connection goes to the very address looked
at: a name that points elsewhere a moment later gains nothing.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import queue
import re
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpcore

from ingest.errors import UnreadableArticle
from ingest.limits import Limits
from ingest.reading.findings import too_large

AGENT = "OnRecord/0.1 (reads news for an archive; obeys robots.txt)"
_SCHEMES = {"http": 80, "https": 443}
_MOVED = frozenset({301, 302, 303, 307, 308})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PATH, _QUERY = "%/:=&~+!$,;'@()*", "%/:=&?~+!$,;'@()*[]"
_LONGEST_ADDRESS = 4000


@dataclasses.dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of a page's version, to ask it whether there is another."""

    etag: str = ""
    modified: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """What a server sent: `address` is where it stood in the end, `cut` why it is only the beginning, where it is."""

    address: str
    data: bytes
    media_type: str
    charset: str
    validators: Validators
    cut: str = ""


class Session:
    """Requests of one run, over connections that are kept. `may_ask` tells which IP addresses are connected to."""

    def __init__(self, limits: Limits, *, may_ask: Callable[[str], bool] | None = None) -> None:
        self._limits = limits
        self._network = _Network(may_ask or (_anywhere if limits.private else is_public))
        self._pool = httpcore.ConnectionPool(network_backend=self._network, max_connections=4, keepalive_expiry=10)
        self._robots: dict[str, RobotFileParser] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._pool.close()

    def page(self, address: str, *, known: Validators | None = None, led_to: bool = False) -> Page | None:
        """Return what stands at an address, or None where it is still what `known` was.

        `led_to` is for addresses that nobody named but a feed or sitemap led to: robots.txt is asked about them.
        Raises UnreadableArticle with what is wrong, which may be the address, the network, or what the server says.
        """
        if led_to and not self._is_allowed(address):
            raise UnreadableArticle(address, "its site asks programs not to read it (robots.txt)")
        self._network.until = time.monotonic() + self._limits.seconds
        return self._followed(address, known or Validators())

    def _followed(self, address: str, known: Validators) -> Page | None:
        at = address
        for _ in range(self._limits.redirects + 1):
            answer = self._answer(address, _asked(address, at), known)
            if not isinstance(answer, str):
                return answer
            try:
                at = urljoin(at, answer)
            except ValueError as error:
                raise UnreadableArticle(address, f"no address of the web (redirected to {answer[:200]!r})") from error
        raise UnreadableArticle(address, f"more than {self._limits.redirects} redirects")

    def _answer(self, address: str, at: str, known: Validators) -> Page | str | None:
        """The page, None where it has not changed, or where the server says it stands instead."""
        headers: dict[bytes | str, bytes | str] = {
            "User-Agent": AGENT,
            "Accept": _ACCEPTED,
            "Accept-Encoding": "gzip",
            "Host": urlsplit(at).netloc,
        }
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.modified:
            headers["If-Modified-Since"] = known.modified
        try:
            with self._pool.stream("GET", at, headers=headers, extensions={"timeout": self._timeouts()}) as response:
                stated = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                if response.status in _MOVED and stated.get("location"):
                    return stated["location"]
                if response.status == 304:
                    return None
                if response.status != 200:
                    raise UnreadableArticle(address, _refused(response.status, stated))
                data, cut = self._body(response.iter_stream(), stated, address)
        except Refused as error:
            raise UnreadableArticle(address, str(error)) from error
        except httpcore.TimeoutException as error:
            raise UnreadableArticle(address, f"no answer within {self._limits.seconds:g} s") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
            reason = " ".join(str(error).split())[:150]
            raise UnreadableArticle(address, f"cannot be fetched: {reason or type(error).__name__}") from error
        kind = stated.get("content-type", "")
        charset = _CHARSET.search(kind)
        return Page(
            at, data, kind.partition(";")[0].strip().lower(), charset[1] if charset else "",
            Validators(stated.get("etag", "")[:500], stated.get("last-modified", "")[:100]), cut,
        )  # fmt: skip

    def _body(self, pieces: Iterator[bytes], stated: dict[str, str], address: str) -> tuple[bytes, str]:
        """What is sent, unpacked; a stream without an end is cut, and said to be."""
        packing = stated.get("content-encoding", "identity").strip().lower()
        if packing not in {"identity", "gzip", "x-gzip", "deflate", ""}:
            raise UnreadableArticle(address, f"packed in a way that was not asked for ({packing[:20]})")
        unpack = zlib.decompressobj(47) if "gzip" in packing or packing == "deflate" else None
        body, most = bytearray(), self._limits.download
        try:
            for piece in pieces:
                body += unpack.decompress(piece, most + 1 - len(body)) if unpack else piece
                if len(body) > most:
                    return bytes(body[:most]), too_large(most)
                if time.monotonic() > self._network.until:
                    return bytes(body), f"not all of it came within {self._limits.seconds:g} s"
        except httpcore.TimeoutException:
            if not body:
                raise
            return bytes(body), f"not all of it came within {self._limits.seconds:g} s"
        except httpcore.RemoteProtocolError:
            return bytes(body), "the server broke off"
        except zlib.error as error:
            raise UnreadableArticle(address, "damaged on its way") from error
        return bytes(body), ""

    def _timeouts(self) -> dict[str, float]:
        left = max(0.01, self._network.until - time.monotonic())
        return dict.fromkeys(("connect", "read", "write", "pool"), left)

    def _is_allowed(self, address: str) -> bool:
        split = urlsplit(address)
        site = f"{split.scheme}://{split.netloc}"
        if site not in self._robots:
            self._robots[site] = self._rules(f"{site}/robots.txt")
        return self._robots[site].can_fetch("OnRecord", address)

    def _rules(self, address: str) -> RobotFileParser:
        rules = RobotFileParser()
        try:
            page = self.page(address)
        except UnreadableArticle:
            page = None
        is_text = page is not None and page.media_type in {"", "text/plain"}
        rules.parse(page.data[:500_000].decode("utf-8", "replace").splitlines() if page and is_text else [])
        return rules


_ACCEPTED = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.5"


class Refused(Exception):
    """An address that is not asked; the text is the reason."""


class _Network(httpcore.NetworkBackend):
    """Connections to addresses that were looked at, which all end at the same moment."""

    def __init__(self, may_ask: Callable[[str], bool]) -> None:
        self._may_ask = may_ask
        self._system = httpcore.SyncBackend()
        self.until = 0.0

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        """Connect to the first address of `host` that answers. Raises Refused where it has none that may be asked."""
        addresses = _addresses(host, port, self.left(timeout))
        allowed = [address for address in addresses if self._may_ask(address)]
        if not allowed:
            raise Refused(f"{host} is on a private network ({addresses[0]}); ONRECORD_FETCH_PRIVATE=true allows that")
        failed: Exception | None = None
        for address in allowed[:4]:
            try:
                stream = self._system.connect_tcp(address, port, self.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Stream(stream, self)
        raise failed or httpcore.ConnectError("no address answers")

    def left(self, timeout: float | None) -> float:
        """Return how long may still be waited. Raises ReadTimeout where the time is over."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is over")
        return min(left, timeout) if timeout else left


class _Stream(httpcore.NetworkStream):
    """A connection on which no number of small pieces lasts longer than the whole request may."""

    def __init__(self, stream: httpcore.NetworkStream, network: _Network) -> None:
        self._stream, self._network = stream, network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:  # fmt: skip
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._network.left(timeout)), self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def is_public(address: str) -> bool:
    """Tell whether an IP address is of the public network, also where it is wrapped into one of version 6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


def _anywhere(_: str) -> bool:
    return True


def _addresses(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a name, looked up by the system, which sets no limit to how long that takes."""
    found: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            answers = []
        found.put(list(dict.fromkeys(str(address[0]) for *_, address in answers)))

    threading.Thread(target=look_up, daemon=True).start()
    try:
        addresses = found.get(timeout=seconds)
    except queue.Empty as error:
        raise httpcore.ConnectTimeout(f"{host} was not found in time") from error
    if not addresses:
        raise Refused(f"no server of the name {host}")
    return addresses


def _asked(address: str, at: str) -> str:
    """The address as it is sent. Raises UnreadableArticle for one that is no address of the web."""
    where = "" if at == address else f" (redirected to {at[:200]!r})"
    try:
        split = urlsplit(at)
        port, host = split.port, (split.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise UnreadableArticle(address, f"no address of the web{where}") from error
    if split.scheme not in _SCHEMES or not host or len(at) > _LONGEST_ADDRESS:
        raise UnreadableArticle(address, f"no address of the web; only http and https are read{where}")
    if split.username or split.password:
        raise UnreadableArticle(address, f"an address with a password in it is not asked{where}")
    host = f"[{host}]" if ":" in host else host
    place = host if port in {None, _SCHEMES[split.scheme]} else f"{host}:{port}"
    path, query = quote(split.path or "/", safe=_PATH), quote(split.query, safe=_QUERY)
    return f"{split.scheme}://{place}{path}" + (f"?{query}" if query else "")


def _refused(status: int, stated: dict[str, str]) -> str:
    from http import HTTPStatus

    try:
        words = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        words = str(status)
    wait = stated.get("retry-after", "")[:40]
    return f"the server says {words}" + (f"; try again after {wait}" + " s" * wait.isdigit() if wait else "")
