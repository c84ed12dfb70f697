"""The same batch on a Dask cluster that is already running, here a small one of this machine."""

from __future__ import annotations

import pytest

from tests.batch.folders import batch, make_batch, statuses

distributed = pytest.importorskip("distributed")


@pytest.fixture
def cluster():
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, host="127.0.0.1", protocol="tcp"
    ) as running:
        yield running


def test_a_cluster_gives_the_same_lines_as_this_machine(cluster, tmp_path, capsys):
    folder = make_batch(tmp_path / "all", "b", "broken", "a")
    exit_code, facts = batch(folder, capsys, "--engine", "dask", "--address", cluster.scheduler_address)
    assert exit_code == 1
    assert statuses(facts) == {"a": "done", "b": "done", "broken": "problems"}
    assert [line["folder"] for line in facts["launches"]] == ["a", "b", "broken"]
    exit_code, again = batch(folder, capsys, "--engine", "dask", "--address", cluster.scheduler_address)
    assert statuses(again) == {"a": "unchanged", "b": "unchanged", "broken": "problems"}


def test_no_scheduler_at_the_address_is_told(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sincerity.batch.executors.CONNECT_SECONDS", 0.5)
    folder = make_batch(tmp_path / "all", "a")
    exit_code, facts = batch(folder, capsys, "--engine", "dask", "--address", "tcp://127.0.0.1:9")
    assert exit_code == 1
    assert facts["problems"][0]["message"].startswith("No Dask scheduler answers at tcp://127.0.0.1:9")
    assert not (folder / "a" / "out").exists()
