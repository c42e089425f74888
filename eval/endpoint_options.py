"""The options of commands that ask a model: which endpoint, for how many cases, at what price."""

from __future__ import annotations

import argparse
import os

from pydantic import SecretStr, ValidationError

from copilot.errors import InvalidInput
from copilot.settings import LlmSettings

KEY_VARIABLE = "COPILOT_EVAL_KEY"
_BUDGET = 10_000_000


def add_to(parser: argparse.ArgumentParser, cases_help: str) -> None:
    """Add the options to a command."""
    parser.add_argument("--endpoint", default="", help="OpenAI-compatible base URL, for the parts that use a model")
    parser.add_argument("--model", default="", help="model name at that endpoint")
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds per model call")
    parser.add_argument("--cases", type=int, help=cases_help)
    parser.add_argument(
        "--prices", type=float, nargs=2, default=(0.0, 0.0), metavar=("PROMPT", "COMPLETION"),
        help="what a million tokens cost there, in any currency: drafts are priced",
    )  # fmt: skip


def read(options: argparse.Namespace) -> LlmSettings | None:
    """Return the endpoint that was named, None when none was. Its key comes from the environment.

    Raises:
        InvalidInput: half an endpoint, or a number out of its range; the option is named.
    """
    if options.cases is not None and options.cases < 1:
        raise InvalidInput("--cases must be at least 1", field="cases")
    if bool(options.endpoint) != bool(options.model):
        raise InvalidInput("--endpoint and --model go together", field="endpoint")
    if not options.endpoint:
        return None
    try:
        return LlmSettings(
            base_url=options.endpoint, model=options.model, timeout_seconds=options.timeout,
            api_key=SecretStr(os.environ.get(KEY_VARIABLE, "")), daily_token_budget=_BUDGET,
            prompt_price=options.prices[0], completion_price=options.prices[1],
        )  # fmt: skip
    except ValidationError as error:
        first = error.errors()[0]
        option = "--timeout" if first["loc"] == ("timeout_seconds",) else "--prices"
        raise InvalidInput(f"{option}: {first['msg']}", field=option.strip("-")) from error
