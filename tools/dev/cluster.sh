verb_help() {
    cat <<'TEXT'
usage: ./dev cluster up [options] | down [--keep] | status

A whole cluster on loopback, on free ports, in the background: three Kafka brokers, PostgreSQL,
Cassandra, a Redis cluster, and of our own processes two `mqtt`, one `http` and two `node`. `up`
installs packages, builds for release, starts everything and prints where everything is, also
into build/cluster/addresses.json; `down` ends all of it and removes its data; `status` prints the
table again and says what is dead.

  --timeseries cassandra|postgres   what keeps time series (cassandra); without it Cassandra is left out
  --node N  --mqtt N  --http N      processes of each role
  --set [KIND:]NAME=VALUE           a variable for our processes: all, of a kind (node), or one (mqtt-2)
  --keep                            down: the data stay for the next up

Logs are build/cluster/NAME/NAME.log.
TEXT
}

verb_main() {
    case "${1:-}" in
        up)
            need_packages build cluster
            step "build release: thingstead" build_preset release thingstead
            ;;
        down | status) ;;
        '') die "say up, down or status; see ./dev cluster --help" 2 ;;
        *) die "there is no './dev cluster $1'; there are: up, down, status" 2 ;;
    esac
    /usr/bin/python3 tools/cluster/main.py "$@"
}
