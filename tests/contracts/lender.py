"""A process of its own that asks for scarce resources in two threads: `python -m tests.contracts.lender URL PART PARTS`.

Waits for a line on standard input, so that several begin together, and prints how many requests were accepted at once.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from copilot.community.store import Store
from copilot.errors import StoreBusy
from copilot.resources.loan_models import LoanRequest
from copilot.resources.loans import LoanDesk
from copilot.resources.transitions import LoanStatus
from tests.events.life import oneself

FIRST = date(2030, 1, 1)
THREADS = 2


def asks(part: int, parts: int, people: int, resources: int) -> list[tuple[str, str, date]]:
    """Return this part of all requests: every person asks for every resource, on one of three overlapping stretches."""
    everything = [
        (f"res_{number:02d}", f"mem_a_{person:03d}", FIRST + timedelta(days=(person + number) % 3))
        for number in range(resources)
        for person in range(people)
    ]
    return everything[part::parts]


def ask_all(store: Store, mine: list[tuple[str, str, date]]) -> int:
    """Ask one after the other; a database that stayed busy is asked again, as its error says is safe."""
    desk, accepted = LoanDesk(store), 0
    for resource_id, member_id, first in mine:
        asked = LoanRequest(starts_on=first, ends_on=first + timedelta(days=3))
        while True:
            try:
                view = desk.request("a", resource_id, asked, oneself("a", member_id))
            except StoreBusy:
                continue
            break
        accepted += view.status is LoanStatus.ACCEPTED
    return accepted


def main() -> None:
    url = sys.argv[1]
    part, parts, people, resources = map(int, sys.argv[2:6])
    store = Store.open(url, upgrade=False)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with ThreadPoolExecutor(THREADS) as pool:
        shares = [asks(part * THREADS + number, parts * THREADS, people, resources) for number in range(THREADS)]
        accepted = sum(pool.map(lambda mine: ask_all(store, mine), shares))
    store.close()
    sys.stdout.write(f"{accepted}\n")


if __name__ == "__main__":
    main()
