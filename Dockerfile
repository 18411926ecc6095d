# One image for every process of the Procfile; compose.yaml says which runs where.

FROM node:22-slim AS page
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund && npm run build

FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=page /app/aiadmin/web/static/vendor aiadmin/web/static/vendor
# its user may not write there, and every process would compile all of it at every start
RUN python -m compileall -q aiadmin jobs migrations wsgi.py worker.py
RUN useradd --system --home-dir /app aiadmin
USER aiadmin
ENV PORT=3000
EXPOSE 3000
CMD ["/bin/sh", "-c", "exec python -m gunicorn -k aiadmin.edge.worker.EdgeWorker -w 1 --worker-connections 10000 -b \"${BIND_HOST:-0.0.0.0}:$PORT\" --graceful-timeout 5 --keep-alive 95 --no-control-socket --logger-class aiadmin.gunicorn_log.GunicornLogger wsgi:app"]
