verb_help() {
    cat <<'TEXT'
usage: ./dev fmt [--check]

Formats every C++ source of the tree with clang-format-19. With --check nothing is written: the
places that differ are listed and the exit status is 1.
TEXT
}

verb_main() {
    local check=()
    while (($# > 0)); do
        case "$1" in
            --check) check=(--check) ;;
            *) unknown_option "$1" ;;
        esac
        shift
    done
    need_packages lint
    step "format" tools/format "${check[@]}"
}
