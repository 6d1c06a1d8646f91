verb_help() {
    cat <<'TEXT'
usage: ./dev build [PRESET] [--target NAME]… [--configure-only]

Builds everything of a preset into build/PRESET/. Presets: release (default), dev, asan, tsan,
fuzz. Uses one job per core, fewer when there is less than 1.5 GB of free memory for each.
TEXT
}

verb_main() {
    local preset=release targets=() configure_only=0
    while (($# > 0)); do
        case "$1" in
            --target)
                need_value "$@"
                targets+=("$2")
                shift
                ;;
            --configure-only) configure_only=1 ;;
            -*) unknown_option "$1" ;;
            *) preset="$1" ;;
        esac
        shift
    done
    is_preset "$preset" || die "there is no preset '$preset'; there are: $presets" 2

    local lists=(build)
    if [[ "$preset" =~ ^(asan|tsan|fuzz)$ ]]; then lists+=(sanitizers); fi
    need_packages "${lists[@]}"
    if ((configure_only)); then
        step "configure $preset" configure "$preset"
    else
        step "build $preset" build_preset "$preset" "${targets[@]}"
    fi
}
