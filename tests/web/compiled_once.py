"""Each application of a test compiles its templates and addresses anew; here they are compiled
once a process, which is half the time of the page's tests.

Jinja keeps what it compiled under the template's name and a digest of its source, werkzeug under
the rule and all else that the function of an address depends on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


class InMemory(BytecodeCache):
    """Compiled templates, for as long as the process lives."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """See `BytecodeCache`."""
        if code := self._code.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """See `BytecodeCache`."""
        self._code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


class RuleOnce(Rule):
    """An address whose builders are compiled once; each rule keeps its converters."""

    _built: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        defaults = tuple(sorted((self.defaults or {}).items()))
        key = (self.rule, tuple(self._trace), defaults, append_unknown)
        if key not in self._built:
            self._built[key] = super()._compile_builder(append_unknown)
        return self._built[key]


def compile_once() -> None:
    """For every application made from now on, in this process."""
    options: dict[str, Any] = {**Flask.jinja_options, "bytecode_cache": InMemory()}
    Flask.jinja_options = options
    Flask.url_rule_class = RuleOnce
