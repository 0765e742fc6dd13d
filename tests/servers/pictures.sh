#!/usr/bin/env bash
# Records a run of the demo with a real Prometheus, and draws the dashboards of config/grafana from what
# was recorded: tests/run tests/servers/pictures.sh FOLDER [SECONDS]. It fails where a panel has no data.
# In the middle third the source cannot be read; in the first, mail does not leave. The pictures of
# docs/pictures are of 480 seconds.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p "$1"
folder=$(realpath "$1") seconds=${2:-30} repository=$PWD
program=$(cargo metadata --format-version 1 --no-deps |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/release/corewatch
recorded=$(mktemp -d)
chmod 700 "$recorded"
pids=()
stop() {
    [ "${#pids[@]}" = 0 ] || kill "${pids[@]}" 2>/dev/null || true
    wait
    rm -rf "$recorded"
}
trap stop EXIT
port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
web=$(port) prometheus=$(port)
cd "$recorded"
"$program" demo --once --children 300 --dir site >/dev/null 2>demo.log || { cat demo.log >&2; exit 1; }
# What the demo has told is forgotten: the daemon tells it.
rm -f site/corewatch.db*
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout key.pem -out web.pem 2>openssl.log
cp "$repository/config/prometheus/corewatch.rules.yml" .
cat >prometheus.yml <<YML
global: {scrape_interval: 2s, evaluation_interval: 2s}
rule_files: [corewatch.rules.yml]
scrape_configs:
  - job_name: corewatch
    scheme: https
    tls_config: {ca_file: web.pem}
    static_configs: [{targets: ["localhost:$web"]}]
YML
mv site/outbox site/outbox.away
touch site/outbox
begun=$(date +%s)
COREWATCH__WEB__LISTEN=127.0.0.1:$web COREWATCH__WEB__CERTIFICATE=$recorded/web.pem \
    COREWATCH__WEB__KEY=$recorded/key.pem COREWATCH__SCHEDULE__PASS='* * * * *' \
    "$program" run --config site/corewatch.toml >daemon.log 2>&1 &
pids+=($!)
"${COREWATCH_TEST_PROMETHEUS:-prometheus}" --config.file=prometheus.yml --storage.tsdb.path=data \
    --web.listen-address="127.0.0.1:$prometheus" >prometheus.log 2>&1 &
pids+=($!)
until curl -sf --cacert web.pem "https://localhost:$web/metrics" | grep -q '^corewatch_obligations{'; do
    [ -e "/proc/${pids[0]}" ] && [ $(($(date +%s) - begun)) -lt 120 ] || { tail -n 20 daemon.log >&2; exit 1; }
    sleep 0.5
done
sleep $((seconds / 3))
rm site/outbox
mv site/outbox.away site/outbox
mv site/cases.db site/cases.away
sleep $((seconds / 3))
mv site/cases.away site/cases.db
sleep $((seconds - 2 * (seconds / 3)))
faults=$("${COREWATCH_TEST_NODE:-node}" "$repository/tests/servers/dashboards.mjs" \
    "http://127.0.0.1:$prometheus" "$begun" "$(date +%s)" "$folder" authority=ashmere rule=child-seen -- \
    "$repository"/config/grafana/provisioning/dashboards/corewatch/*.json)
if [ -n "$faults" ]; then
    echo "$faults" >&2
    exit 1
fi
for picture in "$folder"/*.png; do
    [ "$(stat -c %s "$picture")" -lt 153600 ] || { echo "$picture: too large" >&2; exit 1; }
done
ls "$folder"
