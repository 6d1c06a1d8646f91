verb_help() {
    cat <<'TEXT'
usage: ./dev bench [NAME] [arguments of the benchmark…]

Builds for release and runs one benchmark:
  ingest   devices send, the server stores, beside a yardstick in the same run (default)
  rest     users read, search, create and log in, beside yardsticks in the same run
  rules    what the rule engine and its scripts do on one core
  cluster  what the roles of a local cluster cost, beside one embedded process in the same run
  micro    every *_bench executable; arguments go to Google Benchmark
Any other NAME is an executable file bench/NAME.
TEXT
}

verb_main() {
    local name=ingest
    if (($# > 0)); then name="$1" && shift; fi
    if [[ "$name" == micro ]]; then
        need_packages build
        step "build release: benches" build_preset release benches
        run_micro "$@"
        return
    fi
    local script="bench/$name"
    [[ -x "$script" && -f "$script" ]] || die "there is no benchmark '$name'; there are: $(bench_names)" 2
    need_packages build bench
    local targets
    targets="$(server_targets)"
    if [[ "$name" == cluster ]]; then
        need_packages cluster
        targets+=" store_cassandra_bench store_postgres_bench"
    fi
    if [[ "$name" == rules ]]; then targets="rule_testing_bench script_tbel_bench script_js_bench"; fi
    step "build release" build_preset release $targets
    step "bench $name" "$script" "$@"
}

bench_names() {
    local names=(micro) file
    for file in bench/*; do
        if [[ -x "$file" && -f "$file" && "$file" != *.* ]]; then names+=("${file#bench/}"); fi
    done
    printf '%s' "${names[*]}"
}

run_micro() {
    local bench failed=0
    for bench in build/release/bench/*_bench; do
        [[ -x "$bench" ]] || die "no benchmark was built"
        step "${bench##*/}" "$bench" "$@" || failed=1
    done
    return "$failed"
}
