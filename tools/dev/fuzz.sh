verb_help() {
    cat <<'TEXT'
usage: ./dev fuzz [SECONDS] [--target NAME]…

Builds the fuzz targets with libFuzzer and runs each for SECONDS (default 60), two at a time, on a
copy of its corpus in build/fuzz/corpus/. Stops at the first crash and prints how to repeat it.
What was found stays in build/fuzz/; an input worth keeping goes to test/corpus/TARGET/.
TEXT
}

verb_main() {
    local seconds=60 targets=()
    while (($# > 0)); do
        case "$1" in
            --target) targets+=("$(option_value "$@")") && shift ;;
            -*) unknown_option "$1" ;;
            *) seconds="$1" ;;
        esac
        shift
    done
    [[ "$seconds" =~ ^[1-9][0-9]*$ ]] || die "SECONDS is a whole number above 0, not '$seconds'" 2

    need_packages build fuzz
    step "build fuzz: fuzzers" build_preset fuzz fuzzers
    if ((${#targets[@]} == 0)); then
        mapfile -t targets < <(find build/fuzz/fuzz -maxdepth 1 -type f -executable -printf '%f\n' | sort)
    fi
    ((${#targets[@]} > 0)) || die "there is no fuzz target"

    local i
    for ((i = 0; i < ${#targets[@]}; i += 2)); do
        step "fuzz ${targets[*]:i:2} for $seconds s" fuzz_together "$seconds" "${targets[@]:i:2}"
    done
    say "no crash in ${#targets[@]} targets"
}

fuzz_together() {
    local seconds="$1" target failed=() pids=() i
    shift
    for target in "$@"; do
        [[ -x "build/fuzz/fuzz/$target" ]] || die "there is no fuzz target '$target'" 2
        fuzz_one "$target" "$seconds" &
        pids+=($!)
    done
    for i in "${!pids[@]}"; do
        wait "${pids[i]}" || failed+=("${@:i+1:1}")
    done
    for target in "${failed[@]}"; do report_crash "$target"; done
    ((${#failed[@]} == 0))
}

fuzz_one() {
    local target="$1" seconds="$2" work="build/fuzz/corpus/$1" found="build/fuzz/found/$1"
    mkdir -p "$work" "$found"
    if [[ -d "test/corpus/$target" ]]; then cp -r "test/corpus/$target/." "$work/"; fi
    "build/fuzz/fuzz/$target" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$found/" "$work" >"$found/log" 2>&1 || return 1
    say "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$found/log") inputs," \
        "$(find "$work" -type f | wc -l) in the corpus"
}

report_crash() {
    local target="$1" found="build/fuzz/found/$1" input
    tail -n 40 "$found/log" >&2
    input="$(sed -n 's/.*Test unit written to //p' "$found/log" | tail -n 1)"
    say "$red$target failed.$plain The whole output: $found/log"
    if [[ -n "$input" ]]; then say "To repeat it: build/fuzz/fuzz/$target $input"; fi
}
