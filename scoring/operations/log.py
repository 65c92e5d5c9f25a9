"""The log: as text for people, or one JSON object a line for programs. Nothing of an applicant or a person is in it."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

LogFormat = Literal["text", "json"]
TEXT = "%(asctime)s %(levelname)s %(message)s"
# The request that is being answered; empty outside of one.
REQUEST: ContextVar[str] = ContextVar("request", default="")
# Where a record of a request holds its facts.
FACTS = "facts"


class JsonLines(logging.Formatter):
    """One object a line: time (UTC), level, logger, message, and as far as there are any: request, facts, trace."""

    def format(self, record: logging.LogRecord) -> str:
        """A record as a line."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := REQUEST.get():
            fields["request_id"] = request
        fields |= getattr(record, FACTS, {})
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False)


def set_up_log(form: LogFormat) -> None:
    """Has all records written in this format; requests are logged as JSON only."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(TEXT))
    logging.basicConfig(handlers=[handler], force=True)
    logging.getLogger("scoring").setLevel(logging.INFO)
    logging.getLogger("scoring.operations.requests").setLevel(logging.INFO if form == "json" else logging.WARNING)
