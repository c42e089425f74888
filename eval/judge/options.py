"""The options of `python -m eval judge`, which every other command reads too: nothing here asks a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eval import endpoint_options
from eval.runs import LATEST

NAME = "judge"
ABOUT = "a model's opinion of drafts: informs, never gates; look first how far it agrees with people and with itself"


def add_parser(commands: Any) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("judge", help="ask a model which of two drafts is better; informs, never gates")
    endpoint_options.add_to(parser, "how many pairs; all without it")
    parser.add_argument("--temperature", type=float, default=0.7, help="0 would make repeats say nothing")
    parser.add_argument("--repeats", type=int, default=2, help="how often each question is asked, in each order")
    parser.add_argument("--ways", choices=("pairs", "rubric", "both"), default="both", help="kinds of questions")
    parser.add_argument("--pairs", type=Path, help="other pairs, in the form of the case set")
    parser.add_argument("--out", type=Path, default=LATEST.with_name("judge.json"), help="where the run file goes")
    parser.add_argument("--into", type=Path, help="add what was found to this run file, for its page")
