verb_help() {
    cat <<'TEXT'
usage: ./dev packages [LIST…]

Installs the Debian packages of the named lists, by default all of them. The lists are the files
of tools/packages/: build, up, cluster, test, bench, lint, sanitizers. Other verbs do this for
themselves.
TEXT
}

verb_main() {
    if (($# == 0)); then set -- build up cluster test bench lint sanitizers; fi
    need_packages "$@"
    say "installed: $*"
}
