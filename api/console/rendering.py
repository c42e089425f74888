"""Templates: everything is escaped, what is not given is an error, and moments are those of the community's time zone."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from api.console.catalogue import Texts
from api.console.figures import Figures
from api.console.navigation import PREFIX
from copilot.atmosphere.weekly.weeks import week_period
from copilot.errors import InvalidInput

_HERE = Path(__file__).parent
_PEOPLES = re.compile(r'(dir="auto"|<bdi)(?! lang=)')
STATIC = _HERE / "static"
# Nothing but our own files: no inline script, no inline style, no foreign address, no frame around it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    # Without any referrer browsers send forms with `Origin: null`, which cannot be told from another site's.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Vary": "Cookie, HX-Request, Accept-Language",
}


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.do"],
    )  # fmt: skip


@cache
def digest_of(name: str) -> str:
    """Return what changes with a static file."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """Return the address of a static file; it changes with the file, so browsers may keep what they have."""
    return f"{PREFIX}/static/{name}?v={digest_of(name)}"


class Clock:
    """Moments as the community's people say them."""

    def __init__(self, timezone: str, now: datetime, t: Texts) -> None:
        self.zone = ZoneInfo(timezone)
        self.now = now
        self._t = t

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the community's time zone."""
        return moment.astimezone(self.zone)

    def at(self, moment: datetime) -> str:
        """Return date and time, with the year when it is another than this one."""
        here = self.local(moment)
        return f"{self.day(moment)} {here:%H:%M}"

    def day(self, moment: datetime) -> str:
        """Return the date, with the year when it is another than this one."""
        return self.on(self.local(moment).date())

    def on(self, day: date) -> str:
        """Return a day of the calendar, with the year when it is another than this one."""
        key = "time.day" if day.year == self.local(self.now).year else "time.day_of_year"
        return self._t(key, year=day.year, month=day.month, day=day.day, name=self._t(f"time.month_{day.month}"))

    def week(self, name: str) -> str:
        """Return the days of a week of the community, such as of 2026-W46; of another name the name."""
        try:
            period = week_period(name, self.zone)
        except InvalidInput:
            return name
        return f"{self.day(period.start)} – {self.day(period.end - timedelta(hours=1))}"

    def weekday(self, moment: datetime) -> str:
        """Return the day of the week."""
        return self._t(f"time.weekday_{self.local(moment).isoweekday()}")

    def ago(self, moment: datetime) -> str:
        """Return how long ago a moment was, or how far ahead it is, in one unit."""
        seconds = (self.now - moment).total_seconds()
        tense = "ago" if seconds >= 0 else "ahead"
        minutes = int(abs(seconds) // 60)
        if minutes < 1:
            return self._t("time.just_now")
        for unit, size in (("days", 1440), ("hours", 60), ("minutes", 1)):
            if minutes >= size:
                return self._t(f"time.{unit}_{tense}", n=minutes // size)
        raise AssertionError("unreachable")


def render(name: str, t: Texts, clock: Clock, values: dict[str, Any], status: int = 200) -> HTMLResponse:
    """Return a page or a part of one."""
    template = _environment().get_template(name)
    text = template.render(t=t, clock=clock, figures=Figures(t), asset=asset, prefix=PREFIX, **values)
    return HTMLResponse(_with_language_of_people(text, values), status_code=status, headers=HEADERS)


def _with_language_of_people(text: str, values: dict[str, Any]) -> str:
    """Say of people's own words that they are in their community's language, where the reader chose another one.

    They are what stands in `dir="auto"` or `<bdi>`; what reads a page aloud then pronounces them rightly. In what people wrote these
    letters never are: quotes are escaped.
    """
    visit = values.get("visit")
    if visit is None or visit.home.locale == visit.language:
        return text
    return _PEOPLES.sub(rf'\1 lang="{visit.home.locale}"', text)
