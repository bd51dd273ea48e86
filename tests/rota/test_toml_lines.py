"""On which line a key stands, in every form that TOML allows."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.rota.toml_lines import Place, locate

DOCUMENT = '''\
# a comment = 1
top = 1  # [not.a.table]
"quoted # key" = "[x]"

[site]   # comment
name = """
[[person]]
mobile = \\"""
"""
other = \'\'\'
name = 3 \'\'\'
a.b."c d".e = 1

[[person]]
name = "x"
list = [  # comment ]
  1, [2, 3],

  "],", # "
  { k = 1, "l" = [
    4 ] },
]
[person.below]
deep = 1979-05-27 07:32:00 # date with a blank
[[person]]
'single' = \'\\\'
name = "\\"]"
[[person.list]]
x = 1
[ person . "two words" ]
z = """"two quotes"""""
y = 2
'''


def test_every_form() -> None:
    tomllib.loads(DOCUMENT)
    root = locate(DOCUMENT)
    assert root.of("top").line == 2
    assert root.of("quoted # key").line == 3
    site = root.of("site")
    assert site.line == 5
    assert [site.of(key).line for key in ("name", "other", "a")] == [6, 10, 12]
    assert site.of("a").of("b").of("c d").of("e").line == 12
    first, second = root.of("person").items
    assert (first.line, second.line) == (14, 25)
    assert [item.line for item in first.of("list").items] == [17, 17, 19, 20]
    assert first.of("list").item(1).item(1).line == 17
    assert first.of("list").item(3).of("l").line == 20
    assert first.of("list").item(3).of("l").item(0).line == 21
    assert first.of("below").of("deep").line == 24
    assert second.of("single").line == 26
    assert second.of("name").line == 27
    assert second.of("list").item(0).of("x").line == 29
    assert second.of("two words").of("y").line == 32


def test_what_is_absent_stands_where_the_whole_does() -> None:
    place = locate("\n[a]\nb = 1")
    assert place.of("a").of("nothing").line == 2
    assert place.of("a").item(7).line == 2


@pytest.mark.parametrize(
    "text", ["", "\n", "# only", "[", "= 1", "a", "a = [", "a = {", '"""', "]"]
)
def test_what_is_no_toml_ends(text: str) -> None:
    assert locate(text).line == 1


keys = st.text("ab", min_size=1, max_size=2)
values = st.recursive(
    st.sampled_from(["1", '"#"', "'''\n]'''", '"""a\n"""', "07:00:00", "true"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ",\n ".join(items) + "]")
        | st.dictionaries(keys, inner, max_size=2).map(
            lambda table: "{" + ", ".join(f"{k} = {v}" for k, v in table.items()) + "}"
        )
    ),
    max_leaves=6,
)
statements = st.one_of(
    st.builds("{} = {}".format, keys, values),
    st.builds("{}.{} = {}".format, keys, keys, values),
    st.builds("[{}] # x".format, keys),
    st.builds("[{}.{}]".format, keys, keys),
    st.builds("[[{}]]".format, keys),
    st.just("# comment"),
    st.just(""),
)


@settings(deadline=None)
@given(st.lists(statements, max_size=8))
def test_the_shape_is_that_of_tomllib(parts: list[str]) -> None:
    text = "\n".join(parts)
    place = locate(text)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    _compare(document, place, text.count("\n") + 1)


def _compare(value: object, place: Place, last: int) -> None:
    assert 1 <= place.line <= last
    if isinstance(value, dict):
        assert set(place.keys) == set(value)
        for key, below in value.items():
            _compare(below, place.keys[key], last)
    elif isinstance(value, list):
        assert len(place.items) == len(value)
        for item, at in zip(value, place.items, strict=True):
            _compare(item, at, last)
    else:
        assert not place.keys
        assert not place.items


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_ends(text: str) -> None:
    locate(text)
