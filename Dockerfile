# One image for every process of production: web, stream, worker, clock, beat and the one-shot steps
# differ only in their command (see docker-compose.yml).

FROM python:3.11-slim AS packages

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/base.txt /requirements.txt
# Every package is checked against its hash; nothing is compiled here.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes --only-binary :all: -r /requirements.txt


FROM python:3.11-slim

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STATIC_ROOT=/srv/static

RUN groupadd --system --gid 10001 ryla \
    && useradd --system --uid 10001 --gid ryla --home-dir /app --no-create-home ryla

WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .

# Names, compresses and fingerprints the static files; the two values only satisfy the settings.
RUN SECRET_KEY=unused DATABASE_URL=postgres://unused@127.0.0.1/unused \
    python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q /app

USER 10001
EXPOSE 8000

# Asked by the address that ALLOWED_HOSTS always holds unless it is set by hand.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]

# Two workers with four threads: a slow download must not hold up everybody's pages.
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
    "--blocking-threads", "4", "--no-ws", "--workers-kill-timeout", "10", "ryla.wsgi:application"]
