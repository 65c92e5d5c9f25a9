from __future__ import annotations

import asyncio
import threading

import pytest

from scoring.operations.call_pool import LOOK_SECONDS, MOST_IN_ONE_GO, CallPool
from tests.apart import run_apart

AT_ONCE = 2
CALLS = 7


def test_so_much_works_at_once_and_the_rest_waits():
    pool, going, most, waiting = CallPool(AT_ONCE, lambda: False), 0, 0, []
    lock, full = threading.Lock(), threading.Barrier(AT_ONCE, timeout=10)

    def work() -> None:
        nonlocal going, most
        with lock:
            going += 1
            most = max(most, going)
            waiting.append(pool.waiting.length)
        full.wait()
        with lock:
            going -= 1

    async def calls() -> None:
        await asyncio.gather(*(pool.run(work) for _ in range(2 * AT_ONCE)))

    run_apart(calls())
    assert most == AT_ONCE
    assert max(waiting) <= AT_ONCE


def test_what_waits_is_counted_with_the_time_that_it_will_take():
    pool, go_on = CallPool(1, lambda: False), threading.Event()

    async def calls() -> tuple[int, float]:
        await pool.run(lambda: threading.Event().wait(0.02))
        first = asyncio.create_task(pool.run(go_on.wait))
        others = [asyncio.create_task(pool.run(bool)) for _ in range(CALLS)]
        async with asyncio.timeout(10):
            while pool.waiting.length < CALLS:
                await asyncio.sleep(0.001)
        seen = pool.waiting
        go_on.set()
        await asyncio.gather(first, *others)
        assert pool.waiting.length == 0
        return seen.length, seen.seconds

    length, seconds = run_apart(calls())
    assert length == CALLS
    assert seconds >= CALLS * 0.02


def test_a_call_lets_readers_pass():
    readers_wait = [True]
    pool, done = CallPool(1, lambda: readers_wait[0]), []

    async def calls() -> None:
        call = asyncio.create_task(pool.run(lambda: done.append("call")))
        for _ in range(3):
            await asyncio.sleep(2 * LOOK_SECONDS)
        assert not done
        readers_wait[0] = False
        await call

    run_apart(calls())
    assert done == ["call"]


def test_a_call_lets_them_pass_for_so_long_and_no_longer(monkeypatch):
    monkeypatch.setattr("scoring.operations.call_pool.PATIENCE", 2 * LOOK_SECONDS)
    assert run_apart(CallPool(1, lambda: True).run(lambda: "done")) == "done"


def test_an_error_is_the_callers():
    def fail() -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError):
        run_apart(CallPool(1, lambda: False).run(fail))


def test_short_calls_that_wait_are_worked_on_together():
    pool, goes = CallPool(1, lambda: False), []

    def double(inputs: list[int]) -> list[int]:
        goes.append(len(inputs))
        return [2 * each for each in inputs]

    async def calls() -> list[int]:
        return await asyncio.gather(*(pool.run_together(double, number) for number in range(MOST_IN_ONE_GO + 1)))

    assert run_apart(calls()) == [2 * number for number in range(MOST_IN_ONE_GO + 1)]
    assert goes == [MOST_IN_ONE_GO, 1]
    assert pool.waiting.length == 0


def test_short_calls_do_not_wait_for_long_ones():
    pool, go_on = CallPool(1, lambda: False), threading.Event()

    async def calls() -> list[str]:
        long = asyncio.create_task(pool.run(go_on.wait))
        try:
            return [await pool.run_together(list, "short")]
        finally:
            go_on.set()
            await long

    assert run_apart(calls()) == ["short"]


def test_what_goes_wrong_in_one_short_call_is_its_callers_alone():
    pool = CallPool(1, lambda: False)

    def inverse(inputs: list[int]) -> list[float | Exception]:
        return [KeyError("negative") if each < 0 else 1 / each for each in inputs]

    async def calls() -> list[object]:
        some = (pool.run_together(inverse, number) for number in (2, -1, 0, 4))
        return await asyncio.gather(*some, return_exceptions=True)

    first, told, failed, last = run_apart(calls())
    assert (first, last) == (0.5, 0.25)
    assert isinstance(told, KeyError)
    assert isinstance(failed, ZeroDivisionError)


def test_a_short_call_that_nobody_waits_for_any_more_stops_no_other():
    pool = CallPool(1, lambda: False)

    async def calls() -> list[int]:
        gone, other = (asyncio.create_task(pool.run_together(list, [number])) for number in (1, 2))
        await asyncio.sleep(0)
        gone.cancel()
        return await other

    assert run_apart(calls()) == [2]


def test_a_failure_between_short_calls_leaves_nobody_waiting():
    fails = iter([True])

    def readers_wait() -> bool:
        if next(fails, False):
            raise RuntimeError("a queue that cannot be read")
        return False

    async def both() -> list[int]:
        pool = CallPool(1, readers_wait)
        first = asyncio.create_task(pool.run_together(list, 1))
        await asyncio.sleep(0.05)
        second = await asyncio.wait_for(pool.run_together(list, 2), 10)
        return [await asyncio.wait_for(first, 10), second]

    assert run_apart(both()) == [1, 2]
