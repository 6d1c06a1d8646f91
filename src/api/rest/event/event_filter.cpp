#include "api/rest/event/event_filter.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "base/uuid.h"
#include "core/entity/kind.h"

namespace thingstead::api::event {
namespace {

using core::invalid;

using Is = store::EventCondition::Is;
using model::EventKind;

enum class Kind : std::uint8_t { text, number, id, status, flag };

/// A member of a filter, the field of the body that it looks at, and the kinds of events it is for.
struct Member {
    std::string_view name, field;
    Is is;
    Kind kind;
    std::uint8_t kinds;
};

constexpr std::uint8_t bit(EventKind kind) {
    return static_cast<std::uint8_t>(1u << static_cast<unsigned>(kind));
}
constexpr std::uint8_t error = bit(EventKind::error);
constexpr std::uint8_t life = bit(EventKind::lifecycle);
constexpr std::uint8_t stats = bit(EventKind::stats);
constexpr std::uint8_t node = bit(EventKind::rule_node_debug);
constexpr std::uint8_t chain = bit(EventKind::rule_chain_debug);
constexpr std::uint8_t field = bit(EventKind::calculated_field_debug);
constexpr std::uint8_t all = error | life | stats | node | chain | field;

constexpr Member members[] = {
    {"server",               "server",            Is::containing, Kind::text,   all                 },
    {"errorStr",             "error",             Is::containing, Kind::text,   error | life        },
    {"errorStr",             "error",             Is::containing, Kind::text,   node | chain | field},
    {"isError",              "error",             Is::set,        Kind::flag,   node | chain | field},
    {"method",               "method",            Is::containing, Kind::text,   error               },
    {"event",                "event",             Is::containing, Kind::text,   life                },
    {"status",               "success",           Is::equal,      Kind::status, life                },
    {"minMessagesProcessed", "messagesProcessed", Is::at_least,   Kind::number, stats               },
    {"maxMessagesProcessed", "messagesProcessed", Is::at_most,    Kind::number, stats               },
    {"minErrorsOccurred",    "errorsOccurred",    Is::at_least,   Kind::number, stats               },
    {"maxErrorsOccurred",    "errorsOccurred",    Is::at_most,    Kind::number, stats               },
    {"msgDirectionType",     "type",              Is::equal,      Kind::text,   node                },
    {"entityId",             "entityId",          Is::equal,      Kind::id,     node | field        },
    {"entityType",           "entityType",        Is::equal,      Kind::text,   node | field        },
    {"msgId",                "msgId",             Is::equal,      Kind::id,     node | field        },
    {"msgType",              "msgType",           Is::containing, Kind::text,   node | field        },
    {"relationType",         "relationType",      Is::containing, Kind::text,   node                },
    {"dataSearch",           "data",              Is::containing, Kind::text,   node                },
    {"metadataSearch",       "metadata",          Is::containing, Kind::text,   node                },
    {"message",              "message",           Is::containing, Kind::text,   chain               },
    {"arguments",            "arguments",         Is::containing, Kind::text,   field               },
    {"result",               "result",            Is::containing, Kind::text,   field               },
};

bool looks_for_nothing(const json::value& value) {
    return value.is_null() || (value.is_string() && value.get_string().empty());
}

/// The cell of `value`; nothing: it looks for nothing. Errors: invalid_argument.
Result<std::optional<store::Cell>> cell_of(const Member& member, const json::value& value) {
    const std::optional<store::Cell> nothing;
    const Error wrong = invalid("Filter member '" + std::string(member.name) + "' is malformed");
    const std::string text = value.is_string() ? std::string(value.get_string()) : std::string();
    switch (member.kind) {
        case Kind::text:
            if (!value.is_string()) return wrong;
            return std::optional(store::Cell(text));
        case Kind::number:
            if (!value.is_int64()) return wrong;
            return std::optional(store::Cell(value.get_int64()));
        case Kind::id: {
            if (!value.is_string()) return wrong;
            const Result<Uuid> id = parse_uuid(text);
            if (!id) return id.error();
            return std::optional(store::Cell(*id));
        }
        case Kind::status:
            if (text != "Success" && text != "Failure") return wrong;
            return std::optional(store::Cell(text == "Success"));
        case Kind::flag:
            if (!value.is_bool()) return wrong;
            return value.get_bool() ? std::optional(store::Cell()) : nothing;
    }
    return nothing;
}

}  // namespace

Result<EventKind> kind_of(const std::string& name) {
    if (const auto kind = enum_value<EventKind>(name)) return *kind;
    return invalid("Event type: '" + name + "' is not supported!");
}

Result<EventFilter> filter_of(const json::value& body) {
    const json::object* given = body.if_object();
    const json::value* type = given ? given->if_contains("eventType") : nullptr;
    if (!type || !type->is_string())
        return Error{ErrorCode::malformed, "expected an object with the member eventType"};
    const Result<EventKind> kind = kind_of(std::string(type->get_string()));
    if (!kind) return kind.error();
    EventFilter filter{*kind, {}};
    for (const Member& member : members) {
        const json::value* value =
            (member.kinds & bit(*kind)) != 0 ? given->if_contains(member.name) : nullptr;
        if (!value || looks_for_nothing(*value)) continue;
        const Result<std::optional<store::Cell>> cell = cell_of(member, *value);
        if (!cell) return cell.error();
        if (*cell) filter.conditions.push_back({std::string(member.field), member.is, **cell});
    }
    return filter;
}

}  // namespace thingstead::api::event
