# One image for every process of nrem; compose.yaml says which command each runs.
FROM python:3.11.14-slim-bookworm AS packages
COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --requirement /tmp/requirements.lock

FROM python:3.11.14-slim-bookworm
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin nrem \
 && install --directory --owner=nrem --group=nrem --mode=0700 /data /data/subject_keys /data/audit /data/erasures /data/erasure_ledger /data/receipts
COPY --from=packages /venv /venv
WORKDIR /app
COPY alembic.ini pyproject.toml ./
COPY api ./api
COPY migrations ./migrations
COPY nrem ./nrem
COPY scheduler ./scheduler
COPY worker ./worker
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NREM_DATA_DIR=/data
USER 10001:10001
CMD ["python", "-P", "-m", "nrem.cli", "--help"]
