# What every verb uses: messages, timed steps, packages, configure and build.
# Sourced by ./dev with the working directory at the top of the tree; no verb leaves it.

export LC_ALL=C.UTF-8 # a fresh machine has no other locale, and tools differ by locale
export NINJA_STATUS="[%f/%t %es] "
if [[ -z "${HOME:-}" ]]; then export HOME=/root; fi
# Another clone of the same tree finds what this one compiled without the headers that are read once.
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
# Headers that are read once: ccache preprocesses nothing then, which clang could not do behind them.
export CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=1
if [[ ! -w "$HOME" && -z "${CCACHE_DIR:-}" ]]; then export CCACHE_DIR="$PWD/build/ccache"; fi

if [[ -t 1 ]]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
    bold='' red='' green='' plain=''
fi

say() { printf '%s\n' "$*"; }
# die MESSAGE [STATUS]
die() {
    printf '%s./dev: %s%s\n' "$red" "$1" "$plain" >&2
    exit "${2:-1}"
}
unknown_option() { die "unknown option '$1'; see ./dev $verb --help" 2; }
# need_value OPTION [VALUE…] - ends the run if the option at the front has no value.
need_value() {
    if [[ $# -lt 2 || -z "$2" ]]; then die "$1 needs a value" 2; fi
}

# --- timed steps ---------------------------------------------------------------------------------

step_names=() step_seconds=() step_states=()

# step NAME COMMAND… - runs the command, says how long it took, and returns its status.
step() {
    local name="$1" started=$SECONDS status=0
    shift
    printf '%s==> %s%s\n' "$bold" "$name" "$plain"
    "$@" || status=$?
    local elapsed=$((SECONDS - started)) state=ok
    if ((status != 0)); then state="failed ($status)"; fi
    step_names+=("$name") step_seconds+=("$elapsed") step_states+=("$state")
    if ((status == 0)); then
        printf '%s<== %s: ok, %s s (%s s in all)%s\n' "$green" "$name" "$elapsed" "$SECONDS" "$plain"
    else
        printf '%s<== %s: %s, %s s%s\n' "$red" "$name" "$state" "$elapsed" "$plain"
    fi
    return "$status"
}

step_table() {
    printf '\n%-44s %9s  %s\n' step seconds result
    local i
    for i in "${!step_names[@]}"; do
        printf '%-44s %9s  %s\n' "${step_names[i]}" "${step_seconds[i]}" "${step_states[i]}"
    done
    printf '%-44s %9s\n' 'in all' "$SECONDS"
}

# --- packages ------------------------------------------------------------------------------------

# Names in tools/packages/LIST.txt of the given lists.
packages_listed() {
    local list
    for list in "$@"; do
        sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "tools/packages/$list.txt"
    done | sort -u
}

# Those of the given packages that are not installed.
packages_missing() {
    local installed
    installed="$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
        sed -n 's/^installed //p' | sort -u)" || true
    comm -23 <(printf '%s\n' "$@" | sort -u) <(printf '%s\n' "$installed")
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        command -v sudo >/dev/null || die "packages are missing: run as root, or install sudo"
        sudo "$@"
    fi
}

# Installs what is missing of the given lists; quiet and without network when nothing is.
need_packages() {
    local wanted missing list
    for list in "$@"; do
        [[ -f "tools/packages/$list.txt" ]] || die "there is no package list '$list'" 2
    done
    wanted="$(packages_listed "$@")"
    command -v dpkg-query >/dev/null || die "made for Debian 12: there is no dpkg-query here"
    missing="$(packages_missing $wanted | tr '\n' ' ')"
    if [[ -z "${missing// /}" ]]; then return 0; fi
    step "packages: $*" install_packages $missing
}

install_packages() {
    say "installing: $*"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300
        -o Acquire::Retries=3 -qq)
    local had_broker=0 had_redis=0
    if [[ -x /usr/sbin/mosquitto ]]; then had_broker=1; fi
    if [[ -x /usr/bin/redis-server ]]; then had_redis=1; fi
    keep_services_stopped
    local status=0
    { as_root "${apt[@]}" update &&
        as_root "${apt[@]}" install -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@"; } || status=$?
    let_services_start
    # Tests and benchmarks start the broker themselves; as a service it would hold port 1883.
    if ((!had_broker)) && [[ -x /usr/sbin/mosquitto ]] && command -v systemctl >/dev/null; then
        as_root systemctl disable mosquitto.service >/dev/null 2>&1 || true
    fi
    if ((!had_redis)) && [[ -x /usr/bin/redis-server ]] && command -v systemctl >/dev/null; then
        as_root systemctl disable redis-server.service >/dev/null 2>&1 || true
    fi
    return "$status"
}

# Debian starts the service of a package that it installs, unless this file says no.
service_policy=/usr/sbin/policy-rc.d
service_policy_is_ours=0
keep_services_stopped() {
    if [[ -e "$service_policy" ]]; then return 0; fi
    service_policy_is_ours=1
    trap let_services_start EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$service_policy" >/dev/null
    as_root chmod 755 "$service_policy"
}
let_services_start() {
    if ((!service_policy_is_ours)); then return 0; fi
    as_root rm -f "$service_policy"
    service_policy_is_ours=0
}

# --- build ---------------------------------------------------------------------------------------

presets="dev asan tsan fuzz release"

is_preset() { [[ " $presets " == *" $1 "* ]]; }

# Parallel jobs: one per core, but at least 1.5 GB of free memory for each.
job_count() {
    local cores kilobytes limit used
    cores="$(nproc)"
    kilobytes="$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)"
    if limit="$(cat /sys/fs/cgroup/memory.max 2>/dev/null)" && [[ "$limit" =~ ^[0-9]+$ ]]; then
        used="$(cat /sys/fs/cgroup/memory.current 2>/dev/null || echo 0)"
        if (((limit - used) / 1024 < kilobytes)); then kilobytes=$(((limit - used) / 1024)); fi
    fi
    local by_memory=$((kilobytes / (1536 * 1024)))
    if ((by_memory < 1)); then by_memory=1; fi
    printf '%s' $((by_memory < cores ? by_memory : cores))
}

configure() {
    local log="build/$1-configure.log"
    mkdir -p build
    if cmake --preset "$1" >"$log" 2>&1; then return 0; fi
    cat "$log" >&2
    return 1
}

# The server, and the load generator if the tree has it.
server_targets() {
    local targets=(thingstead)
    if configure release >/dev/null && has_target release ts-load; then targets+=(ts-load); fi
    printf '%s ' "${targets[@]}"
}

has_target() { ninja -C "build/$1" -t query "$2" >/dev/null 2>&1; }

# build_preset PRESET [TARGET…] - configures and builds; all targets if none is named.
build_preset() {
    local preset="$1" targets=()
    shift
    if (($# > 0)); then targets=(--target "$@"); fi
    configure "$preset" || return
    cmake --build --preset "$preset" --parallel "$(job_count)" "${targets[@]}"
}
