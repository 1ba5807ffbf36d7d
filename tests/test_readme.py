"""The README tells the truth: its commands are run, and what it shows is what they print."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import AliasChoices

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _shown() -> list[tuple[list[str], str]]:
    """Each command of the console blocks with the output shown under it."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, output = part.partition("\n")
            found.append((shlex.split(line), output))
    return found


def test_the_commands_shown_print_what_is_shown(run: Callable[..., Any], seeds: Path, tmp_path: Path) -> None:
    shutil.copytree(seeds, tmp_path / "seeds")
    commands = _shown()
    assert len(commands) >= 3
    for arguments, output in commands:
        assert arguments[:2] == ["python", "-m"]
        ran = run(*arguments[2:])
        assert ran.code == 0, ran.err
        assert ran.out.startswith(output), ran.out


@pytest.mark.parametrize("name", sorted(set(re.findall(r"ONRECORD_[A-Z_]+", README)) - {"ONRECORD_ARCHIVE"}))
def test_every_setting_named_exists(name: str) -> None:
    from assistant.settings import Settings

    assert name.removeprefix("ONRECORD_").lower() in Settings.model_fields


def test_every_setting_is_named() -> None:
    from assistant.settings import Settings

    for name, field in Settings.model_fields.items():
        # Two are known by the names that every program reads them by.
        alias = field.validation_alias
        known = alias.choices[0] if isinstance(alias, AliasChoices) else f"ONRECORD_{name.upper()}"
        assert f"`{known}`" in README, name


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+?)\)", README))))
def test_every_file_linked_to_exists(link: str) -> None:
    assert (ROOT / link).is_file()


def test_every_dependency_is_named_in_the_architecture_with_a_reason() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    groups = project["dependency-groups"]
    for requirement in [*project["project"]["dependencies"], *groups["test"], *groups["check"]]:
        package = re.split(r"[<>=\[;]", requirement)[0]
        assert re.search(rf"\b{re.escape(package)}\b", named), package


def test_the_constraints_name_no_index_and_no_host() -> None:
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in pinned
    assert not re.search(r"^(?!#)(?!\S+==\S+$).+$", pinned, re.MULTILINE)
