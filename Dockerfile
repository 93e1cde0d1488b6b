# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
# The image's own pip installs into it: a second one would weigh more than all that PostgreSQL takes.
RUN python -m venv --without-pip /opt/aggregator
COPY pyproject.toml README.md LICENSE requirements-run.lock ./
# The lock has the extra "postgres" too.
RUN pip --python /opt/aggregator install --require-hashes -r requirements-run.lock
COPY aggregator ./aggregator
RUN pip --python /opt/aggregator install --no-deps .

FROM python:3.13-slim
LABEL org.opencontainers.image.title="aggregator" \
      org.opencontainers.image.description="A self-hosted news monitor that recognises the same story across outlets" \
      org.opencontainers.image.licenses="MIT"
ENV PATH=/opt/aggregator/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    AGGREGATOR_CONFIG=/config/feeds.yaml \
    AGGREGATOR_STORAGE=/data/aggregator.db \
    AGGREGATOR_LISTEN=0.0.0.0:8460
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin aggregator \
 && install --directory --owner aggregator --group aggregator /data /config
COPY --from=build /opt/aggregator /opt/aggregator
USER aggregator
WORKDIR /data
VOLUME /data
# Served only once there is a password: `aggregator web password`.
EXPOSE 8460
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
  CMD ["aggregator", "health"]
CMD ["aggregator", "run"]
