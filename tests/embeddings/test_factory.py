from __future__ import annotations

import subprocess
import sys

from copilot.embeddings.e5 import E5Embedder
from copilot.embeddings.factory import make_embedder
from copilot.settings import EmbeddingSettings


def test_the_bundled_model_is_the_default() -> None:
    assert isinstance(make_embedder(EmbeddingSettings()), E5Embedder)


def test_the_default_loads_no_heavy_library() -> None:
    code = (
        "import sys; from copilot.embeddings.factory import make_embedder; "
        "from copilot.settings import EmbeddingSettings; make_embedder(EmbeddingSettings()); "
        "print(sorted({'torch', 'openai', 'chromadb', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
