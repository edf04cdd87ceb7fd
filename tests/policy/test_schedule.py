"""Schedules as a part of the policy: defaults, time zones, and faults with their paths."""

import pytest

from nrem.policy.crontab import read_crontab
from nrem.policy.model import PolicyError
from nrem.policy.params import Policy
from nrem.policy.schedule import PASSES, Schedule, Schedules


def test_default_is_what_each_pass_needs() -> None:
    usual = Policy.default().schedules

    assert usual.decay == Schedule(cron="17 * * * *", timezone="UTC", paused=False)
    assert usual.expire.cron == "43 * * * *"


def test_every_pass_comes_once_an_hour_on_a_minute_of_its_own() -> None:
    tabs = {name: read_crontab(its.cron) for name, its in Schedules().by_pass().items()}
    minutes = [tuple(tab.minutes) for tab in tabs.values()]

    assert set(tabs) == set(PASSES)
    assert all(len(one) == 1 for one in minutes)
    assert len(set(minutes)) == len(minutes)


def test_one_setting_leaves_the_others_as_they_are() -> None:
    found = Policy.from_json({"schedules": {"decay": {"paused": True}}}).schedules

    assert found.decay == Schedule(cron="17 * * * *", paused=True)
    assert found.expire == Schedules().expire


def test_every_fault_is_reported_with_its_path() -> None:
    with pytest.raises(PolicyError) as caught:
        Policy.from_json(
            {
                "schedules": {
                    "decay": {"cron": "61 * * * *", "timezone": "Mars", "paused": 1},
                    "embed": {"cron": 5},
                    "dream": {},
                }
            }
        )

    assert [fault.path for fault in caught.value.faults] == [
        "schedules.decay.cron",
        "schedules.decay.timezone",
        "schedules.decay.paused",
        "schedules.embed.cron",
        "schedules.dream",
    ]


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"]
)
def test_zone_of_the_iana_database_is_taken(name: str) -> None:
    policy = Policy.from_json({"schedules": {"decay": {"timezone": name}}})

    assert policy.schedules.decay.timezone == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "Europe", "Europe/", "Mars/Olympus", "localtime", "posixrules", "+01:00"),
        *("../etc/passwd", "/etc/localtime", "Europe/../UTC", "A" * 500, "Europe/Berl\x00n", "é"),
    ],
)
def test_other_zones_are_refused(name: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy.from_json({"schedules": {"decay": {"timezone": name}}})

    assert [fault.path for fault in caught.value.faults] == ["schedules.decay.timezone"]
