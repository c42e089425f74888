from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from copilot.cards.fonts import FontBook, read_face

_BASIC = {ord("a"): "a", ord("b"): "b", ord("的"): "de", ord("们"): "men"}
_BEYOND = {0x1F600: "smile"}
_WIDTHS = {".notdef": 500, "a": 480, "b": 520, "de": 1000, "men": 1000, "smile": 1200}


def _font(path: Path, characters: dict[int, str]) -> Path:
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(_WIDTHS))
    builder.setupCharacterMap(characters)
    builder.setupGlyf({name: TTGlyphPen(None).glyph() for name in _WIDTHS})
    builder.setupHorizontalMetrics({name: (width, 0) for name, width in _WIDTHS.items()})
    builder.setupHorizontalHeader()
    builder.setupPost()
    builder.save(str(path))
    return path


@pytest.mark.parametrize("characters", [_BASIC, {**_BASIC, **_BEYOND}], ids=["segments", "groups"])
def test_widths_are_those_of_the_font(tmp_path: Path, characters: dict[int, str]) -> None:
    face = read_face(_font(tmp_path / "some.ttf", characters))
    assert face is not None
    assert face.advances == {code: _WIDTHS[name] / 1000 for code, name in characters.items()}


def test_what_is_no_font_is_none(tmp_path: Path) -> None:
    for name, content in (("empty.ttf", b""), ("words.ttf", b"no font at all" * 9)):
        (tmp_path / name).write_bytes(content)
        assert read_face(tmp_path / name) is None


@pytest.mark.skipif(not FontBook().has_chinese, reason="no Chinese font on this machine")
def test_the_fonts_of_this_machine_are_read_as_their_own_library_reads_them() -> None:
    from fontTools.ttLib import TTFont

    for face in FontBook().faces("sans", 400)[1:]:
        with TTFont(str(face.path), lazy=True) as font:
            em, metrics, named = font["head"].unitsPerEm, font["hmtx"].metrics, font.getBestCmap()
            assert face.advances == {code: metrics[name][0] / em for code, name in named.items()}
