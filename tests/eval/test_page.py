"""The page stands by itself, shows what fails first, and lets no text of a case out of its place."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

from eval.__main__ import main
from eval.baseline import history_line
from eval.cases import EvalCase
from eval.gates import Gate
from eval.page import Past, read_history, render_page
from eval.runs import write_run
from eval.scores import Figure, RunFile, SuiteRun, count, gathered, macro_f1_figure, share, unscored

GATES = {
    "mood.right": Gate(floor=0.5, measured=0.6),
    "mood.late": Gate(ceiling=3.0, measured=2.0),
    "mood.far": Gate(floor=0.5, measured=0.6, optional=True),
}
HOSTILE = "</td></table><script>alert(1)</script><img src=https://example.org/x onerror=alert(1)>"


def a_run(right: int = 6, **worst: object) -> RunFile:
    cases = [EvalCase(str(n)) for n in range(4)]
    made = [
        share("mood.right", right, 10),
        count("mood.late", 2.0, 5, "lower"),
        unscored("mood.far", "not here"),
        share("mood.right_random", 3, 10),
        macro_f1_figure("mood.f1", [0, 0, 1, 1], [0, 1, 1, 1], (0, 1), cases),
    ]
    figures, rows = gathered(made)
    suite = SuiteRun(
        name="mood", version=1, seconds=2, cpu_seconds=1.5, figures=figures, cases=rows, worst=[worst] if worst else []
    )
    return RunFile(manifest={"commit": "abc", "started_at": "today", "seeds": {"one": 1}}, suites=[suite])


def page(run: RunFile, past: Past | None = None) -> str:
    return render_page(run, GATES, past or Past(), {"mood": "how it feels"})


class Parts(HTMLParser):
    """Collects tags that are open at the end, and every address that is asked for."""

    VOID = frozenset({"meta", "wbr", "line", "rect", "circle", "polyline", "img", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "action", "data"}]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_the_page_is_whole_and_asks_for_nothing() -> None:
    parts = Parts(page(a_run(text="words")))

    assert parts.open == []
    assert not parts.tags & {"script", "link", "img", "iframe", "object", "form"}
    assert all(address.startswith("#") for address in parts.addresses)


def test_text_of_a_case_stays_text() -> None:
    shown = page(a_run(text=HOSTILE, gold=[HOSTILE], got={"<b>": HOSTILE}, query=HOSTILE))

    assert "<script" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;" in shown
    assert Parts(shown).open == []


def test_what_fails_stands_before_the_suites() -> None:
    shown = page(a_run(4))
    assert shown.index("What fails") < shown.index('<section id="mood">')
    assert "below its bound" in shown
    assert "What fails" not in page(a_run())


def test_a_figure_stands_beside_its_baseline_with_its_interval_and_an_unscored_one_says_why() -> None:
    shown = page(a_run())
    assert "chance 0.300" in shown
    assert "0.313 to 0.832" in shown  # Wilson, 6 of 10
    assert "not here" in shown
    assert '<span class="skipped">skipped</span>' in shown


def test_a_matrix_of_the_cases_is_drawn() -> None:
    shown = page(a_run())
    assert '<table class="matrix"><caption>f1</caption>' in shown
    assert '--share:0.500"><span>1</span>' in shown


def test_the_last_baseline_and_the_way_there_are_shown() -> None:
    before = [
        a_run(right).model_copy(update={"manifest": {"commit": f"before {right}", "started_at": "then"}})
        for right in (4, 5)
    ]
    shown = page(a_run(), Past(before[1], [json.loads(history_line(run, GATES)) for run in before]))

    assert '<td class="tight small" data-label="baseline">0.500' in shown
    assert "2 committed so far" in shown
    assert 'aria-label="3 runs"' in shown
    assert "keeps the scores of cases without their texts" not in shown


def test_a_run_is_no_step_of_its_own_way() -> None:
    """History is rounded: a third beside .333333 is the same run, not another one."""
    third = a_run()
    third.suites[0].figures[0] = third.suites[0].figures[0].model_copy(update={"value": 1 / 3})
    old = [
        json.loads(history_line(run, GATES))
        for run in (a_run(5).model_copy(update={"manifest": {"commit": "old"}}), third)
    ]

    assert 'aria-label="2 runs"' in page(third, Past(third, old))
    assert "keeps the scores of cases without their texts" in page(third, Past(third, old))
    assert 'class="trend" points' not in page(third, Past(third, old[1:])).partition("<nav")[2]


def test_no_baseline_is_said_and_not_drawn() -> None:
    shown = page(a_run())
    assert "no baseline is committed" in shown
    assert 'class="trend"' not in shown


def test_a_suite_that_could_not_run_and_a_gate_without_its_figure_are_shown() -> None:
    broken = SuiteRun(name="mood", version=1, seconds=0, cpu_seconds=0, figures=[], error="not_found: no <world>")
    shown = page(RunFile(manifest={}, suites=[broken]))

    assert "Could not run: not_found: no &lt;world&gt;" in shown
    assert "gates fail" in shown


def test_tokens_are_counted_where_an_endpoint_was_used_and_money_is_not_made_up() -> None:
    assert "no tokens and no money" in page(a_run())
    run = a_run()
    with_model = run.suites[0].model_copy(
        update={"figures": [*run.suites[0].figures, Figure(name="mood.llm.tokens_per_draft", value=1200.5, n=4)]}
    )
    shown = page(run.model_copy(update={"suites": [with_model]}))
    assert "4,802" in shown
    assert "which nobody gave" in shown
    assert "price of the tokens" not in shown


def test_what_drafts_and_calls_cost_is_summed_where_a_price_was_given() -> None:
    figures = [
        Figure(name="mood.llm.tokens_per_draft", value=1000, n=4),
        Figure(name="mood.llm.price_per_draft", value=0.002, n=4),
        Figure(name="mood.tokens_per_call", value=10, n=3),
        Figure(name="mood.price_per_call", value=0.001, n=3),
    ]
    run = a_run()
    shown = page(run.model_copy(update={"suites": [run.suites[0].model_copy(update={"figures": figures})]}))
    assert '<td class="num">4,030</td><td class="num">0.0110</td>' in shown
    assert Parts(shown).open == []


def test_a_suite_without_gates_lies_open_and_the_baseline_is_called_so() -> None:
    ungated = (
        a_run()
        .suites[0]
        .model_copy(update={"name": "other", "figures": [count("other.n", 2.0, 5, "lower")], "cases": []})
    )
    shown = page(RunFile(manifest={"commit": "new"}, suites=[ungated]), Past(a_run()))
    assert "<details open><summary>1 figure, without a gate" in shown
    assert "Not compared: other (the baseline has none); mood (only the baseline has it)." in shown
    assert "<details><summary>1 more figure, without a gate" in page(a_run())


def test_a_run_says_itself_what_its_suites_measure_and_no_place_is_named_twice() -> None:
    told = a_run().suites[0].model_copy(update={"about": "how it really feels", "name": "cost"})
    shown = page(RunFile(manifest={}, suites=[told]))
    assert "how it really feels" in shown
    assert "how it feels" not in shown
    places = [part.partition('"')[0] for part in shown.split(' id="')[1:]]
    assert len(places) == len(set(places))
    assert all(f'href="#{place}"' in shown for place in places)


def test_lines_of_a_history_that_are_none_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text('{"figures": {"mood.right": [0.5]}}\n[1]\nno json\n{"figures": 3}\n', "utf-8")

    assert len(read_history(path)) == 1
    assert read_history(tmp_path / "none") == []


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    write_run(a_run(), tmp_path / "run.json")
    told = ["--run", str(tmp_path / "run.json"), "--baseline", str(tmp_path / "run.json")]

    assert main(["report", *told, "--html", str(tmp_path / "page.html")]) == 0
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!doctype html>")
