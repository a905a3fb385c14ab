"""What is counted, and that neither strangers nor time make it many."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families

from bridge.telemetry import (
    Event,
    Meters,
    came_by,
    count_housekeeping,
    count_token_request,
    count_verb,
    emit,
    measuring,
    shared_by_processes,
)
from bridge.telemetry.measuring import OUTCOMES, count_answer
from bridge.telemetry.meters import FOLDER_VARIABLE
from bridge.telemetry.wechat_call import WeChatCall


@pytest.fixture
def meters() -> Iterator[Meters]:
    counted = Meters()
    with measuring(counted):
        yield counted


def samples(text: bytes) -> dict[str, float]:
    """Each series by its name and labels."""
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def value(meters: Meters, name: str, **labels: str) -> float | None:
    return samples(meters.exposition()).get(f"wechat_oidc_{name}{sorted(labels.items())}")


def test_each_event_is_counted_also_below_its_level(meters: Meters) -> None:
    emit(Event.TOKENS_ISSUED, 1)
    emit(Event.TOKENS_ISSUED, 1, client_id="grafana")
    assert value(meters, "events_total", event="tokens.issued") == 2


def test_events_that_end_a_sign_in_exist() -> None:
    assert set(OUTCOMES) <= set(Event)


def test_a_sign_in_is_counted_by_the_way_and_by_its_end(meters: Meters) -> None:
    emit(Event.SIGN_IN_CANCELLED)
    came_by("website")
    emit(Event.SIGN_IN_COMPLETED)
    emit(Event.SESSION_USED)
    assert value(meters, "sign_ins_total", channel="none", outcome="cancelled") == 1
    assert value(meters, "sign_ins_total", channel="website", outcome="completed") == 1
    assert value(meters, "sign_ins_total", channel="session", outcome="session_used") == 1


def test_an_answer_is_counted_by_the_class_of_its_status(meters: Meters) -> None:
    for status in (200, 204, 0):
        count_answer("/token", "POST", status, 0.003)
    labels = {"endpoint": "/token", "method": "POST"}
    assert value(meters, "http_requests_total", **labels, status="2xx") == 2
    assert value(meters, "http_requests_total", **labels, status="none") == 1
    assert value(meters, "http_request_seconds_count", endpoint="/token") == 3
    assert value(meters, "http_request_seconds_bucket", endpoint="/token", le="0.002") == 0
    assert value(meters, "http_request_seconds_bucket", endpoint="/token", le="0.005") == 3


def test_a_call_to_wechat_is_counted_by_host_path_and_errcode(meters: Meters) -> None:
    ticks = iter((1.0, 1.3))
    asked = WeChatCall("https://api.weixin.qq.com", "/sns/userinfo", lambda: next(ticks))
    asked.ended("40029")
    call = {"host": "api.weixin.qq.com", "call": "/sns/userinfo"}
    assert value(meters, "wechat_calls_total", **call, errcode="40029") == 1
    assert value(meters, "wechat_call_seconds_sum", **call) == pytest.approx(0.3)


def test_the_rest_is_counted_too(meters: Meters) -> None:
    count_token_request("refresh_token")
    count_token_request("authorization_code", "invalid_grant")
    count_verb("read", "done", 0.0001)
    count_housekeeping("failed")
    assert value(meters, "token_requests_total", grant="refresh_token", error="") == 1
    refused = {"grant": "authorization_code", "error": "invalid_grant"}
    assert value(meters, "token_requests_total", **refused) == 1
    assert value(meters, "database_verb_seconds_count", kind="read", outcome="done") == 1
    assert value(meters, "housekeeping_rounds_total", outcome="failed") == 1


def test_without_meters_nothing_is_counted() -> None:
    with measuring(None):
        emit(Event.STARTED, 1)
        count_answer("/token", "POST", 200, 0.1)
        count_verb("read", "done", 0.1)
        count_token_request("other")
        count_housekeeping("done")
        WeChatCall("https://api.weixin.qq.com", "/sns/userinfo").ended("0")
    assert b"wechat_oidc_events_total{" not in Meters().exposition()


def test_facts_are_told_beside_what_was_counted() -> None:
    fact: Metric = GaugeMetricFamily("wechat_oidc_fact", "A fact.", value=3)
    assert samples(Meters().exposition([fact]))["wechat_oidc_fact[]"] == 3


def test_the_process_is_told_of() -> None:
    assert samples(Meters().exposition())["process_resident_memory_bytes[]"] > 1_000_000


def test_several_processes_tell_what_all_of_them_counted(tmp_path: Path) -> None:
    """Forked, as ``serve --workers`` does, after the library was imported."""
    with shared_by_processes():
        folder = Path(os.environ[FOLDER_VARIABLE])
        for number in (1, 2):
            child = os.fork()
            if child == 0:
                with measuring(Meters()):
                    for _ in range(number):
                        count_answer("/token", "POST", 200, 0.5)
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
        told = samples(_exposition_of_a_child(tmp_path))
    answered = [("endpoint", "/token"), ("method", "POST"), ("status", "2xx")]
    assert told[f"wechat_oidc_http_requests_total{answered}"] == 3
    assert told[f"wechat_oidc_http_request_seconds_sum{[('endpoint', '/token')]}"] == 1.5
    assert FOLDER_VARIABLE not in os.environ
    assert not folder.exists()


def _exposition_of_a_child(folder: Path) -> bytes:
    """What another of them tells; this process goes on counting for itself."""
    told = folder / "told"
    child = os.fork()
    if child == 0:
        told.write_bytes(Meters().exposition())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    return told.read_bytes()


def test_names_are_ours_and_labels_are_few() -> None:
    text = Meters().exposition().decode()
    names = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
    assert all(name.startswith(("wechat_oidc_", "process_")) for name in names)
