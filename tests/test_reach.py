from ipaddress import ip_network

import pytest

from nrem.config import Settings
from nrem.errors import ConfigError, PageError
from nrem.reach import Reach, Target

REACH = Reach(hosts=("example.org", "*.example.com", "port.example.net:8080", "93.184.215.14"))


def refusal(url: str, reach: Reach = REACH) -> str | None:
    try:
        reach.target(url)
    except PageError as error:
        return error.code
    return None


def test_nothing_may_be_read_unless_it_is_named() -> None:
    assert refusal("http://example.org/", Reach()) == "host_not_allowed"


def test_target_is_what_the_url_says() -> None:
    assert REACH.target("HTTPS://Example.ORG./a b".replace(" ", "%20") + "?q=ä#part") == Target(
        scheme="https", host="example.org", port=443, path="/a%20b?q=%C3%A4"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "https://example.org:443/x",
        "https://example.org:80/x",
        "http://a.example.com/",
        "http://a.b.example.com/",
        "http://port.example.net:8080/",
        "http://93.184.215.14/",
    ],
)
def test_named_host_may_be_read(url: str) -> None:
    assert refusal(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org:8080/",
        "http://www.example.org/",
        "http://example.com/",
        "http://notexample.com/",
        "http://port.example.net/",
        "http://example.org.evil.example/",
    ],
)
def test_other_host_may_not(url: str) -> None:
    assert refusal(url) == "host_not_allowed"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "example.org/page",
        "http:///page",
        "http://user:hush@example.org/",
        "http://example.org@evil.example/",
        "http://example.org\\@evil.example/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://[::1/",
        "http://example.org/a b",
        "http://example.org/a\r\nHost: evil.example",
        "http://" + "a" * 64 + ".example.com/",
        "http://example.org/" + "a" * 4_096,
    ],
)
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    assert refusal(url) == "invalid_url"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - not listened on
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "2002:7f00:1::1",
        "64:ff9b::7f00:1",
        "2001:db8::1",
    ],
)
def test_address_within_is_not_admitted(address: str) -> None:
    assert not REACH.admits(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_address_is_admitted(address: str) -> None:
    assert REACH.admits(address)


def test_network_that_is_named_is_admitted_and_no_other() -> None:
    reach = Reach(networks=(ip_network("10.1.0.0/16"),))

    assert reach.admits("10.1.255.255")
    assert reach.admits("::ffff:10.1.0.1")
    assert not reach.admits("10.2.0.0")


def test_url_of_an_address_within_is_refused_though_it_is_named() -> None:
    reach = Reach(hosts=("127.0.0.1", "[::1]"))

    assert refusal("http://127.0.0.1/", reach) == "address_not_allowed"
    assert refusal("http://[::1]/", reach) == "address_not_allowed"


def test_settings_read_lists() -> None:
    settings = Settings(
        ingest_hosts="example.org, *.example.com:8080", ingest_private_networks="10.0.0.0/8,::1/128"
    )

    assert settings.ingest_hosts == ("example.org", "*.example.com:8080")
    assert settings.ingest_private_networks == (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ingest_hosts", "http://example.org"),
        ("ingest_hosts", "*.*"),
        ("ingest_hosts", "user@example.org"),
        ("ingest_hosts", "example.org:0"),
        ("ingest_private_networks", "10.0.0.1/8"),
        ("ingest_private_networks", "intranet"),
    ],
)
def test_setting_that_is_no_list_is_refused_unseen(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"NREM_{name.upper()}") as caught:
        Settings(**{name: value})

    assert value not in str(caught.value)


def test_nothing_is_named_at_first() -> None:
    assert (Settings().ingest_hosts, Settings().ingest_private_networks) == ((), ())
