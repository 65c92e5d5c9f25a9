"""The journal's anchor on the hub: a file in a dataset repo, whose commits keep every earlier head."""

from __future__ import annotations

from dataclasses import dataclass

from huggingface_hub import HfApi

from scoring.errors import JournalError
from scoring.journal.head import Head, head_from_json, head_to_json
from scoring.serving.hub import fetch, hub_errors, listed_files, newest_commit
from scoring.serving.settings import DEFAULT_REVISION, HubPlace, Settings

HEAD_FILE = "head.json"


@dataclass(frozen=True)
class HubAnchor:
    """The head of a journal in a dataset repo on the hub, which the lender has made."""

    api: HfApi
    place: HubPlace

    def __str__(self) -> str:
        return self.place.repo

    def read(self) -> Head | None:
        """The head of the newest commit; None if there is none yet.

        Raises:
            HubError: the hub cannot be reached, or refuses.
            JournalError: the file is not a head.
        """
        commit = newest_commit(self.api, self.place)
        listed = listed_files(self.api, self.place, commit).get(HEAD_FILE)
        if listed is None:
            return None
        head = head_from_json(fetch(self.api, self.place, commit, [listed])[HEAD_FILE].read_bytes())
        if head is None:
            raise JournalError(
                f"{self.place}: {HEAD_FILE} is not the head of a journal. Restore it from the repo's history."
            )
        return head

    def write(self, head: Head) -> None:
        """Commits a head.

        Raises:
            HubError: the hub cannot be reached, or refuses.
        """
        with hub_errors(self.place):
            self.api.upload_file(
                path_or_fileobj=head_to_json(head).encode(),
                path_in_repo=HEAD_FILE,
                repo_id=self.place.repo,
                repo_type=self.place.kind,
                commit_message=f"Entry {head.number}",
            )


def hub_anchor(settings: Settings) -> HubAnchor | None:
    """The anchor that JOURNAL_ANCHOR names, if it does."""
    if settings.journal.anchor is None:
        return None
    place = HubPlace(settings.journal.anchor, DEFAULT_REVISION, "dataset")
    return HubAnchor(HfApi(endpoint=settings.endpoint, token=settings.token), place)
