from typing import Any

from config.celery import QUEUES, app, broker_address, queue_settings
from config.launch import QUEUES as STARTED
from config.schedule import TIMETABLE


def test_a_task_is_given_back_only_long_after_it_must_have_ended() -> None:
    timeouts = {
        app.conf.broker_transport_options["visibility_timeout"],
        app.conf.result_backend_transport_options["visibility_timeout"],
        app.conf.visibility_timeout,
    }

    assert timeouts == {900}
    assert app.conf.task_time_limit * 3 == 900
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit


def test_late_acknowledgement_always_comes_with_rejection_on_loss() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_no_refresh_within_its_budget_is_why_a_process_is_replaced(settings: Any) -> None:
    asked = settings.REMEMBERED_MIB + settings.REFRESH_MEMORY_MIB
    assert app.conf.worker_max_memory_per_child > asked * 1024
    before = queue_settings()["worker_max_memory_per_child"]
    settings.REMEMBERED_MIB += 100
    settings.REFRESH_MEMORY_MIB += 10
    assert queue_settings()["worker_max_memory_per_child"] - before == 110 * 1024


def test_messages_are_json_and_leave_no_results() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_ignore_result


def test_every_queue_has_a_worker_in_make_run() -> None:
    assert STARTED.split(",") == list(QUEUES)
    assert {queue.name for queue in app.conf.task_queues} == set(QUEUES)


def test_the_timetable_holds_only_ticks_that_exist() -> None:
    app.loader.import_default_modules()

    assert {entry["task"] for entry in TIMETABLE.values()} <= set(app.tasks)
    assert {entry["schedule"] for entry in TIMETABLE.values()} == {30}


def test_a_socket_is_named_as_kombu_wants_it() -> None:
    assert broker_address("unix:///run/r.sock") == "redis+socket:///run/r.sock"
    assert broker_address("redis://host:6379/0") == "redis://host:6379/0"
