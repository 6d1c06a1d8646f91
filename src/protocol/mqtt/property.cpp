#include "protocol/mqtt/property.h"

#include <array>

#include "base/error.h"
#include "protocol/mqtt/wire_reader.h"
#include "protocol/mqtt/wire_writer.h"

namespace thingstead::mqtt {
namespace {

enum class Type : std::uint8_t { none, byte, two_bytes, four_bytes, variable, text, binary, pair };
enum class Range : std::uint8_t { any, flag, not_zero, topic };

struct Rule {
    Type type = Type::none;
    Range range = Range::any;
    PacketSet packets = 0;
};

constexpr std::size_t rules_size = 0x2B;

constexpr std::array<Rule, rules_size> make_rules() {
    constexpr PacketSet connect = bit(PacketType::connect), connack = bit(PacketType::connack),
                        publish = bit(PacketType::publish) | will_bit,
                        disconnect = bit(PacketType::disconnect), auth = bit(PacketType::auth);
    constexpr PacketSet answers = connack | bit(PacketType::puback) | bit(PacketType::pubrec) |
                                  bit(PacketType::pubrel) | bit(PacketType::pubcomp) |
                                  bit(PacketType::suback) | bit(PacketType::unsuback) | disconnect |
                                  auth;
    struct Row {
        PropertyId id;
        Type type;
        Range range;
        int packets;
    };
    using enum PropertyId;
    constexpr Row rows[] = {
        {payload_format_indicator,          Type::byte,       Range::flag,     publish                       },
        {message_expiry_interval,           Type::four_bytes, Range::any,      publish                       },
        {content_type,                      Type::text,       Range::any,      publish                       },
        {response_topic,                    Type::text,       Range::topic,    publish                       },
        {correlation_data,                  Type::binary,     Range::any,      publish                       },
        {subscription_identifier,           Type::variable,   Range::not_zero,
         bit(PacketType::publish) | bit(PacketType::subscribe)                                               },
        {session_expiry_interval,           Type::four_bytes, Range::any,      connect | connack | disconnect},
        {assigned_client_identifier,        Type::text,       Range::any,      connack                       },
        {server_keep_alive,                 Type::two_bytes,  Range::any,      connack                       },
        {authentication_method,             Type::text,       Range::any,      connect | connack | auth      },
        {authentication_data,               Type::binary,     Range::any,      connect | connack | auth      },
        {request_problem_information,       Type::byte,       Range::flag,     connect                       },
        {will_delay_interval,               Type::four_bytes, Range::any,      will_bit                      },
        {request_response_information,      Type::byte,       Range::flag,     connect                       },
        {response_information,              Type::text,       Range::any,      connack                       },
        {server_reference,                  Type::text,       Range::any,      connack | disconnect          },
        {reason_string,                     Type::text,       Range::any,      answers                       },
        {receive_maximum,                   Type::two_bytes,  Range::not_zero, connect | connack             },
        {topic_alias_maximum,               Type::two_bytes,  Range::any,      connect | connack             },
        {topic_alias,                       Type::two_bytes,  Range::not_zero, bit(PacketType::publish)      },
        {maximum_qos,                       Type::byte,       Range::flag,     connack                       },
        {retain_available,                  Type::byte,       Range::flag,     connack                       },
        {user_property,                     Type::pair,       Range::any,      0xFFFF                        },
        {maximum_packet_size,               Type::four_bytes, Range::not_zero, connect | connack             },
        {wildcard_subscription_available,   Type::byte,       Range::flag,     connack                       },
        {subscription_identifier_available, Type::byte,       Range::flag,     connack                       },
        {shared_subscription_available,     Type::byte,       Range::flag,     connack                       },
    };
    std::array<Rule, rules_size> rules{};
    for (const Row& row : rows)
        rules[static_cast<std::size_t>(row.id)] = {row.type, row.range,
                                                   static_cast<PacketSet>(row.packets)};
    return rules;
}

constexpr std::array<Rule, rules_size> rules = make_rules();

const Rule& rule_of(PropertyId id) {
    const auto at = static_cast<std::size_t>(id);
    return rules[at < rules_size ? at : 0];
}

/// Reads the property at the front; an unknown one or an ill-formed one fails the reader.
Property read_property(WireReader& in) {
    const std::string_view before = in.rest();
    const std::uint32_t id = in.variable_number();
    Property out{static_cast<PropertyId>(id < rules_size ? id : 0), 0, {}, {}, {}};
    switch (rule_of(out.id).type) {
        case Type::none:       in.malformed("property is unknown"); break;
        case Type::byte:       out.number = in.number<std::uint8_t>(); break;
        case Type::two_bytes:  out.number = in.number<std::uint16_t>(); break;
        case Type::four_bytes: out.number = in.number<std::uint32_t>(); break;
        case Type::variable:   out.number = in.variable_number(); break;
        case Type::text:       out.text = in.text(); break;
        case Type::binary:     out.text = in.binary(); break;
        case Type::pair:
            out.text = in.text();
            out.value = in.text();
            break;
    }
    out.wire = before.substr(0, before.size() - in.rest().size());
    return out;
}

void check_range(WireReader& in, const Property& property, Range range) {
    switch (range) {
        case Range::any: return;
        case Range::flag:
            if (property.number > 1)
                in.fail(ReasonCode::protocol_error, "property is neither 0 nor 1");
            return;
        case Range::not_zero:
            if (property.number == 0)
                in.fail(property.id == PropertyId::topic_alias ? ReasonCode::topic_alias_invalid
                                                               : ReasonCode::protocol_error,
                        "property is 0");
            return;
        case Range::topic:
            if (!is_topic_name(property.text))
                in.fail(ReasonCode::protocol_error, "response topic is empty or has a wildcard");
            return;
    }
}

bool may_repeat(PropertyId id, PacketSet where) {
    return id == PropertyId::user_property ||
           (id == PropertyId::subscription_identifier && where == bit(PacketType::publish));
}

}  // namespace

void Properties::Iterator::step() {
    current_ = {};
    if (rest_.empty()) return;
    WireReader in(rest_);
    current_ = read_property(in);
    TS_ASSERT(!in.error());  // the list was checked, or append_property wrote it
    rest_ = in.rest();
}

std::optional<std::uint32_t> Properties::number(PropertyId id) const {
    for (const Property& property : *this)
        if (property.id == id) return property.number;
    return std::nullopt;
}

std::optional<std::string_view> Properties::text(PropertyId id) const {
    for (const Property& property : *this)
        if (property.id == id) return property.text;
    return std::nullopt;
}

std::optional<DecodeError> check_properties(std::string_view wire, PacketSet where) {
    WireReader in(wire);
    std::uint64_t seen = 0;
    while (!in.empty()) {
        const Property property = read_property(in);
        if (in.error()) break;
        const Rule& rule = rule_of(property.id);
        if (!(rule.packets & where)) {
            in.malformed("property is not for this packet");
            break;
        }
        check_range(in, property, rule.range);
        const std::uint64_t mark = std::uint64_t{1} << static_cast<unsigned>(property.id);
        if ((seen & mark) && !may_repeat(property.id, where))
            in.fail(ReasonCode::protocol_error, "property stands twice");
        seen |= mark;
    }
    constexpr auto auth_mark = [](PropertyId id) {
        return std::uint64_t{1} << static_cast<unsigned>(id);
    };
    if ((seen & auth_mark(PropertyId::authentication_data)) &&
        !(seen & auth_mark(PropertyId::authentication_method)))
        in.fail(ReasonCode::protocol_error, "authentication data without a method");
    return in.error();
}

void append_property(std::string& list, PropertyId id, std::uint32_t number) {
    const Type type = rule_of(id).type;
    TS_ASSERT(type >= Type::byte && type <= Type::variable);
    list.push_back(static_cast<char>(id));
    switch (type) {
        case Type::byte:
            TS_ASSERT(number <= 0xFF);
            list.push_back(static_cast<char>(number));
            return;
        case Type::two_bytes:
            TS_ASSERT(number <= 0xFFFF);
            append_number(list, static_cast<std::uint16_t>(number));
            return;
        case Type::four_bytes: append_number(list, number); return;
        default:               append_remaining_length(list, number); return;
    }
}

bool append_property(std::string& list, PropertyId id, std::string_view text) {
    const Type type = rule_of(id).type;
    TS_ASSERT(type == Type::text || type == Type::binary);
    if (text.size() > text_bytes_max) return false;
    list.push_back(static_cast<char>(id));
    append_text(list, text);
    return true;
}

bool append_user_property(std::string& list, std::string_view name, std::string_view value) {
    if (name.size() > text_bytes_max || value.size() > text_bytes_max) return false;
    list.push_back(static_cast<char>(PropertyId::user_property));
    append_text(list, name);
    append_text(list, value);
    return true;
}

}  // namespace thingstead::mqtt
