"""The form of the code: sizes, words that must not be there, what the contracts forgot."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
ROOMS = ("firmware", "web", "hw", "tests", "deploy")
MODULE_MAX, FUNCTION_MAX, README_MAX = 400, 60, 80
SHELL_MAX, SHELL_VOICE_MAX, SHELL_MODULE_MAX = 1100, 900, 250
# Tables, not reading matter: what each line of each modem's profile rests on
LONG_READMES = {"hw/profiles/README.md"}
# Folders of one kind of file that the room's own README describes
DESCRIBED_ABOVE = re.compile(r"/(schema|catalogues|translations|static|templates|models)(/|$)")
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")


def modules(*rooms: str) -> list[Path]:
    return sorted(
        path.relative_to(ROOT) for room in rooms for path in (ROOT / room).rglob("*.py")
    )


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


ALL = modules(*ROOMS)


def test_there_is_something_to_look_at() -> None:
    assert len(ALL) > 200


def test_no_module_is_too_long() -> None:
    lengths = {str(path): len((ROOT / path).read_text().splitlines()) for path in ALL}
    assert {path: n for path, n in lengths.items() if n > limit(path)} == {}


def limit(path: str) -> int:
    """A test module may hold one long table of cases more."""
    return MODULE_MAX + 200 * path.startswith("tests/")


def test_no_function_is_too_long() -> None:
    long = [
        f"{path}:{function.lineno} {function.name}"
        for path in ALL
        for function in functions(tree_of(path))
        if (function.end_lineno or 0) - function.lineno + 1 > FUNCTION_MAX
    ]
    assert long == []


def test_the_shell_is_thin() -> None:
    found = modules("firmware/shell")
    lines = {path: len((ROOT / path).read_text().splitlines()) for path in found}
    voice = sum(count for path, count in lines.items() if path.parent.name == "voice")
    assert sum(lines.values()) - voice < SHELL_MAX
    assert voice < SHELL_VOICE_MAX
    assert max(lines.values()) <= SHELL_MODULE_MAX


def test_nothing_is_put_off() -> None:
    found = [
        f"{path}:{number}"
        for path in ALL
        for number, line in enumerate((ROOT / path).read_text().splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_no_exception_is_passed_over() -> None:
    silent = [
        f"{path}:{node.lineno}"
        for path in ALL
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler)
        and all(isinstance(statement, ast.Pass) for statement in node.body)
    ]
    assert silent == []


def test_no_test_sleeps() -> None:
    asleep = [
        f"{path}:{node.lineno}"
        for path in modules("tests")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and "sleep" in (getattr(node.func, "attr", ""), getattr(node.func, "id", ""))
    ]
    assert asleep == []


def test_every_module_says_what_it_is() -> None:
    mute = [
        str(path)
        for path in modules("firmware", "web", "hw")
        if (tree := tree_of(path)).body and ast.get_docstring(tree) is None
    ]
    assert mute == []


def test_every_public_class_of_the_firmware_says_what_it_is() -> None:
    """Functions may speak by their names; a class has to say what it stands for."""
    mute = [
        f"{path}:{node.lineno} {node.name}"
        for path in modules("firmware")
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
        and not _is_plain_value(node)
    ]
    assert mute == []


def _is_plain_value(node: ast.ClassDef) -> bool:
    """A dataclass or a list of named values, whose names are all there is to say."""
    named = all(isinstance(each, ast.Assign | ast.AnnAssign) for each in node.body)
    return named or any("dataclass" in ast.unparse(each) for each in node.decorator_list)


def folders() -> list[Path]:
    found = {path.parent for path in ALL} | {Path("deploy"), Path("hw/profiles")}
    found |= {parent for path in found for parent in path.parents}
    return sorted(
        path
        for path in found
        if not DESCRIBED_ABOVE.search(str(path))
        and (path == Path("tests") or path.parts[:1] != ("tests",))
    )


@pytest.mark.parametrize("folder", folders(), ids=str)
def test_each_folder_is_described_on_one_page(folder: Path) -> None:
    readme = ROOT / folder / "README.md"
    assert readme.exists(), f"{folder}: no README.md"
    if str(folder / "README.md") not in LONG_READMES and folder != Path():
        assert len(readme.read_text().splitlines()) <= README_MAX


def contracts() -> dict[str, dict[str, list[str]]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {each["name"]: each for each in project["tool"]["importlinter"]["contracts"]}


# The rooms that may have devices, threads and clocks, or that put everything together
OUTER = {"__main__", "cli", "command", "crypto", "shell", "speech", "store", "update"}


def rooms_of_the_firmware() -> set[str]:
    return {
        path.stem if path.is_file() else path.name
        for path in (ROOT / "firmware").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    } - {"__init__"}


def test_every_pure_room_is_in_the_contract() -> None:
    (pure,) = [each for name, each in contracts().items() if name.startswith("Pure rooms")]
    named = {name.removeprefix("firmware.") for name in pure["source_modules"]}
    assert named == rooms_of_the_firmware() - OUTER


def test_no_contract_names_a_room_that_is_gone() -> None:
    known = {f"firmware.{name}" for name in rooms_of_the_firmware()} | {"firmware", "web", "hw"}
    gone = [
        f"{contract}: {name}"
        for contract, values in contracts().items()
        for name in [*values.get("source_modules", ()), *values.get("forbidden_modules", ())]
        if name.startswith("firmware.") and name not in known
    ]
    assert gone == []


def test_the_rota_s_contract_names_every_other_room() -> None:
    (rota,) = [each for name, each in contracts().items() if name.startswith("The rota and")]
    named = {name.removeprefix("firmware.") for name in rota["forbidden_modules"]}
    assert rooms_of_the_firmware() - {"__main__", "rota", "moment"} <= named


CATALOGUES = sorted(
    path.relative_to(ROOT) for room in ("firmware", "web") for path in (ROOT / room).rglob("*.po")
)


@pytest.mark.parametrize("po", CATALOGUES, ids=str)
def test_the_compiled_catalogue_is_the_written_one(po: Path) -> None:
    with (ROOT / po).open("rb") as file:
        written = texts(message for message in read_po(file) if not message.fuzzy)
    with (ROOT / po).with_suffix(".mo").open("rb") as file:
        compiled = texts(read_mo(file))
    assert written
    assert compiled == written, "run `make catalogues`"


def texts(messages: Iterable[Message]) -> list[str]:
    """What is said, as what, in an order that the file's own order does not change."""
    return sorted(
        f"{message.context} {forms(message.id)} {forms(message.string)}"
        for message in messages
        if message.id and any(message.string or "")
    )


def forms(said: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Singular and plural alike as a tuple."""
    return (said or "",) if isinstance(said, str | None) else tuple(said)


def test_migrations_are_numbered_without_a_gap() -> None:
    names = sorted(path.name for path in (ROOT / "firmware/store/schema").glob("*.sql"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
