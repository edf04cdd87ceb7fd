import pytest

from nrem.errors import ConfigError
from nrem.server_url import celery_url, redis_url, sqlalchemy_url, without_password


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_database_url_names_the_driver(scheme: str) -> None:
    assert sqlalchemy_url(f"{scheme}://a:b%40@h:1/d?x=y") == "postgresql+psycopg://a:b%40@h:1/d?x=y"


@pytest.mark.parametrize("url", ["mysql://u:hush@h/d", "h:5432/d", "", "postgresql+asyncpg://h/d"])
def test_other_database_url_is_refused_unseen(url: str) -> None:
    with pytest.raises(ConfigError, match="postgresql://") as caught:
        sqlalchemy_url(url)

    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "celery", "redis"),
    [
        ("redis://h:1/2", "redis://h:1/2", "redis://h:1/2"),
        (
            "rediss://:p%40@h/0",
            "rediss://:p%40@h/0?ssl_cert_reqs=required",
            "rediss://:p%40@h/0?ssl_cert_reqs=required",
        ),
        (
            "rediss://h?ssl_cert_reqs=none",
            "rediss://h?ssl_cert_reqs=none",
            "rediss://h?ssl_cert_reqs=none",
        ),
        (
            "unix:///run/v.sock",
            "redis+socket:///run/v.sock?virtual_host=0",
            "unix:///run/v.sock?db=0",
        ),
        ("unix:///v?db=3", "redis+socket:///v?virtual_host=3", "unix:///v?db=3"),
        ("redis+socket:///v?virtual_host=3", "redis+socket:///v?virtual_host=3", "unix:///v?db=3"),
    ],
)
def test_broker_url_is_spelt_for_each_library(given: str, celery: str, redis: str) -> None:
    assert celery_url(given) == celery
    assert redis_url(given) == redis
    assert celery_url(redis_url(given)) == celery


@pytest.mark.parametrize("url", ["amqp://u:hush@h", "redis://", "unix://", "memory://", "hush"])
def test_other_broker_url_is_refused_unseen(url: str) -> None:
    with pytest.raises(ConfigError, match=r"broker|socket") as caught:
        celery_url(url)

    assert "hush" not in str(caught.value)


def test_url_for_eyes_has_no_user_password_or_query() -> None:
    url = "postgresql://user:hush@h:5/d?password=hush"

    assert without_password(url) == "postgresql://h:5/d"
