# The converter in a container: docker build -t imgconv . ; see docs/install.md.
# Both stages are of one release of Debian, whose libraries the package is made for.
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
    dpkg-dev pkg-config libpng-dev libtiff-dev libwebp-dev liblcms2-dev libjpeg-dev \
    libavif-dev libjxl-dev libheif-dev libopenjp2-7-dev libopenexr-dev \
    && rm -rf /var/lib/apt/lists/*
# Without the repository's history, say the time of the sources (in seconds) and a maintainer.
ARG SOURCE_DATE_EPOCH DEBFULLNAME DEBEMAIL
WORKDIR /source
COPY . .
RUN scripts/package --output /packages deb

FROM debian:bookworm-slim
RUN --mount=type=bind,from=build,source=/packages,target=/packages \
    apt-get update && apt-get install -y /packages/imgconv_*.deb \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home imgconv
USER imgconv
WORKDIR /work
ENTRYPOINT ["imgconv"]
CMD ["--help"]
