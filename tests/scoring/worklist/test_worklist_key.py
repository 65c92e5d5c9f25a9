from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scoring.applicants.store import open_applicants
from scoring.artifact.recost import with_costs
from scoring.serving.service import Service
from scoring.serving.settings import DEMO_APPLICANTS
from scoring.worklist.key import scoring_key


@pytest.fixture
def demo(service: Service) -> Service:
    return replace(service, applicants=open_applicants(DEMO_APPLICANTS, service.artifact.history_names))


def test_who_serves_the_same_has_the_same_key(demo: Service):
    again = replace(demo, applicants=open_applicants(DEMO_APPLICANTS, demo.artifact.history_names), drift=None)
    assert scoring_key(again) == scoring_key(demo)


def test_another_model_file_or_cost_has_another_key(demo: Service, service: Service, amount_service: Service):
    dearer = with_costs(demo.artifact, demo.artifact.curves.chosen("ratio", 20.0))
    others = [
        replace(demo, artifact=dearer),
        replace(demo, artifact=amount_service.artifact),
        service,
        replace(demo, applicants=None),
    ]
    assert len({scoring_key(each) for each in (demo, *others)}) == 5


def test_a_file_of_the_hub_is_known_by_its_hash_wherever_and_whenever_it_came(tmp_path: Path, demo: Service):
    keys = set()
    for place, name in enumerate(("a" * 64, "a" * 64, "b" * 40)):
        blob = tmp_path / str(place) / "blobs" / name
        blob.parent.mkdir(parents=True)
        blob.write_bytes(DEMO_APPLICANTS.read_bytes())
        link = tmp_path / str(place) / "applicants.parquet"
        link.symlink_to(blob)
        keys.add(scoring_key(replace(demo, applicants=open_applicants(link, demo.artifact.history_names))))
    assert len(keys) == 2
