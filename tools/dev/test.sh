verb_help() {
    cat <<'TEXT'
usage: ./dev test [--quick] [--only PART[,PART…]]

Builds and runs the tests. The last line is the sum, and the exit status is 0 only if something
ran and nothing failed. Parts, in this order, without --quick or --only all but unit:
  unit       preset release: every test of ctest
  blackbox   test/blackbox/ with pytest against the same build
  servers    preset release: of the tests of ctest, those that need servers of others
  cluster    the same against a local cluster of it, and what a cluster does when its parts fail
  asan       address and undefined behaviour: every other test of ctest, with tidy, format and the
             fuzz corpora, and the black-box tests marked `sanitizer`
  tsan       data races: the unit tests about threads, and the same black-box tests

  --quick        unit and blackbox
  --only PARTS   these parts

What later parts need is compiled while earlier ones run, in the time that these leave.

What failed is in build/results/, with the logs of sanitizers.
TEXT
}

python=/usr/bin/python3 # Debian's, which has the packages; another may be first in PATH
names=external_symbolizer_path=/usr/bin/llvm-symbolizer-19 # of functions, in reports of sanitizers
results=build/results
all_parts="unit blackbox servers cluster asan tsan"
reports=() # result files in JUnit's form
untold=() # failures that no report tells of
chosen=() # parts
later=() # what build_meanwhile builds: "PRESET [TARGET]"
builder='' # its process

verb_main() {
    local parts="blackbox,servers,cluster,asan,tsan"
    while (($# > 0)); do
        case "$1" in
            --quick) parts="unit,blackbox" ;;
            --only)
                need_value "$@"
                parts="$2"
                shift
                ;;
            *) unknown_option "$1" ;;
        esac
        shift
    done
    local part
    IFS=, read -r -a chosen <<<"$parts"
    for part in "${chosen[@]}"; do
        [[ " $all_parts " == *" $part "* ]] || die "there is no part '$part'" 2
    done

    local lists=(build test)
    if is_chosen asan || is_chosen tsan; then lists+=(sanitizers); fi
    need_packages "${lists[@]}"
    rm -rf "$results"
    mkdir -p "$results"
    if build_first; then
        build_meanwhile
        for part in $all_parts; do
            if ! is_chosen "$part"; then continue; fi
            if ! "test_$part"; then
                say "${red}$part did not build: the rest is left out$plain"
                break
            fi
        done
    fi
    step_table
    print_sum
}

is_chosen() { [[ " ${chosen[*]} " == *" $1 "* ]]; }

# --- builds --------------------------------------------------------------------------------------

# What the first of the chosen parts needs; the rest is for build_meanwhile.
build_first() {
    local part
    for part in asan tsan; do
        if is_chosen "$part"; then later+=("$part"); fi
    done
    if is_chosen unit; then
        test_build release
    elif is_chosen blackbox || is_chosen cluster; then
        if is_chosen servers; then later=("release server_tests" "${later[@]}"); fi
        test_build release $(server_targets)
    elif is_chosen servers; then
        test_build release server_tests
    fi
}

test_build() {
    local preset="$1"
    shift
    if step "build $preset${*:+: $*}" build_preset "$preset" "$@"; then return 0; fi
    untold+=("build $preset")
    return 1
}

# Builds one after the other, and writes how each ended. Idle processes of the scheduler: a test that
# wants the processor has it.
build_meanwhile() {
    if ((${#later[@]} == 0)); then return 0; fi
    set -m # A group of processes of its own, to be ended as one.
    {
        trap - EXIT
        chrt --idle --pid 0 "$BASHPID" 2>/dev/null || renice -n 19 -p "$BASHPID" >/dev/null
        local each log status
        for each in "${later[@]}"; do
            log="$results/build-${each/ /-}" status=0
            build_preset $each >"$log.log" 2>&1 || status=$?
            echo "$status" >"$log.new"
            mv "$log.new" "$log.status"
        done
    } &
    builder=$!
    set +m
    trap stop_builder EXIT
}

stop_builder() {
    let_services_start
    kill -- "-$builder" 2>/dev/null || true
}

# await_build PRESET [TARGET] - returns when build_meanwhile has built that, with 1 if it could not.
await_build() {
    if step "build $*, what is left of it" built "$*"; then return 0; fi
    untold+=("build $*")
    return 1
}

built() {
    local log="$results/build-${1/ /-}"
    while [[ ! -f "$log.status" ]] && kill -0 "$builder" 2>/dev/null; do sleep 0.5; done
    if [[ -f "$log.status" && "$(<"$log.status")" == 0 ]]; then return 0; fi
    grep -v '^\[' "$log.log" | tail -n 200
    return 1
}

# --- parts: each returns 1 only if it could not build ---------------------------------------------

test_unit() { run_ctest release; }

test_blackbox() { run_pytest release; }

test_servers() {
    if [[ " ${later[*]} " == *" server_tests "* ]]; then await_build release server_tests || return; fi
    run_ctest release --label-regex server
}

test_cluster() {
    # What comes from elsewhere comes before.
    if ! step "servers of others" "$python" tools/servers/fetch.py; then
        untold+=("servers of others")
        return 0
    fi
    run_pytest release --form cluster --cluster-logs "$PWD/$results/cluster-logs"
}

test_asan() {
    export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:$names
    export UBSAN_OPTIONS=print_stacktrace=1:$names
    test_sanitizer asan
}

test_tsan() {
    export TSAN_OPTIONS=second_deadlock_stack=1:history_size=4:$names
    test_sanitizer tsan
}

# Rules about files do not change with the second one.
test_sanitizer() {
    await_build "$1" || return
    if [[ "$1" == asan ]]; then run_ctest "$1"; else run_ctest "$1" --label-exclude files; fi
    run_pytest "$1" -m sanitizer
}

# The thread sanitizer starts anew without them where the kernel randomises addresses with more than
# 28 bits, which a test that counts processes would see.
fixed_addresses() {
    if [[ "$1" == tsan ]] && setarch "$(uname -m)" --addr-no-randomize true 2>/dev/null; then
        printf 'setarch %s --addr-no-randomize' "$(uname -m)"
    fi
}

# run_ctest PRESET [arguments of ctest…]
run_ctest() {
    local preset="$1" report="$PWD/$results/$1-unit.xml"
    shift
    local command=($(fixed_addresses "$preset") ctest --preset "$preset" --parallel "$(nproc)"
        --no-tests=error --output-junit "$report" "$@")
    note_result "$report" step "unit tests: $preset" "${command[@]}"
}

# run_pytest PRESET [arguments of pytest…] - in a network of its own, where that is possible: nothing
# else is there, nobody outside is asked for anything, and the tests of the cluster cut it.
run_pytest() {
    local preset="$1" logs="$PWD/$results/$1-sanitizer" form=embedded apart=()
    if unshare --net ip link set lo up 2>/dev/null; then
        apart=(unshare --net sh -c 'ip link set lo up && exec "$@"' sh env THINGSTEAD_TEST_OWN_NETWORK=1)
    fi
    if [[ " $* " == *" --form cluster "* ]]; then form=cluster; fi
    local report="$PWD/$results/$1-$form.xml"
    shift
    local command=("${apart[@]}" $(fixed_addresses "$preset") env PATH="$PATH:/usr/sbin" PYTHONDONTWRITEBYTECODE=1
        THINGSTEAD_BIN="$PWD/build/$preset/bin/thingstead"
        ASAN_OPTIONS="${ASAN_OPTIONS:-}:log_path=$logs" UBSAN_OPTIONS="${UBSAN_OPTIONS:-}:log_path=$logs"
        TSAN_OPTIONS="${TSAN_OPTIONS:-}:log_path=$logs"
        "$python" -s -m pytest test/blackbox -p no:cacheprovider --durations=5
        --junitxml "$report" -o junit_logging=no "$@")
    note_result "$report" step "black-box tests: $preset, $form" run_marked "$preset" "${command[@]}"
    # The server writes its findings there, where no harness can overlook them.
    local log
    for log in "$logs".*; do
        [[ -f "$log" ]] || continue
        say "${red}sanitizer report $log$plain"
        head -n 60 "$log"
        untold+=("sanitizer report $log")
    done
}

# Status 5 says that nothing was collected. With a mark that no test has, that is no failure.
run_marked() {
    local preset="$1" status=0
    shift
    "$@" || status=$?
    if ((status == 5)) && [[ "$preset" != release ]]; then status=0; fi
    return "$status"
}

# note_result REPORT step NAME COMMAND… - a failure that the report does not tell is noted here.
note_result() {
    local report="$1" name="$3" status=0
    shift
    "$@" || status=$?
    if [[ -s "$report" ]]; then reports+=("$report"); fi
    if ((status != 0)) && ! tells_failure "$report"; then untold+=("$name: status $status"); fi
    return 0
}

tells_failure() { [[ -s "$1" ]] && ! "$python" tools/dev/sum.py "$1" >/dev/null; }

print_sum() {
    local name arguments=()
    for name in "${untold[@]}"; do arguments+=(--failure "$name"); done
    say ""
    "$python" tools/dev/sum.py "${arguments[@]}" "${reports[@]}"
}
