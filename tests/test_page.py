"""Pages of the web, fetched from a real server: what may be read is, and nothing else."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from nrem import page
from nrem.errors import PageError
from nrem.page import MAX_BYTES, fetch
from nrem.reach import Reach
from tests.paging import LOOPBACK, Answer, Site, served


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as found:
        yield found


def refusal(site: Site, url: str, reach: Reach | None = None) -> PageError:
    with pytest.raises(PageError) as caught:
        fetch(url, reach or site.reach)
    return caught.value


def test_page_is_read_as_text(site: Site) -> None:
    url = site.put("/", "<h1>Tea</h1><p>The kettle.</p>", "text/html; charset=utf-8")

    found = fetch(url, site.reach)

    assert (found.text, found.content_type) == ("# Tea\n\nThe kettle.", "text/html")
    assert found.size == 30


@pytest.mark.parametrize("kind", ["text/plain", "text/markdown", "application/json"])
def test_plain_text_is_read_as_it_is(site: Site, kind: str) -> None:
    assert fetch(site.put("/", '{"a": "<b>"}', kind), site.reach).text == '{"a": "<b>"}'


def test_charset_of_the_header_counts(site: Site) -> None:
    url = site.put("/", "Käse".encode("latin-1"), "text/plain; charset=latin-1")
    other = site.put("/other", "Käse", "text/plain; charset=who-knows")

    assert fetch(url, site.reach).text == "Käse"
    assert fetch(other, site.reach).text == "Käse"


def test_no_key_and_no_cookie_is_sent(site: Site) -> None:
    fetch(site.put("/a?b=c", "text"), site.reach)

    ((path, headers),) = site.asked
    assert path == "/a?b=c"
    assert set(headers) == {"Host", "Accept", "Accept-Encoding", "Connection", "User-Agent"}
    assert headers["Host"] == f"127.0.0.1:{site.port}"


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", "text/css"])
def test_other_types_are_refused(site: Site, kind: str) -> None:
    assert refusal(site, site.put("/", "x", kind)).code == "unsupported_content_type"


def test_missing_type_and_unasked_encoding_are_refused(site: Site) -> None:
    site.answers["/none"] = Answer(body=b"x", headers={})
    packed = {"Content-Type": "text/plain", "Content-Encoding": "gzip"}
    site.answers["/gzip"] = Answer(body=b"x", headers=packed)

    assert refusal(site, site.url("/none")).code == "unsupported_content_type"
    assert refusal(site, site.url("/gzip")).code == "unsupported_encoding"


def test_body_that_ends_early_is_not_taken_for_the_whole(site: Site) -> None:
    headers = {"Content-Type": "text/plain", "Content-Length": "10"}
    site.answers["/"] = Answer(body=b"half", headers=headers)

    found = refusal(site, site.url())

    assert (found.code, found.is_passing) == ("unreachable", True)


def test_size_is_bounded(site: Site) -> None:
    most = site.put("/most", b"x" * MAX_BYTES)
    more = site.put("/more", b"x" * (MAX_BYTES + 1))

    assert fetch(most, site.reach).size == MAX_BYTES
    assert refusal(site, more).code == "too_large"


@pytest.mark.parametrize(
    ("status", "is_passing"), [(404, False), (403, False), (429, True), (500, True), (503, True)]
)
def test_error_of_the_server_is_told(site: Site, status: int, *, is_passing: bool) -> None:
    site.answers["/"] = Answer(status=status)

    found = refusal(site, site.url())

    assert (found.code, found.is_passing) == (f"http_{status}", is_passing)


def test_redirects_are_followed_within_what_is_named(site: Site) -> None:
    site.put("/end", "here")
    site.move("/middle", "/end", 301)

    assert fetch(site.move("/begin", "middle", 307), site.reach).text == "here"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://example.org/", "host_not_allowed"),
        ("http://127.0.0.1/", "host_not_allowed"),
        ("file:///etc/passwd", "invalid_url"),
        ("http://[", "invalid_url"),
    ],
)
def test_redirect_beyond_is_refused(site: Site, location: str, code: str) -> None:
    assert refusal(site, site.move("/", location)).code == code


def test_redirects_are_counted(site: Site) -> None:
    for number in range(page.MAX_REDIRECTS + 1):
        site.move(f"/{number}", f"/{number + 1}")
    site.put(f"/{page.MAX_REDIRECTS + 1}", "here")

    assert refusal(site, site.url("/0")).code == "too_many_redirects"
    assert fetch(site.url("/1"), site.reach).text == "here"


def test_name_that_leads_within_is_refused_unasked(site: Site) -> None:
    reach = Reach(hosts=(f"localhost:{site.port}",))

    found = refusal(site, f"http://localhost:{site.port}/", reach)

    assert found.code == "address_not_allowed"
    assert site.asked == []


def test_connection_goes_to_the_address_that_was_checked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.put("/", "here")
    real, asked = socket.getaddrinfo, []

    def once(host: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        asked.append(host)
        # by the second look, the name leads elsewhere
        return real("127.0.0.1" if host.startswith("re") else host, *given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    reach = Reach(hosts=(f"rebinding.example:{site.port}",), networks=LOOPBACK)

    assert fetch(f"http://rebinding.example:{site.port}/", reach).text == "here"
    assert asked == ["rebinding.example", "127.0.0.1"]


def test_one_hidden_address_among_others_refuses_the_host(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def both(_host: str, port: int, **_named: Any) -> Any:  # noqa: ANN401
        return [(2, 1, 6, "", (one, port)) for one in ("93.184.215.14", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)

    assert refusal(site, "http://a.example/", Reach(hosts=("a.example",))).code == (
        "address_not_allowed"
    )


def test_who_drips_is_cut_off(site: Site) -> None:
    is_over = threading.Event()
    site.answers["/"] = Answer(drips_until=is_over)

    try:
        with pytest.raises(PageError) as caught:
            fetch(site.url(), site.reach, seconds=0.3)
    finally:
        is_over.set()

    assert (caught.value.code, caught.value.is_passing) == ("timed_out", True)


def test_nobody_who_answers_is_told_as_passing(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    reach = Reach(hosts=(f"127.0.0.1:{port}",), networks=LOOPBACK)

    found = refusal(site, f"http://127.0.0.1:{port}/", reach)

    assert (found.code, found.is_passing) == ("unreachable", True)
