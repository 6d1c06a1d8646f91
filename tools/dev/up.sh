source tools/dev/server.sh

verb_help() {
    cat <<'TEXT'
usage: ./dev up [--foreground] [-- arguments of `thingstead serve`…]

Installs packages, builds for release, starts the server with demo data in the background and
waits until it is ready. Says so if it is running already. `./dev down` stops it.

  --foreground   keep it in this terminal; Ctrl-C stops it

THINGSTEAD_DATA          folder of data, log and process id (data)
THINGSTEAD_HEALTH_PORT   where to ask for readiness, if the arguments move that port (9090)
TEXT
}

verb_main() {
    local foreground=0 pid
    while (($# > 0)); do
        case "$1" in
            --foreground) foreground=1 ;;
            --) shift && break ;;
            *) unknown_option "$1" ;;
        esac
        shift
    done
    if pid="$(server_pid)"; then
        say "The server is running already (process $pid); ./dev down stops it."
        print_addresses
        return 0
    fi
    if http_status_line "$server_health_port" /ready >/dev/null; then
        die "another program answers on port $server_health_port; stop it first"
    fi

    need_packages build up
    step "build release: thingstead" build_preset release thingstead
    mkdir -p "$server_data"
    local command=("$server_binary" serve --demo --data "$server_data" "$@")
    if ((foreground)); then
        print_addresses
        exec "${command[@]}"
    fi
    step "start" start_server "${command[@]}"
    print_addresses
}

start_server() {
    local pid deadline=$((SECONDS + 120))
    setsid nohup "$@" >>"$server_log" 2>&1 </dev/null &
    pid=$!
    disown "$pid"
    printf '%s\n' "$pid" >"$server_pid_file"
    while ! server_is_ready; do
        if ! kill -0 "$pid" 2>/dev/null; then
            rm -f "$server_pid_file"
            give_up "the server ended while starting"
            return 1
        fi
        if ((SECONDS >= deadline)); then
            give_up "the server is not ready after 120 s; it is still running"
            return 1
        fi
        sleep 0.2
    done
}

give_up() {
    tail -n 30 "$server_log" >&2
    say "${red}$1$plain; its log: $server_log" >&2
}

print_addresses() {
    cat <<TEXT

  REST, WebSocket   http://localhost:8080
  device HTTP       http://localhost:8080/api/v1/TOKEN/telemetry
  MQTT              localhost:1883
  metrics, health   http://localhost:$server_health_port/metrics, /ready

  log-ins           sysadmin@thingsboard.org / sysadmin
                    tenant@thingsboard.org / tenant
                    customer@thingsboard.org / customer
  device token      A1_TEST_TOKEN (Test Device A1)

  data, log         $server_data, $server_log
  stop              ./dev down

TEXT
}
