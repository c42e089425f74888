"""A moderator in a process of its own, who claims whatever can be had: `python -m tests.contracts.claimer URL ACTOR`.

Waits for a line on standard input, so that several begin together, and prints the cases it claimed.
"""

from __future__ import annotations

import random
import sys

from copilot.community.store import Store
from copilot.errors import Conflict
from copilot.moderation.cases import CaseQueue


def claim_all(queue: CaseQueue, case_ids: list[str], actor: str) -> list[str]:
    """Claim in an order of the actor's own, so that nobody follows just behind the other and gets nothing."""
    claimed: list[str] = []
    for case_id in random.Random(actor).sample(case_ids, len(case_ids)):
        try:
            queue.claim("a", case_id, actor)
        except Conflict:
            continue
        claimed.append(case_id)
    return claimed


def main(url: str, actor: str, cases: int) -> None:
    store = Store.open(url, upgrade=False)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    claimed = claim_all(CaseQueue(store), [f"cas_{number:04d}" for number in range(cases)], actor)
    store.close()
    sys.stdout.write(" ".join(claimed) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
