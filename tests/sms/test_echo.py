"""Status reports that used to come and come no more: a modem may be deaf."""

from __future__ import annotations

from firmware.sms.echo import APART_S, PARTS_MIN, USUAL_MIN, WAIT_S, Echo

ALICE, BRUNO = "+33601020304", "+33605060708"


def usual() -> Echo:
    echo = Echo()
    for _ in range(USUAL_MIN):
        echo.reported()
    return echo


def test_two_telephones_that_report_nothing_for_ten_minutes_are_a_doubt_once() -> None:
    echo = usual()
    echo.left(ALICE, 0.0)
    echo.left(BRUNO, 60.0)
    assert not echo.is_missing(WAIT_S - 1)
    assert echo.is_missing(WAIT_S)
    assert not echo.is_missing(WAIT_S + 1)
    echo.left(ALICE, 2 * WAIT_S)
    echo.left(BRUNO, 2 * WAIT_S)
    assert not echo.is_missing(WAIT_S + APART_S - 1)
    assert echo.is_missing(WAIT_S + APART_S)


def test_a_doubt_that_was_right_leaves_room_for_the_next() -> None:
    echo = usual()
    for begin_s in (0.0, 5000.0):
        echo.left(ALICE, begin_s)
        echo.left(BRUNO, begin_s)
        assert echo.is_missing(begin_s + WAIT_S)
        echo.confirmed()
        echo.reported()


def test_one_telephone_that_is_off_is_no_doubt_until_much_has_left() -> None:
    echo = usual()
    for _ in range(PARTS_MIN - 1):
        echo.left(ALICE, 0.0)
    assert not echo.is_missing(10 * WAIT_S)
    echo.left(ALICE, 10 * WAIT_S)
    assert echo.is_missing(11 * WAIT_S)


def test_whatever_comes_ends_the_doubt() -> None:
    echo = usual()
    echo.left(ALICE, 0.0)
    echo.left(BRUNO, 0.0)
    echo.came()
    assert not echo.is_missing(2 * WAIT_S)


def test_a_network_that_never_reports_says_nothing_by_it() -> None:
    echo = Echo()
    for _ in range(3 * PARTS_MIN):
        echo.left(ALICE, 0.0)
        echo.left(BRUNO, 0.0)
    assert not echo.is_missing(10 * WAIT_S)
