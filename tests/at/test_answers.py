"""Parsers read or refuse; no text makes them fail otherwise."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from firmware.at import answers
from firmware.at.answers import AnswerFault
from firmware.at.error_tables import CME_ERRORS, CMS_ERRORS, cme_code, cms_code
from firmware.at.fields import number_ranges, split_fields
from firmware.at.result_codes import ResultKind, final_result, numeric_result
from firmware.at.unsolicited import GENERAL_CODES, UnsolicitedTable
from tests.at.support import PROFILE_NAMES, load_profile

PARSERS = sorted(name for name in answers.__all__ if name[0].islower())
PREFIXES = (
    "+CLCC:",
    "+CCFC:",
    "+CCWA:",
    "+CLIP:",
    "+CHLD:",
    "+CEER:",
    "+CREG:",
    "+CGREG:",
    "+CEREG:",
    "+COPS:",
    "+CSQ:",
    "+CGSN:",
    "+CIMI:",
    "+CCID:",
    "+CNUM:",
    "+CPIN:",
    "+CPINR:",
    "+CMEE:",
    "+CCLK:",
    "+CPMS:",
    "+CMGL:",
    "+CMGR:",
    "+CMGS:",
    "+CNMI:",
    "",
)
_PIECES = st.sampled_from(
    [",", '"', "(", ")", "-", "1", "99", "0", " ", "\u0660", "F", "/", ":", "+", "\u00b2", "9" * 30]
)
_REST = st.one_of(st.text(max_size=30), st.lists(_PIECES, max_size=25).map("".join))
_LINES = st.lists(
    st.builds(lambda prefix, rest: prefix + rest, st.sampled_from(PREFIXES), _REST), max_size=4
)


@given(name=st.sampled_from(PARSERS), lines=_LINES)
@example(name="clock", lines=['+CCLK: "99/99/99,99:99:99+99"'])
@example(name="signal_dbm", lines=["+CSQ: \u0661\u0661,99"])
@example(name="call_hold_forms", lines=["+CHLD: (9-0)"])
@example(name="message_indication_forms", lines=["+CNMI: (0-99999999999)"])
def test_any_text_is_read_or_refused(name: str, lines: list[str]) -> None:
    arguments = (1,) if name == "read_message" else ()
    with suppress(AnswerFault):  # refusing is right; any other exception fails the test
        getattr(answers, name)(tuple(lines), *arguments)


@given(data=st.data(), rest=_REST)
def test_any_single_line_is_read_or_refused(data: st.DataObject, rest: str) -> None:
    name = data.draw(st.sampled_from(PARSERS))
    arguments = (1,) if name == "read_message" else ()
    with suppress(AnswerFault):
        getattr(answers, name)((data.draw(st.sampled_from(PREFIXES)) + rest,), *arguments)


@given(st.sampled_from(PROFILE_NAMES), st.data())
def test_any_line_behind_any_code_is_decoded_without_an_error(
    name: str, data: st.DataObject
) -> None:
    profile = load_profile(name)
    codes = sorted({*profile.codes, *GENERAL_CODES})
    line = data.draw(st.sampled_from(codes)) + data.draw(_REST)
    UnsolicitedTable(profile.codes).decode(line)


@given(_REST)
def test_fields_join_to_what_was_split(text: str) -> None:
    joined = ",".join(split_fields(text))
    assert joined.replace(" ", "") == ",".join(part.strip() for part in split_fields(text)).replace(
        " ", ""
    )
    assert len(split_fields(text)) <= text.count(",") + 1


@pytest.mark.parametrize(
    ("text", "values"), [("(0-2)", {0, 1, 2}), ("(0,2,3)", {0, 2, 3}), ("1", {1}), ("0-1", {0, 1})]
)
def test_ranges(text: str, values: set[int]) -> None:
    assert number_ranges(text) == values


@pytest.mark.parametrize("text", ["", "()", "(2-1)", "(a)", "(0-999999999)", "(-1)"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(AnswerFault):
        number_ranges(text)


@pytest.mark.parametrize(("code", "words"), sorted(CME_ERRORS.items()))
def test_cme_errors_are_known_by_number_and_by_words(code: int, words: str) -> None:
    by_number = final_result(f"+CME ERROR: {code}")
    assert by_number is not None
    assert (by_number.kind, by_number.code, by_number.text) == (ResultKind.CME_ERROR, code, words)
    same = {other for other, text in CME_ERRORS.items() if text == words}
    for written in (words, words.upper(), words.replace(" ", "")):
        assert cme_code(written) == min(same)


@pytest.mark.parametrize(("code", "words"), sorted(CMS_ERRORS.items()))
def test_cms_errors_are_known_by_number_and_by_words(code: int, words: str) -> None:
    by_number = final_result(f"+CMS ERROR: {code}")
    assert by_number is not None
    assert (by_number.kind, by_number.code, by_number.text) == (ResultKind.CMS_ERROR, code, words)
    same = {other for other, text in CMS_ERRORS.items() if text == words}
    for written in (words, words.upper(), words.replace("(U)SIM", "SIM")):
        assert cms_code(written) == min(same)


def test_the_standards_tables_are_whole() -> None:
    assert set(range(0, 8)) | set(range(10, 19)) | set(range(20, 28)) <= set(CME_ERRORS)
    assert set(range(30, 33)) | set(range(40, 64)) | {100} <= set(CME_ERRORS)
    assert set(range(300, 306)) | set(range(310, 319)) | {320, 321, 322} <= set(CMS_ERRORS)
    assert {330, 331, 332, 340, 500} | {1, 8, 10, 21, 27, 28, 29, 30, 38, 41, 42, 47} <= set(
        CMS_ERRORS
    )


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("0", "OK"),
        ("1", "CONNECT"),
        ("3", "NO_CARRIER"),
        ("4", "ERROR"),
        ("6", "NO_DIALTONE"),
        ("7", "BUSY"),
        ("8", "NO_ANSWER"),
    ],
)
def test_numeric_results(line: str, kind: str) -> None:
    found = numeric_result(line)
    assert found is not None
    assert found.kind.name == kind


@pytest.mark.parametrize("line", ["2", "5", "00", "OK", ""])
def test_what_is_no_numeric_result(line: str) -> None:
    assert numeric_result(line) is None


def test_a_result_tells_itself_in_words() -> None:
    assert str(final_result("+CME ERROR: 10")) == "+CME ERROR: 10 (SIM not inserted)"
    assert str(final_result("+CMS ERROR: odd words")) == "+CMS ERROR: odd words"
    assert str(final_result("OK")) == "OK"


@given(st.text(), st.booleans())
def test_any_line_is_a_result_or_not(line: str, dials: bool) -> None:
    found = final_result(line, dials)
    assert found is None or isinstance(found.kind, ResultKind)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('+COPS: 0,0,"Réseau Sim F",7', "Réseau Sim F"),
        ('+COPS: 0,0,"0052E",7', "0052E"),
        ('+COPS: 0,0,"005200E9007300650061007500200046",7', "Réseau F"),   # the set UCS2
        ('+COPS: 0,2,"00200021",7', "00200021"),
        ("+COPS: 0", ""),
    ],
)  # fmt: skip
def test_the_operator_s_name_in_any_character_set(line: str, name: str) -> None:
    assert answers.operator([line]).name == name


HEX = "0041007500200073"


@pytest.mark.parametrize(
    ("lines", "is_text"),
    [
        (('+CMGR: "REC UNREAD","+33612345678",,"26/02/05,11:07:54+04"', "Au secours"), True),
        (('+CMGR: "REC UNREAD","ENEDIS",,"26/02/05,11:07:54+04"', HEX), True),
        (('+CMGR: "STO UNSENT","+33612345678",', HEX), True),
        # +CSDH=1 ends the head with the length of the text
        (('+CMGR: "REC READ","1",,"26/02/05,11:07:54+04",145,4,0,8,"1",145,8', HEX), True),
        (('+CMGR: "REC READ","1",,"26/02/05,11:07:54+04",145,4,0,0,"1",145,3', "Oui"), True),
        # Words for <stat> that some firmware writes in PDU mode, too
        (('+CMGR: "REC UNREAD",,25', HEX), False),
        (('+CMGR: "REC UNREAD","",25', HEX), False),
        (("+CMGR: 0,,25", HEX), False),
        ((), False),
    ],
)
def test_a_message_told_in_text_mode_is_known(lines: tuple[str, ...], is_text: bool) -> None:
    assert answers.in_text_mode(lines) is is_text
