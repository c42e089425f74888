"""A browser without a screen: it keeps cookies, sends the forms that pages show, and knows every page there is."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from fastapi.testclient import TestClient

from tests.api.console import desk_places, people_places

# Every page that opens without an id, and who may open it. A page that is added is added here.
PAGES: dict[str, frozenset[str]] = {
    "/console/overview": frozenset({"operator", "admin"}),
    "/console/overview/room": frozenset({"moderator", "operator", "admin"}),
    "/console/overview/actions": frozenset({"operator", "admin"}),
    "/console/overview/questions": frozenset({"operator", "admin"}),
    "/console/moderation": frozenset({"moderator", "operator", "admin"}),
    "/console/moderation?status=all&sort=newest": frozenset({"moderator", "operator", "admin"}),
    "/console/moderation/second-opinions": frozenset({"moderator", "operator", "admin"}),
    "/console/moderation/appeals": frozenset({"moderator", "operator", "admin"}),
    "/console/atmosphere": frozenset({"moderator", "operator", "admin"}),
    "/console/ask": frozenset({"operator", "admin"}),
    "/console/plans": frozenset({"operator", "admin"}),
    "/console/events": frozenset({"operator", "admin"}),
    "/console/events?when=past": frozenset({"operator", "admin"}),
    "/console/topics": frozenset({"operator", "admin"}),
    "/console/topics/members": frozenset({"operator", "admin"}),
    "/console/topics/outreach": frozenset({"operator", "admin"}),
    "/console/weekly": frozenset({"operator", "admin"}),
    "/console/jobs": frozenset({"operator", "admin"}),
    "/console/start": frozenset({"operator", "admin"}),
    "/console/audit": frozenset({"admin"}),
    **people_places.PAGES,
    "/console/welcome": frozenset({"member", "moderator", "operator", "admin", "care"}),
    **desk_places.PAGES,
}


@dataclass
class Visitor:
    """Somebody at a browser; `client` keeps their cookies."""

    client: TestClient

    @classmethod
    def of(cls, app: Any) -> Visitor:
        return cls(TestClient(app, raise_server_exceptions=False, follow_redirects=False))

    def sign_in(self, key: str) -> Visitor:
        answer = self.send("/console/sign-in", {"key": key}, shown_on="/console/sign-in")
        assert answer.status_code == 303, answer.text[:500]
        return self

    def get(self, path: str, **headers: str):  # httpx's response, whichever httpx it is
        return self.client.get(path, headers=headers)

    def token(self, shown_on: str) -> str:
        """Return the token of the forms of a page."""
        return re.findall(r'name="csrf" value="([0-9a-f]{64})"', self.get(shown_on).text)[0]

    def send(self, path: str, form: dict[str, Any], *, shown_on: str = "/console/welcome", **headers: str):  # as above
        """Send a form as the page it is shown on would."""
        return self.client.post(path, data={"csrf": self.token(shown_on), **form}, headers=headers)

    def search(self, path: str, form: dict[str, Any]):  # as above
        """Send a form that starts work of seconds, and return its answer as the page that follows it gets it."""
        answer = self.send(path, form, **{"HX-Request": "true"})
        until = time.monotonic() + 60
        while (found := re.search(r'hx-get="(/console/searches/[^"]+)" hx-trigger="load', answer.text)) is not None:
            assert time.monotonic() < until, "no answer in time"
            time.sleep(0.02)
            answer = self.get(found[1], **{"HX-Request": "true"})
        return answer


class Markup(HTMLParser):
    """What a page is made of: its tags with attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside: str = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def dangers(self) -> list[str]:
        """Return what could run or be styled from inside the page: nothing of it is ever meant to be there."""
        found = []
        for tag, attributes in self.tags:
            data_block = tag == "script" and attributes.get("type") == "application/json"
            if tag == "script" and not data_block and not str(attributes.get("src", "")).startswith("/console/static/"):
                found.append("script")
            if tag in {"style", "iframe", "object", "embed", "base"}:
                found.append(tag)
            for name, value in attributes.items():
                if name.startswith("on") or name in {"style", "srcdoc"}:
                    found.append(f"{tag} {name}")
                if name in {"href", "src", "action", "hx-get", "hx-post"} and not str(value).startswith(
                    ("/console", "#")
                ):
                    found.append(f"{tag} {name}={value}")
        return found
