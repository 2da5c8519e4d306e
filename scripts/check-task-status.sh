#!/usr/bin/env bash
# Asks the monitor for one status check of every overdue task, and logs the result. Made for cron:
#
#   */10 * * * *  CRON_SECRET_FILE=/etc/grading-monitor/cron-secret  /opt/grading-monitor/scripts/check-task-status.sh
#
# Environment:
#   CRON_SECRET          the monitor's cron secret, or
#   CRON_SECRET_FILE     a file that holds it
#   MONITOR_URL          where the monitor is; else NEXT_PUBLIC_APP_URL, else http://127.0.0.1:3000
#   LOG_FILE             default: ~/grading-status-check.log; past 10 MB it becomes LOG_FILE.1 and a new one begins
#   CHECK_TIMEOUT        seconds that the check may take (300)
#
# Exit status: 0 done, or another run is still at it; 1 the check failed; 78 the settings are not usable.
# The secret goes to curl through standard input: it is in no process list and in no log.
set -euo pipefail
umask 077

readonly max_log_bytes=$((10 * 1024 * 1024))
log_file=${LOG_FILE:-${HOME:?neither LOG_FILE nor HOME is set}/grading-status-check.log}
monitor_url=${MONITOR_URL:-${NEXT_PUBLIC_APP_URL:-http://127.0.0.1:3000}}
monitor_url=${monitor_url%/}
timeout=${CHECK_TIMEOUT:-300}

case "${1:-}" in
    '') ;;
    -h | --help) sed -n '2,15s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "check-task-status: takes no arguments (try --help)" >&2; exit 64 ;;
esac

# note LEVEL MESSAGE: one line in the log; also on the terminal, if there is one.
note() {
    local line
    line="$(date -u +%Y-%m-%dT%H:%M:%SZ) $1 $2"
    echo "$line" >>"$log_file"
    if [[ -t 1 ]]; then echo "$line"; fi
}

# fail STATUS MESSAGE: cron mails what stands on standard error.
fail() {
    note ERROR "$2" || true
    echo "check-task-status: $2" >&2
    exit "$1"
}

# One at a time. The lock goes with the process, however it ends.
if ! exec 9>>"$log_file.lock"; then
    echo "check-task-status: cannot write $log_file.lock" >&2
    exit 78
fi
if ! flock --nonblock 9; then
    note WARNING "skipped: the previous check is still running"
    exit 0
fi
if [[ -f $log_file ]] && (($(wc -c <"$log_file") > max_log_bytes)); then
    mv -f "$log_file" "$log_file.1"
fi

secret=${CRON_SECRET:-}
if [[ -z $secret && -n ${CRON_SECRET_FILE:-} ]]; then
    [[ -r $CRON_SECRET_FILE ]] || fail 78 "cannot read CRON_SECRET_FILE ($CRON_SECRET_FILE)"
    secret=$(<"$CRON_SECRET_FILE")
fi
[[ -n $secret ]] || fail 78 "no secret: set CRON_SECRET or CRON_SECRET_FILE to one of the monitor's CRON_SECRETS"
[[ $secret != *[![:graph:]]* ]] || fail 78 "the secret holds a space or a control character: it would not be one header"
[[ $monitor_url =~ ^https?://[^[:space:]]+$ ]] || fail 78 "MONITOR_URL is not an http(s) URL: $monitor_url"
[[ $timeout =~ ^[1-9][0-9]*$ ]] || fail 78 "CHECK_TIMEOUT is not a number of seconds: $timeout"
unset CRON_SECRET

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# `printf` is part of the shell, so the header is never an argument of a process. No redirects: the secret stays here.
code=0
http_status=$(
    printf 'Authorization: Bearer %s\n' "$secret" |
        curl --disable --silent --show-error --proto '=http,https' --max-redirs 0 --connect-timeout 10 \
            --max-time "$timeout" --max-filesize 1048576 --header @- --header 'Accept: application/json' \
            --output "$work/answer" --write-out '%{http_code}' "$monitor_url/api/cron/status-check" \
            2>"$work/error" 9>&-
) || code=$?

if ((code != 0)); then
    fail 1 "no answer from $monitor_url: $(head -n 1 "$work/error" | cut -c 1-200)"
fi
case "$http_status" in
    200) ;;
    401 | 403) fail 1 "$monitor_url refused the secret ($http_status): it must be one of the monitor's CRON_SECRETS" ;;
    429) fail 1 "$monitor_url says it is asked too often (429)" ;;
    *) fail 1 "$monitor_url answered $http_status" ;;
esac

# number MEMBER: a count of the summary; nothing when it is not there.
number() {
    tr -d '\r\n' <"$work/answer" | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*\([0-9][0-9]*\).*/\1/p'
}
processed=$(number tasksProcessed)
updated=$(number tasksUpdated)
errors=$(number errors)
[[ -n $processed && -n $updated && -n $errors ]] || fail 1 "$monitor_url answered 200, but with no summary of a check"

level=INFO
if ((errors > 0)); then level=WARNING; fi
note "$level" "checked: processed $processed, updated $updated, errors $errors"
