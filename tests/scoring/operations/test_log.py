from __future__ import annotations

import json
import logging
import sys

from scoring.operations.log import REQUEST, JsonLines


def record(message: str, *args: object, trace: bool = False) -> logging.LogRecord:
    return logging.LogRecord("scoring.x", logging.WARNING, "x.py", 1, message, args, sys.exc_info() if trace else None)


def test_a_record_is_one_line_of_json():
    line = JsonLines().format(record("two\nlines of %s", "é"))
    assert "\n" not in line
    told = json.loads(line)
    assert told.pop("time").endswith("+00:00")
    assert told == {"level": "WARNING", "logger": "scoring.x", "message": "two\nlines of é"}


def test_it_names_the_request_within_one():
    token = REQUEST.set("abc")
    try:
        assert json.loads(JsonLines().format(record("x")))["request_id"] == "abc"
    finally:
        REQUEST.reset(token)


def test_a_trace_is_in_the_same_line():
    try:
        raise ValueError("no")
    except ValueError:
        line = JsonLines().format(record("x", trace=True))
    assert "\n" not in line
    assert "ValueError: no" in json.loads(line)["trace"]
