from __future__ import annotations

import sys
import threading

from integrations.turns import SHORT, taking_turns


def test_turns_are_short_inside_and_as_before_afterwards() -> None:
    before = sys.getswitchinterval()
    with taking_turns():
        assert abs(sys.getswitchinterval() - SHORT) < 1e-5
    assert sys.getswitchinterval() == before


def test_turns_stay_short_until_the_last_thread_has_left() -> None:
    before = sys.getswitchinterval()
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with taking_turns():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with taking_turns():
        thread.start()
        assert entered.wait(10)
    assert sys.getswitchinterval() < before
    leave.set()
    thread.join(10)
    assert sys.getswitchinterval() == before


def test_an_error_inside_leaves_turns_as_before() -> None:
    before = sys.getswitchinterval()
    try:
        with taking_turns():
            raise ValueError
    except ValueError:
        pass
    assert sys.getswitchinterval() == before
