# One image for every process of docker-compose.yml; the command chooses which.
FROM node:22-bookworm-slim AS pages
WORKDIR /randal
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-progress

# trixie: its pg_dump is as new as the server in docker-compose.yml, or there would be no backup.
FROM python:3.12-slim-trixie
# The root is read-only in docker-compose.yml; fontconfig still wants a cache.
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 XDG_CACHE_HOME=/tmp/cache
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
        postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /randal
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.txt
COPY --from=pages /randal/node_modules ./node_modules
COPY . .
# A named volume takes the owner of the directory it is first mounted on.
RUN useradd --system --no-create-home randal && install -d -o randal -g randal -m 700 /data
USER randal
ENV RANDAL_DATA_DIR=/data RANDAL_HOST=0.0.0.0 RANDAL_PORT=8000
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "ops/gunicorn.conf.py", "wsgi:app"]
