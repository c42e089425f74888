from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.community.setup_links import LASTS, check_setup_token, make_setup_token
from copilot.errors import Unauthenticated
from tests.conftest import NOW


def test_a_token_is_good_for_a_quarter_of_an_hour_and_no_two_are_alike() -> None:
    first, second = (make_setup_token("secret", NOW) for _ in range(2))
    assert check_setup_token("secret", first, NOW) != check_setup_token("secret", second, NOW)
    assert check_setup_token("secret", first, NOW + LASTS - timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        check_setup_token("secret", first, NOW + LASTS)


@pytest.mark.parametrize("token", ["", "a.b.c", "9" * 10 + "." + "a" * 32 + "." + "b" * 64, "९" * 10 + "." + "a" * 32 + "." + "b" * 64])  # fmt: skip
def test_what_was_not_signed_here_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        check_setup_token("secret", token, NOW)


def test_a_service_that_lets_no_owner_in_knows_no_token_and_a_changed_one_is_refused() -> None:
    token = make_setup_token("secret", NOW)
    until, unique, signature = token.split(".")
    for secret, changed in (
        ("", make_setup_token("", NOW)),
        ("other", token),
        ("secret", f"{int(until) + 1}.{unique}.{signature}"),
    ):
        with pytest.raises(Unauthenticated):
            check_setup_token(secret, changed, NOW)
