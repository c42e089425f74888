"""The interactive documentation works without the internet."""

from __future__ import annotations

import re

import pytest

from tests.api.conftest import World


@pytest.mark.slow
def test_the_documentation_page_loads_everything_from_here(world: World) -> None:
    page = world.client.get("/docs")
    assert page.status_code == 200
    links = re.findall(r"""(?:src|href|url)["']?\s*[=:]\s*["']([^"']+)["']""", page.text)
    assert len(links) >= 4
    assert all(link.startswith("/") and not link.startswith("//") for link in links)
    assert "http" not in page.text.replace("window.location.protocol", "").replace("window.location.host", ""), (
        "no address of another host, in a script either"
    )
    for link in links:
        answer = world.client.get(link)
        assert answer.status_code == 200, link
        assert len(answer.content) > 1000, link


def test_styles_ask_no_other_host_and_there_is_no_second_documentation(world: World) -> None:
    style = world.client.get("/static-offline-docs/swagger-ui.css").text
    assert not re.findall(r"url\(\s*[\"']?(?:https?:)?//", style)
    assert "@import" not in style
    assert world.client.get("/redoc").status_code == 404
