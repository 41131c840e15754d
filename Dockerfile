# Turnstone in production: the API with the built client, or the worker, against a PostgreSQL of yours.

FROM node:22-bookworm-slim AS client
WORKDIR /build/client
COPY client/package.json client/package-lock.json client/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY client/ ./
COPY openapi/ ../openapi/
RUN npm run build

FROM python:3.13-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --require-hashes -r requirements.lock

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin turnstone
WORKDIR /app
COPY --from=packages /venv /venv
COPY pyproject.toml alembic.ini ./
COPY migrations/ migrations/
COPY api/ api/
COPY --from=client /build/client/build client/build
RUN printf '#!/bin/sh\nexec /venv/bin/python -m api.cli "$@"\n' > /usr/local/bin/turnstone \
    && chmod 0755 /usr/local/bin/turnstone
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app \
    TURNSTONE_HOST=0.0.0.0 TURNSTONE_PORT=8000
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=4s --start-period=20s --retries=3 \
    CMD ["/venv/bin/python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['TURNSTONE_PORT'] + '/healthz', timeout=3)"]
ENTRYPOINT ["turnstone"]
CMD ["serve"]
