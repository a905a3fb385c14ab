# The bridge as a container. Any base serves that has python3 (3.11 or newer), its venv and
# ca-certificates; to pin it, --build-arg BASE=python@sha256:…
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS build

# Two environments: one with pip and the build's own tools, and one that is taken along, without.
RUN python3 -m venv /build/tools && python3 -m venv --without-pip /opt/wechat-oidc
WORKDIR /build/source
COPY requirements.lock requirements-build.lock ./
RUN /build/tools/bin/pip install --no-cache-dir --quiet --no-deps --require-hashes \
        --only-binary :all: -r requirements-build.lock \
    && /build/tools/bin/pip --python /opt/wechat-oidc/bin/python3 install --no-cache-dir --quiet \
        --no-deps --require-hashes --only-binary :all: --no-compile -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bridge bridge
COPY keys keys
# Compiled here, for nothing can be written later; trusted as it is, whatever times the files have.
RUN /build/tools/bin/pip wheel --no-cache-dir --quiet --no-deps --no-build-isolation --no-index \
        --wheel-dir /build/wheels . \
    && /build/tools/bin/pip --python /opt/wechat-oidc/bin/python3 install --no-cache-dir --quiet \
        --no-deps --no-index --no-compile /build/wheels/*.whl \
    && python3 -m compileall -q --invalidation-mode unchecked-hash /opt/wechat-oidc/lib

FROM ${BASE}

ARG VERSION=0.1.0.dev0
LABEL org.opencontainers.image.title="wechat-oidc-bridge" \
      org.opencontainers.image.description="An OpenID Provider that signs people in with WeChat" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"

# Some bases come without compiled modules of Python itself. A new volume takes the owner of the
# folder that it hides; bridge.toml, if there is one, is looked for in the working directory.
RUN python3 -m compileall -q --invalidation-mode unchecked-hash \
        -x '/(dist-packages|site-packages|test|tests|idlelib|tkinter|turtledemo|lib2to3)/' \
        "$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
    && install -d -m 0700 -o 65532 -g 65532 /var/lib/wechat-oidc \
    && install -d /etc/wechat-oidc
COPY --from=build /opt/wechat-oidc /opt/wechat-oidc

# WECHAT_OIDC_CONTAINER: no database in the container's own layer, where it would not last.
ENV PATH=/opt/wechat-oidc/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    WECHAT_OIDC_CONTAINER=1

USER 65532:65532
WORKDIR /etc/wechat-oidc
EXPOSE 8000
STOPSIGNAL SIGTERM
# Without the program's own start, which costs a second of a processor.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python3", "-I", "-S", "-c", "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/health/ready'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["wechat-oidc"]
CMD ["serve", "--host", "0.0.0.0"]
