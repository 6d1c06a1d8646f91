#include "protocol/resp/server_error.h"

#include <charconv>
#include <optional>

#include "protocol/resp/slot.h"

namespace thingstead::resp {
namespace {

struct Row {
    std::string_view prefix;
    ServerErrorKind kind;
};

constexpr Row rows[] = {
    {"MOVED",       ServerErrorKind::moved        },
    {"ASK",         ServerErrorKind::ask          },
    {"TRYAGAIN",    ServerErrorKind::try_again    },
    {"CLUSTERDOWN", ServerErrorKind::cluster_down },
    {"LOADING",     ServerErrorKind::loading      },
    {"NOAUTH",      ServerErrorKind::no_auth      },
    {"WRONGPASS",   ServerErrorKind::wrong_pass   },
    {"NOPERM",      ServerErrorKind::no_permission},
    {"READONLY",    ServerErrorKind::read_only    },
    {"MASTERDOWN",  ServerErrorKind::master_down  },
    {"OOM",         ServerErrorKind::out_of_memory},
    {"NOSCRIPT",    ServerErrorKind::no_script    },
    {"NOPROTO",     ServerErrorKind::no_protocol  },
};

std::string_view take_word(std::string_view& text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

std::optional<std::uint16_t> read_number(std::string_view text) {
    std::uint16_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// `3999 127.0.0.1:6381`, `3999 ::1:6381`, `3999 :6381`.
bool read_target(std::string_view text, ServerError& into) {
    const std::optional<std::uint16_t> slot = read_number(take_word(text));
    const std::string_view address = take_word(text);
    const std::size_t colon = address.rfind(':');
    if (!slot || *slot >= slot_count || colon == std::string_view::npos) return false;
    const std::optional<std::uint16_t> port = read_number(address.substr(colon + 1));
    if (!port || *port == 0) return false;
    into.slot = *slot;
    into.host = address.substr(0, colon);
    into.port = *port;
    return true;
}

}  // namespace

ServerError read_server_error(std::string_view text) {
    ServerError error;
    const std::string_view prefix = take_word(text);
    for (const Row& row : rows)
        if (row.prefix == prefix) error.kind = row.kind;
    const bool redirects =
        error.kind == ServerErrorKind::moved || error.kind == ServerErrorKind::ask;
    if (redirects && !read_target(text, error)) return {};
    return error;
}

}  // namespace thingstead::resp
