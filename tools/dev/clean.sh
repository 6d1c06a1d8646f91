verb_help() {
    cat <<'TEXT'
usage: ./dev clean [PRESET…] [--data]

Removes the build folders of the named presets, by default all of build/. With --data the data of
the demo server goes too; it must not be running.
TEXT
}

verb_main() {
    local chosen=() with_data=0
    while (($# > 0)); do
        case "$1" in
            --data) with_data=1 ;;
            -*) unknown_option "$1" ;;
            *)
                is_preset "$1" || die "there is no preset '$1'; there are: $presets" 2
                chosen+=("build/$1")
                ;;
        esac
        shift
    done
    if ((with_data)); then
        source tools/dev/server.sh
        if server_pid >/dev/null; then die "the server is running; first: ./dev down"; fi
        remove "$server_data"
    fi
    if ((${#chosen[@]} == 0 && !with_data)); then chosen=(build); fi
    if ((${#chosen[@]} > 0)); then remove "${chosen[@]}"; fi
}

remove() {
    local folder
    for folder in "$@"; do
        if [[ -e "$folder" ]]; then
            rm -rf -- "$folder"
            say "removed $folder"
        fi
    done
}
