source tools/dev/server.sh

verb_help() {
    cat <<'TEXT'
usage: ./dev down

Stops the server that `./dev up` started and waits until it has ended, up to 30 seconds. Its data
stays.
TEXT
}

verb_main() {
    if (($# > 0)); then unknown_option "$1"; fi
    local pid
    if ! pid="$(server_pid)"; then
        rm -f "$server_pid_file"
        say "The server is not running."
        return 0
    fi
    step "stop process $pid" stop_server "$pid"
}

stop_server() {
    local pid="$1" deadline=$((SECONDS + 30))
    kill -TERM "$pid" || return
    while kill -0 "$pid" 2>/dev/null; do
        if ((SECONDS >= deadline)); then
            say "it has not ended after 30 s; its log: $server_log" >&2
            return 1
        fi
        sleep 0.2
    done
    rm -f "$server_pid_file"
}
