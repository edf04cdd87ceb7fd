# Made from nrem/sdk/_async by `python -m tests.sdk.halves`; do not edit.
"""Calls of operators about the policy of an org and the schedules in it."""

from collections.abc import Mapping
from typing import Any

from nrem.sdk._sync.calls import Calls
from nrem.sdk.models.policy import (
    Policy,
    PolicyChanged,
    PolicyPreview,
    PolicyVersions,
    ScheduleChanged,
    Schedules,
)
from nrem.sdk.models.run import RunRequested
from nrem.sdk.request import ask, given, read, write

_POLICY = "/v1/admin/policy"
_SCHEDULE = "/v1/admin/schedules/{}"


class PolicyCalls(Calls):
    """Policy and schedules."""

    def get_policy(self, *, version: int | None = None, timeout: float | None = None) -> Policy:
        """The policy in force, or one version of it; 0 is the defaults.

        Raises: Z3rnoError.
        """
        if version is None:
            return self._call(read(_POLICY, timeout=timeout), Policy)
        request = read(_POLICY + "/versions/{}", str(version), timeout=timeout)
        return self._call(request, Policy)

    def put_policy(
        self,
        policy: Mapping[str, Any],
        *,
        expected_version: int | None = None,
        timeout: float | None = None,
    ) -> PolicyChanged:
        """Set the whole policy; what is left out gets its default.

        Raises: Z3rnoError; ConflictError when another version than `expected_version` is in force.
        """
        body = given(policy=policy, expected_version=expected_version)
        return self._call(write("PUT", _POLICY, body=body, timeout=timeout), PolicyChanged)

    def patch_policy(
        self,
        changes: Mapping[str, Any],
        *,
        expected_version: int | None = None,
        timeout: float | None = None,
    ) -> PolicyChanged:
        """Change some settings; all others stay as they are.

        Raises: Z3rnoError; ConflictError when another version than `expected_version` is in force.
        """
        body = given(changes=changes, expected_version=expected_version)
        return self._call(write("PATCH", _POLICY, body=body, timeout=timeout), PolicyChanged)

    def list_policy_versions(
        self, *, limit: int = 20, cursor: str | None = None, timeout: float | None = None
    ) -> PolicyVersions:
        """A page of versions, the newest first, with what each changed.

        Raises: Z3rnoError.
        """
        query = {"limit": limit, "cursor": cursor}
        request = read(_POLICY + "/versions", query=query, timeout=timeout)
        return self._call(request, PolicyVersions)

    def rollback_policy(
        self,
        version: int,
        *,
        expected_version: int | None = None,
        timeout: float | None = None,
    ) -> PolicyChanged:
        """Make a new version that equals an earlier one, from now on.

        Raises: Z3rnoError.
        """
        body = given(version=version, expected_version=expected_version)
        request = write("POST", _POLICY + ":rollback", body=body, timeout=timeout)
        return self._call(request, PolicyChanged)

    def preview_policy(
        self,
        *,
        policy: Mapping[str, Any] | None = None,
        changes: Mapping[str, Any] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> PolicyPreview:
        """How many memories a policy, or a change of it, would archive, forget and purge.

        Raises: Z3rnoError.
        """
        body = given(policy=policy, changes=changes, limit=limit, cursor=cursor)
        return self._call(ask(_POLICY + ":preview", body, timeout=timeout), PolicyPreview)

    def list_schedules(self, *, timeout: float | None = None) -> Schedules:
        """Every pass that can be planned: its schedule, its next instant, its last run.

        Raises: Z3rnoError.
        """
        return self._call(read("/v1/admin/schedules", timeout=timeout), Schedules)

    def set_schedule(
        self,
        pass_name: str,
        *,
        cron: str,
        timezone: str | None = None,
        expected_policy_version: int | None = None,
        timeout: float | None = None,
    ) -> ScheduleChanged:
        """Plan a pass by a cron line; without a time zone it keeps the one it has.

        Raises: Z3rnoError.
        """
        body = given(cron=cron, timezone=timezone, expected_policy_version=expected_policy_version)
        request = write("PUT", _SCHEDULE, pass_name, body=body, timeout=timeout)
        return self._call(request, ScheduleChanged)

    def pause_schedule(
        self,
        pass_name: str,
        *,
        expected_policy_version: int | None = None,
        timeout: float | None = None,
    ) -> ScheduleChanged:
        """Let a pass rest: events are accepted, its work stays due.

        Raises: Z3rnoError.
        """
        body = given(expected_policy_version=expected_policy_version)
        request = write("POST", _SCHEDULE + ":pause", pass_name, body=body, timeout=timeout)
        return self._call(request, ScheduleChanged)

    def resume_schedule(
        self,
        pass_name: str,
        *,
        expected_policy_version: int | None = None,
        timeout: float | None = None,
    ) -> ScheduleChanged:
        """End the rest of a pass: what became due meanwhile is done now.

        Raises: Z3rnoError.
        """
        body = given(expected_policy_version=expected_policy_version)
        request = write("POST", _SCHEDULE + ":resume", pass_name, body=body, timeout=timeout)
        return self._call(request, ScheduleChanged)

    def run_pass(self, pass_name: str, *, timeout: float | None = None) -> RunRequested:
        """Run a pass for the org now, also while it rests; its run has the cause answered here.

        Raises: Z3rnoError.
        """
        request = write("POST", "/v1/admin/passes/{}:run", pass_name, timeout=timeout)
        return self._call(request, RunRequested)
