"""Webhooks lead to the public internet and nowhere else."""

from __future__ import annotations

from ipaddress import IPv4Address

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import InvalidInput
from copilot.webhooks.addresses import Refused, parse_url, require_allowed

PUBLIC = ["93.184.216.34", "2606:4700:4700::1111", "64:ff9b::5db8:d822"]
OWN = ["127.0.0.1", "127.8.8.8", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "fd12::1", "::ffff:10.0.0.1"]
# Never: clouds' metadata, shared and documentation blocks, multicast, and all of them in other clothes.
NEVER = [
    "169.254.169.254", "fe80::1", "100.100.100.200", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "240.0.0.1",
    "255.255.255.255", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "fe80::1%eth0",
]  # fmt: skip


def allowed(url: str, *addresses: str, allow_private: bool = False) -> bool:
    try:
        require_allowed(httpx.URL(url), addresses, allow_private=allow_private)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed_over_https_alone(address: str) -> None:
    assert allowed("https://x.example", address)
    assert allowed("https://x.example", address, allow_private=True)
    assert not allowed("http://x.example", address, allow_private=True)


@pytest.mark.parametrize("address", OWN)
def test_this_machine_and_its_network_need_the_setting(address: str) -> None:
    assert not allowed("https://x.example", address)
    assert allowed("https://x.example", address, allow_private=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_plain_http_is_for_this_machine_alone(address: str) -> None:
    assert allowed("http://localhost", address, allow_private=True)
    assert not allowed("http://localhost", address)
    assert not allowed("http://localhost", address, "10.0.0.1", allow_private=True)


@pytest.mark.parametrize("address", NEVER)
@pytest.mark.parametrize("allow_private", [False, True])
def test_metadata_services_and_their_like_are_never_allowed(address: str, allow_private: bool) -> None:
    assert not allowed("https://x.example", address, allow_private=allow_private)


def test_a_name_with_one_bad_address_is_refused_whole() -> None:
    assert not allowed("https://x.example", PUBLIC[0], OWN[0])


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_fares_the_same_in_ipv6_clothes(address: IPv4Address) -> None:
    plain = allowed("https://x.example", str(address))
    assert allowed("https://x.example", f"::ffff:{address}") is plain
    assert plain is False or address.is_global


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not_https"),
        ("hooks.example/x", "not_https"),
        ("http://hooks.example/x", "not_https"),
        ("ftp://hooks.example/x", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("https://", "not_https"),
        ("https://user:secret@hooks.example/x", "url_with_password_or_fragment"),
        ("https://hooks.example/x#part", "url_with_password_or_fragment"),
        ("https://hooks.example:99999/", "not_a_url"),
        ("https://[::1", "not_a_url"),
        ("https://hooks.example/\n", "not_a_url"),
        ("https://hooks.example/" + "x" * 2000, "url_too_long"),
        ("https://127.0.0.1/", "private_address"),
        ("https://[::1]/", "private_address"),
        ("https://169.254.169.254/latest/meta-data", "private_address"),
    ],
)
def test_wrong_urls_are_refused_with_a_reason_in_both_languages(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_url(text, allow_private=False)
    assert error.value.data["reason"] == reason
    assert error.value.data["field"] == "#/url"
    assert set(error.value.data["sentence"]) == {"zh-CN", "en"}  # type: ignore[call-overload]  # a dict of sentences


def test_names_in_any_script_are_taken() -> None:
    assert parse_url("https://启航.example/x", allow_private=False).raw_host == "启航.example".encode("idna")
    assert parse_url("https://hooks.example:8443/x?y=1", allow_private=False).port == 8443
