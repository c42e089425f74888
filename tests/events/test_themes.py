"""Themes rest on several people's words, and quotes on what a comment says today."""

from __future__ import annotations

from copilot.events.reviews.theme_words import LABELS, WORDS
from copilot.events.reviews.themes import Comment, find_themes, shown_themes

SAID = [
    Comment("efb_1", "内容很好。音响一直啸叫，后排听不清", 3),
    Comment("efb_2", "The microphone died twice", 2),
    Comment("efb_3", "嘉宾讲得好", 5),
]


def test_a_theme_needs_two_people_and_its_mood_is_their_ratings() -> None:
    [theme] = find_themes(SAID)
    assert (theme.key, theme.comments, theme.rating_mean) == ("sound", 2, 2.5)
    [shown] = shown_themes([theme], {said.id: said.text for said in SAID}, "zh-CN")
    assert (shown.label, shown.mood) == ("音响与设备", "bad")
    assert [quote.text for quote in shown.quotes] == ["The microphone died twice", "音响一直啸叫，后排听不清"]


def test_one_comment_that_says_a_word_twice_is_one_comment() -> None:
    assert find_themes([Comment("efb_1", "话筒坏了，话筒又坏了", 2)]) == []


def test_a_quote_goes_with_its_comment_and_a_theme_with_its_last_quote() -> None:
    themes = find_themes(SAID)
    texts = {said.id: said.text for said in SAID}
    [changed] = shown_themes(themes, {**texts, "efb_2": "All was well with the microphone"}, "en")
    assert [quote.feedback_id for quote in changed.quotes] == ["efb_1"]
    assert shown_themes(themes, {}, "en") == []


def test_long_sentences_are_cut_around_the_word_and_never_inside_a_latin_one() -> None:
    text = "before " * 30 + "the microphone failed " + "after " * 30
    [theme] = find_themes([Comment("efb_1", text, 2), Comment("efb_2", "microphone", 2)])
    [shown] = shown_themes([theme], {"efb_1": text, "efb_2": "microphone"}, "en")
    quote = shown.quotes[0].text
    assert "microphone" in quote and len(quote) <= 80 and quote in text
    assert set(quote.split()) <= set(text.split())


def test_letters_that_grow_when_lowered_keep_places() -> None:
    said = [Comment(f"efb_{n}", "İİİ 音响很差", 2) for n in range(2)]
    [shown] = shown_themes(find_themes(said), {c.id: c.text for c in said}, "zh-CN")
    assert shown.quotes[0].text == "İİİ 音响很差"


def test_every_theme_has_words_and_names_in_both_languages() -> None:
    assert LABELS.keys() == WORDS.keys()
    for key, names in LABELS.items():
        assert all(names) and any(word.isascii() for word in WORDS[key]) and not all(w.isascii() for w in WORDS[key])
    assert min(len(word) for words in WORDS.values() for word in words) >= 2, "one letter stands in other words"


def test_nothing_said_gives_no_theme() -> None:
    assert find_themes([]) == []
