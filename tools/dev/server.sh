# The server that `./dev up` keeps: where its data, process id and log are.

server_binary=build/release/bin/thingstead
server_data="${THINGSTEAD_DATA:-data}"
server_pid_file="$server_data/up.pid"
server_log="$server_data/up.log"
server_health_port="${THINGSTEAD_HEALTH_PORT:-9090}"

# The process id of the server if it runs: the id in the file may belong to another process by now.
server_pid() {
    local pid
    pid="$(cat "$server_pid_file" 2>/dev/null)" || return 1
    [[ "$pid" =~ ^[0-9]+$ ]] || return 1
    tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qx 'serve' || return 1
    printf '%s' "$pid"
}

# The first line of the answer to GET PATH on loopback, such as "HTTP/1.1 200 OK". No curl needed.
http_status_line() (
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
    read -r -t 5 line <&3 || return 1
    printf '%s' "$line"
) 2>/dev/null

server_is_ready() { [[ "$(http_status_line "$server_health_port" /ready)" == *" 200"* ]]; }
