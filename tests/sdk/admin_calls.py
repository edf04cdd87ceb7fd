"""Every call of operators."""

from typing import Final

from nrem import sdk
from tests.sdk import samples
from tests.sdk.call import call, plain

ADMIN: Final = [
    call("get_policy", "GET /v1/admin/policy", samples.POLICY, sdk.Policy),
    call("get_policy", "GET /v1/admin/policy/versions/0", samples.POLICY, sdk.Policy, version=0),
    call(
        "put_policy",
        "PUT /v1/admin/policy",
        samples.POLICY_CHANGED,
        sdk.PolicyChanged,
        {},
        body={"policy": {}, "expected_version": 0},
        expected_version=0,
    ),
    call(
        "patch_policy",
        "PATCH /v1/admin/policy",
        samples.POLICY_CHANGED,
        sdk.PolicyChanged,
        {"decay": {}},
        body={"changes": {"decay": {}}},
    ),
    call(
        "list_policy_versions",
        "GET /v1/admin/policy/versions?limit=20",
        samples.POLICY_VERSIONS,
        sdk.PolicyVersions,
    ),
    call(
        "rollback_policy",
        "POST /v1/admin/policy:rollback",
        samples.POLICY_CHANGED,
        sdk.PolicyChanged,
        0,
        body={"version": 0},
    ),
    plain(
        "preview_policy",
        "POST /v1/admin/policy:preview",
        samples.POLICY_PREVIEW,
        sdk.PolicyPreview,
        changes={"decay": {}},
        limit=5,
    ),
    call("list_schedules", "GET /v1/admin/schedules", samples.SCHEDULES, sdk.Schedules),
    plain(
        "set_schedule",
        "PUT /v1/admin/schedules/decay",
        samples.SCHEDULE_CHANGED,
        sdk.ScheduleChanged,
        "decay",
        cron="0 * * * *",
        timezone="UTC",
    ),
    *(
        plain(
            f"{verb}_schedule",
            f"POST /v1/admin/schedules/decay:{verb}",
            samples.SCHEDULE_CHANGED,
            sdk.ScheduleChanged,
            "decay",
            expected_policy_version=2,
        )
        for verb in ("pause", "resume")
    ),
    call(
        "run_pass",
        "POST /v1/admin/passes/decay:run",
        samples.RUN_REQUESTED,
        sdk.RunRequested,
        "decay",
    ),
    call(
        "list_runs",
        "GET /v1/admin/runs?pass=decay&outcome=applied&cause=tick&limit=50",
        samples.RUNS,
        sdk.RunPage,
        pass_name="decay",
        outcome="applied",
        cause="tick",
    ),
    call("get_run", "GET /v1/admin/runs/run_1", samples.RUN_SHOWN, sdk.RunShown, "run_1"),
    plain(
        "revert_run",
        "POST /v1/admin/runs/run_1:revert",
        samples.REVERTED,
        sdk.Reverted,
        "run_1",
        again=True,
    ),
    plain(
        "preview_pass",
        "POST /v1/admin/passes/promote:preview",
        samples.PREVIEW,
        sdk.Preview,
        "promote",
        agent_id="agent-1",
    ),
    call("get_preview", "GET /v1/admin/previews/prv_1", samples.PREVIEW, sdk.Preview, "prv_1"),
    call(
        "approve_preview",
        "POST /v1/admin/previews/prv_1:approve",
        samples.PREVIEW,
        sdk.Preview,
        "prv_1",
    ),
    call(
        "place_hold",
        "POST /v1/admin/holds",
        samples.HOLD,
        sdk.Hold,
        "agent",
        body={"kind": "agent", "ref": "agent-1", "reference": "case 7"},
        ref="agent-1",
        reference="case 7",
    ),
    call(
        "list_holds",
        "GET /v1/admin/holds?standing=true&limit=100",
        samples.HOLDS,
        sdk.HoldPage,
        standing=True,
    ),
    call("lift_hold", "POST /v1/admin/holds/hld_1:lift", samples.HOLD, sdk.Hold, "hld_1"),
    call(
        "get_budgets",
        "GET /v1/tenants/org_1/budgets",
        samples.BUDGETS,
        sdk.TenantBudgetsView,
        "org_1",
    ),
    call(
        "set_budgets",
        "PUT /v1/tenants/org_1/budgets",
        samples.BUDGETS,
        sdk.TenantBudgetsView,
        "org_1",
        sdk.TenantBudgets(daily_tokens=5),
        body={
            "daily_tokens": 5,
            "daily_llm_calls": 0,
            "daily_embeddings": 0,
            "monthly_tokens": 0,
            "monthly_llm_calls": 0,
            "monthly_embeddings": 0,
        },
    ),
]
