"""compose.yaml and the Dockerfile, read as text: no container engine is needed."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from nrem.embedded.children import ARGUMENTS, CHECKOUT
from nrem.embedded.postgres import ERASURE_SETTINGS
from nrem.erasure_ledger import FILE as LEDGER_FILE
from nrem.heads import FILE
from nrem.llm.setting import LlmSettings
from nrem.probe import FOLDER
from nrem.receipt_key import KEY_FILE

DOCUMENT: dict[str, Any] = yaml.safe_load((CHECKOUT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = DOCUMENT["services"]
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
SERVERS = {"postgres", "valkey"}
# A name, a version of numbers, and perhaps a variant: never `latest`, never a bare major version.
PINNED = re.compile(r"^[a-z0-9./-]+:\d+\.\d+\.\d+[a-z0-9.-]*$")


def test_services_are_the_servers_and_the_processes_of_the_supervisor() -> None:
    assert set(SERVICES) == SERVERS | set(ARGUMENTS)


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_command_is_the_supervisors(name: str) -> None:
    assert SERVICES[name]["command"] == ["python", *ARGUMENTS[name]]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_service_runs_as_an_ordinary_user_without_more_rights(name: str) -> None:
    service = SERVICES[name]

    assert service["user"].partition(":")[0] not in {"", "0", "root"}
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_long_running_service_is_checked_and_restarted(name: str) -> None:
    service = SERVICES[name]

    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"


def test_migration_runs_once_before_the_processes() -> None:
    after = {name for name in ARGUMENTS if "migrate" in SERVICES[name]["depends_on"]}

    assert SERVICES["migrate"]["restart"] == "no"
    assert after == set(ARGUMENTS) - {"migrate"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_image_is_pinned(name: str) -> None:
    assert PINNED.match(SERVICES[name]["image"])


def test_base_images_are_pinned() -> None:
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert images
    assert all(PINNED.match(image) for image in images)


def test_image_ends_as_an_ordinary_user() -> None:
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)

    assert users[-1] == SERVICES["api"]["user"]


def test_dockerfile_copies_what_exists_and_is_let_in() -> None:
    let_in = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").split("!")[1:]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    names = {name for line in copied for name in line.split()}

    assert names == {line.split()[0] for line in let_in}
    assert all((CHECKOUT / name).exists() for name in names)


def test_published_ports_are_on_loopback() -> None:
    published = {name: service.get("ports", []) for name, service in SERVICES.items()}

    assert {name for name, ports in published.items() if ports} == {"api"}
    assert all(port.startswith("127.0.0.1:") for port in published["api"])


def test_secrets_come_from_the_environment_and_have_no_default() -> None:
    text = Path(CHECKOUT / "compose.yaml").read_text(encoding="utf-8")
    values = [
        str(value)
        for service in SERVICES.values()
        for key, value in service.get("environment", {}).items()
        if re.search("PASSWORD|PEPPER|DATABASE_URL", key)
    ]

    assert values
    assert all(re.search(r"\$\{[A-Z_]+:\?set [A-Z_]+\}", value) for value in values)
    assert not re.search(r"\$\{[A-Z_]+:?-", text)


ASKING = {"worker", "poll"}


def _given(key: str) -> dict[str, str | None]:
    """What the services that know a variable are given; None: what is outside."""
    known = {name: service.get("environment", {}) for name, service in SERVICES.items()}
    return {name: values[key] for name, values in known.items() if key in values}


def test_key_of_paid_models_reaches_who_asks_them_and_nobody_else() -> None:
    given = _given("ANTHROPIC_API_KEY")

    assert {name for name, value in given.items() if value is None} == ASKING
    assert given["api"] == "${ANTHROPIC_API_KEY:+is-set}"
    assert set(given) == {*ASKING, "api"}


def test_every_setting_of_paid_models_can_be_given_to_who_asks_them() -> None:
    own = {"mode": "NREM_LLM", "api_key": "ANTHROPIC_API_KEY"}
    names = {own.get(one, f"NREM_LLM_{one.upper()}") for one in LlmSettings.model_fields}

    assert {name: set(_given(name)) & ASKING for name in names} == dict.fromkeys(names, ASKING)


def test_what_asks_models_has_a_way_out_and_the_same_keys_of_people() -> None:
    place = "subject_keys:/data/subject_keys"
    with_keys = {name for name, one in SERVICES.items() if place in one.get("volumes", ())}
    outside = {name for name, one in SERVICES.items() if "frontend" in one["networks"]}

    assert with_keys == ASKING
    assert outside == {*ASKING, "api"}
    assert "subject_keys" in DOCUMENT["volumes"]
    assert re.search(r"--owner=nrem .*--mode=0700 .*/data/subject_keys\b", DOCKERFILE)


def test_all_processes_have_the_erasure_ledger_and_those_that_erase_have_what_signs() -> None:
    own = {
        name: {one.partition(":")[2] for one in service.get("volumes", ())}
        for name, service in SERVICES.items()
    }
    ledger, key = (f"/data/{Path(file).parent}" for file in (LEDGER_FILE, KEY_FILE))

    assert {name for name, places in own.items() if ledger in places} == {
        *ASKING,
        "api",
        "scheduler",
    }
    assert {name for name, places in own.items() if key in places} == ASKING
    for place in (ledger, key):
        assert re.search(rf"--owner=nrem .*--mode=0700 .*{place}\b", DOCKERFILE)


def test_api_and_workers_have_logins_of_their_own() -> None:
    urls = {
        name: service["environment"].get("NREM_DATABASE_URL", "")
        for name, service in SERVICES.items()
        if name in ARGUMENTS
    }

    assert urls.pop("api").startswith("postgresql://nrem_api:")
    assert urls.pop("migrate") == ""
    assert all(url.startswith("postgresql://nrem_worker:") for url in urls.values())


def test_postgres_keeps_no_erased_bytes_and_logs_no_content() -> None:
    options = SERVICES["postgres"]["command"]

    assert {f"-c{name}={value}" for name, value in ERASURE_SETTINGS.items()} <= set(options)


def test_postgres_is_told_to_log_no_statement() -> None:
    options = " ".join(SERVICES["postgres"]["command"])

    assert not re.search(
        r"log_(statement|duration|min_duration|statement_stats)|auto_explain|archive_mode", options
    )


def test_who_erases_has_a_login_that_rewrites_files_and_nobody_else() -> None:
    given = _given("NREM_MAINTAIN_DATABASE_URL")
    logins = DOCUMENT["configs"]["logins"]["content"]

    assert set(given) == {"worker", "poll"}
    assert all(str(url).startswith("postgresql://nrem_maintain:") for url in given.values())
    assert "CREATE ROLE nrem_maintain LOGIN NOSUPERUSER NOBYPASSRLS" in logins


def test_who_erases_shares_what_a_scan_looks_for() -> None:
    place = f"erasures:/data/{FOLDER}"
    sharing = {name for name, one in SERVICES.items() if place in one.get("volumes", ())}

    assert sharing == {"worker", "poll"}
    assert "erasures" in DOCUMENT["volumes"]
    assert re.search(rf"--owner=nrem .*--mode=0700 .*/data/{FOLDER}\b", DOCKERFILE)


def test_who_seals_the_audit_trail_keeps_its_ends_beside_the_database() -> None:
    place = "audit_heads:/data/audit"
    keeping = {name for name, one in SERVICES.items() if place in one.get("volumes", ())}

    assert keeping == {"worker", "poll"}
    assert "audit_heads" in DOCUMENT["volumes"]
    assert re.search(r"--owner=nrem .*--mode=0700 .*/data/audit\b", DOCKERFILE)
    assert FILE == "audit/heads.json"
