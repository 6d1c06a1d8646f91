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
            --target)
                need_value "$@"
                targets+=("$2")
                shift
                ;;
            -*) unknown_option "$1" ;;
            *) seconds="$1" ;;
        esac
        shift
    done
    [[ "$seconds" =~ ^[1-9][0-9]*$ ]] || die "SECONDS is a whole number above 0, not '$seconds'" 2

    need_packages build sanitizers
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

# Runs targets beside each other; the first that fails ends the others.
fuzz_together() {
    local seconds="$1" target ended failed='' status
    local -A running=()
    shift
    for target in "$@"; do
        [[ -x "build/fuzz/fuzz/$target" ]] || die "there is no fuzz target '$target'" 2
    done
    for target in "$@"; do
        fuzz_in_background "$target" "$seconds"
        running[$!]="$target"
    done
    while ((${#running[@]} > 0)); do
        status=0
        wait -n -p ended "${!running[@]}" || status=$?
        target="${running[$ended]}"
        unset "running[$ended]"
        if ((status != 0)) && [[ -z "$failed" ]]; then
            failed="$target"
            kill "${!running[@]}" 2>/dev/null || true
        elif [[ -z "$failed" ]]; then
            report_end "$target"
        fi
    done
    if [[ -n "$failed" ]]; then report_crash "$failed"; fi
    [[ -z "$failed" ]]
}

fuzz_in_background() {
    local target="$1" seconds="$2" work="build/fuzz/corpus/$1" found="build/fuzz/found/$1"
    mkdir -p "$work" "$found"
    if [[ -d "test/corpus/$target" ]]; then cp -r "test/corpus/$target/." "$work/"; fi
    ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19 UBSAN_OPTIONS=print_stacktrace=1 \
        "build/fuzz/fuzz/$target" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$found/" "$work" >"$found/log" 2>&1 &
}

report_end() {
    local target="$1" inputs
    inputs="$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/found/$target/log")"
    say "$target: $inputs inputs, $(find "build/fuzz/corpus/$target" -type f | wc -l) in the corpus"
}

report_crash() {
    local target="$1" found="build/fuzz/found/$1" input
    tail -n 40 "$found/log" >&2
    input="$(sed -n 's/.*Test unit written to //p' "$found/log" | tail -n 1)"
    say "$red$target failed.$plain The whole output: $found/log"
    if [[ -n "$input" ]]; then say "To repeat it: build/fuzz/fuzz/$target $input"; fi
}
