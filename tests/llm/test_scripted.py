from __future__ import annotations

import pytest
from langchain_core.messages import HumanMessage

from copilot.llm.scripted import Scripted, ScriptedChatModel


def test_answers_come_in_order_and_requests_are_kept() -> None:
    chat = ScriptedChatModel(answers=["one", Scripted("two", prompt_tokens=3, completion_tokens=4)])
    assert chat.invoke("a").text == "one"
    second = chat.bind(extra_body={"x": 1}).invoke([HumanMessage("b")])
    assert second.usage_metadata == {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
    assert second.response_metadata["finish_reason"] == "stop"
    assert [messages[0].text for messages in chat.seen] == ["a", "b"]
    assert chat.arguments == [{}, {"extra_body": {"x": 1}}]


def test_a_stream_comes_in_pieces_and_ends_with_its_reason() -> None:
    chunks = list(ScriptedChatModel(answers=["x" * 40], chunk_chars=16).stream("a"))
    assert [len(chunk.text) for chunk in chunks if chunk.text] == [16, 16, 8]
    assert any(chunk.response_metadata.get("finish_reason") == "stop" for chunk in chunks)


def test_exceptions_are_raised_and_a_script_that_is_over_says_so() -> None:
    chat = ScriptedChatModel(answers=[TimeoutError("slow")])
    with pytest.raises(TimeoutError):
        chat.invoke("a")
    with pytest.raises(RuntimeError, match="asked once more"):
        chat.invoke("a")
