verb_help() {
    cat <<'TEXT'
usage: ./dev lint [FILE…] [--all] [--since COMMIT]

Runs clang-tidy-19 with the checks of .clang-tidy. Without files: the .cpp files under src/ and
bench/ that differ from COMMIT (default HEAD~), new ones too; with --all every one. Findings are
errors.
TEXT
}

verb_main() {
    local files=() all=0 since=HEAD~
    while (($# > 0)); do
        case "$1" in
            --all) all=1 ;;
            --since) since="$(option_value "$@")" && shift ;;
            -*) unknown_option "$1" ;;
            *) files+=("$1") ;;
        esac
        shift
    done
    need_packages build lint
    step "configure dev" configure dev
    if ((${#files[@]} == 0)); then mapfile -t files < <(files_to_lint "$all" "$since"); fi
    if ((${#files[@]} == 0)); then
        say "nothing changed since $since"
        return 0
    fi
    step "clang-tidy on ${#files[@]} files" lint_files "${files[@]}"
}

# Sources that the compiler knows, of those wanted.
files_to_lint() {
    local all="$1" since="$2"
    if ((all)); then
        find src bench -name '*.cpp' 2>/dev/null
    else
        git diff --name-only --diff-filter=d "$since" -- 'src/*.cpp' 'bench/*.cpp' &&
            git ls-files --others --exclude-standard -- 'src/*.cpp' 'bench/*.cpp'
    fi | sort -u | while read -r file; do
        if grep -qF "\"file\": \"$PWD/$file\"" build/dev/compile_commands.json; then
            printf '%s\n' "$file"
        fi
    done
}

# The build is g++'s: flags that clang does not know are no finding.
lint_files() {
    printf '%s\0' "$@" | xargs -0 -r -n 1 -P "$(job_count)" clang-tidy-19 -p build/dev --quiet \
        --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-ignored-gch
}
