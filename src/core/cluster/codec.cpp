#include <algorithm>
#include <bit>

#include "base/proto_wire.h"
#include "core/cluster/messages.h"

namespace thingstead::core::cluster {
namespace {

using proto::Field;
using proto::WireType;
using proto::Writer;

// --- fields; those of default value are left out ---

void text(Writer& out, std::uint32_t number, std::string_view value) {
    if (!value.empty()) out.bytes_field(number, value);
}
void integer(Writer& out, std::uint32_t number, std::uint64_t value) {
    if (value != 0) out.varint_field(number, value);
}
void time(Writer& out, std::uint32_t number, EpochMs value) {
    integer(out, number, proto::zigzag(value));
}
void id(Writer& out, std::uint32_t number, const Uuid& value) {
    if (value != Uuid{}) out.uuid_field(number, value);
}
void texts(Writer& out, std::uint32_t number, const std::vector<std::string>& values) {
    for (const std::string& each : values) out.bytes_field(number, each);
}

/// Calls `take(field)` for each; false if the bytes are malformed or `take` refuses one.
template <class Take>
bool read(std::string_view bytes, Take take) {
    proto::Reader reader(bytes);
    while (const std::optional<Field> field = reader.next())
        if (!take(*field)) return false;
    return !reader.failed();
}
bool read_id(const Field& field, Uuid& into) {
    const std::optional<Uuid> got = field.uuid();
    if (got) into = *got;
    return got.has_value();
}
template <class T>
bool read_text(const Field& field, T& into) {
    into = field.bytes;
    return field.type == WireType::bytes;
}
bool read_texts(const Field& field, std::vector<std::string>& into) {
    into.emplace_back(field.bytes);
    return field.type == WireType::bytes;
}
bool read_time(const Field& field, EpochMs& into) {
    into = proto::unzigzag(field.integer);
    return field.type == WireType::varint;
}
bool read_bool(const Field& field, bool& into) {
    into = field.integer != 0;
    return field.type == WireType::varint;
}
template <class Enum>
bool read_enum(const Field& field, Enum last, Enum& into) {
    if (field.type != WireType::varint || field.integer > static_cast<std::uint64_t>(last))
        return false;
    into = static_cast<Enum>(field.integer);
    return true;
}

Error malformed(const char* what) {
    return {ErrorCode::malformed, std::string("record is not ") + what};
}
Error unknown_kind(const char* what) {
    return {ErrorCode::unsupported, std::string("unknown kind of ") + what};
}

// --- devices ---

void write(Writer& out, const TransportProfile& profile) {
    static const TransportProfile usual{};
    const auto topic = [&](std::uint32_t number, const std::string& value,
                           const std::string& usually) {
        if (value != usually) out.bytes_field(number, value);
    };
    id(out, 1, profile.id.uuid);
    integer(out, 2, static_cast<std::uint64_t>(profile.transport_type));
    if (profile.rule_chain) out.uuid_field(3, profile.rule_chain->uuid);
    text(out, 4, profile.queue_name);
    topic(5, profile.telemetry_topic, usual.telemetry_topic);
    topic(6, profile.attributes_topic, usual.attributes_topic);
    topic(7, profile.attributes_subscribe_topic, usual.attributes_subscribe_topic);
    integer(out, 8, profile.ack_invalid_payload);
    integer(out, 9, profile.protobuf);
}

bool read_profile(const Field& field, TransportProfile& into) {
    switch (field.number) {
        case 1:  return read_id(field, into.id.uuid);
        case 2:  return read_enum(field, model::TransportType::snmp, into.transport_type);
        case 3:  return read_id(field, into.rule_chain.emplace().uuid);
        case 4:  return read_text(field, into.queue_name);
        case 5:  return read_text(field, into.telemetry_topic);
        case 6:  return read_text(field, into.attributes_topic);
        case 7:  return read_text(field, into.attributes_subscribe_topic);
        case 8:  return read_bool(field, into.ack_invalid_payload);
        case 9:  return read_bool(field, into.protobuf);
        default: return true;
    }
}

void write(Writer& out, const DeviceIdentity& device) {
    id(out, 1, device.tenant.uuid);
    if (device.customer != model::no_customer) out.uuid_field(2, device.customer.uuid);
    id(out, 3, device.device.uuid);
    text(out, 4, device.name);
    text(out, 5, device.type);
    integer(out, 6, device.gateway);
    out.message_field(7, [&](Writer& nested) { write(nested, *device.profile); });
}

/// Null: malformed.
DeviceIdentityPtr read_device(const Field& whole) {
    DeviceIdentity device{};
    auto profile = std::make_shared<TransportProfile>();
    const bool fine = whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
                          switch (field.number) {
                              case 1: return read_id(field, device.tenant.uuid);
                              case 2: return read_id(field, device.customer.uuid);
                              case 3: return read_id(field, device.device.uuid);
                              case 4: return read_text(field, device.name);
                              case 5: return read_text(field, device.type);
                              case 6: return read_bool(field, device.gateway);
                              case 7:
                                  return field.type == WireType::bytes &&
                                         read(field.bytes, [&](const Field& inner) {
                                             return read_profile(inner, *profile);
                                         });
                              default: return true;
                          }
                      });
    if (!fine || device.device.uuid == Uuid{}) return nullptr;
    device.profile = std::move(profile);
    return std::make_shared<const DeviceIdentity>(std::move(device));
}

CredentialsEntryPtr read_credentials(const Field& whole) {
    CredentialsEntry entry;
    const bool fine =
        whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
            switch (field.number) {
                case 1:
                    return read_enum(field, model::CredentialsType::lwm2m_credentials, entry.type);
                case 2:  return read_text(field, entry.value);
                case 3:  entry.identity = read_device(field); return entry.identity != nullptr;
                default: return true;
            }
        });
    if (!fine || !entry.identity) return nullptr;
    return std::make_shared<const CredentialsEntry>(std::move(entry));
}

// --- values ---

struct WriteValue {
    Writer& out;
    void operator()(bool value) { out.varint_field(2, value); }
    void operator()(std::int64_t value) { out.varint_field(3, proto::zigzag(value)); }
    void operator()(double value) { out.fixed64_field(4, std::bit_cast<std::uint64_t>(value)); }
    void operator()(const std::string& value) { out.bytes_field(5, value); }
    void operator()(const model::JsonText& value) { out.bytes_field(6, value.text); }
};

void write(Writer& out, std::string_view key, const model::Value& value, EpochMs last_update_ms) {
    text(out, 1, key);
    std::visit(WriteValue{out}, value);
    time(out, 7, last_update_ms);
}

std::optional<model::Attribute> read_value(const Field& whole) {
    model::Attribute got;
    bool has_value = false;
    const auto take = [&](model::Value value, bool right_type) {
        got.value = std::move(value);
        has_value = true;
        return right_type;
    };
    const bool fine = whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
                          const bool varint = field.type == WireType::varint,
                                     bytes = field.type == WireType::bytes;
                          switch (field.number) {
                              case 1: return read_text(field, got.key);
                              case 2: return take(field.integer != 0, varint);
                              case 3: return take(proto::unzigzag(field.integer), varint);
                              case 4:
                                  return take(std::bit_cast<double>(field.integer),
                                              field.type == WireType::fixed64);
                              case 5:  return take(std::string(field.bytes), bytes);
                              case 6:  return take(model::JsonText{std::string(field.bytes)}, bytes);
                              case 7:  return read_time(field, got.last_update_ms);
                              default: return true;
                          }
                      });
    if (!fine || !has_value) return std::nullopt;
    return got;
}

bool read_attribute(const Field& field, std::vector<model::Attribute>& into) {
    std::optional<model::Attribute> got = read_value(field);
    if (got) into.push_back(*std::move(got));
    return got.has_value();
}

// --- what several messages carry ---

void write(Writer& out, const SharedAttributes& message) {
    id(out, 1, message.device.uuid);
    for (const model::KeyValue& each : message.updated)
        out.message_field(2, [&](Writer& nested) { write(nested, each.key, each.value, 0); });
}
bool read_shared(const Field& whole, SharedAttributes& into) {
    return whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
               if (field.number == 1) return read_id(field, into.device.uuid);
               if (field.number != 2) return true;
               std::optional<model::Attribute> got = read_value(field);
               if (got) into.updated.push_back({std::move(got->key), std::move(got->value)});
               return got.has_value();
           });
}

void write(Writer& out, const SharedAttributesRemoved& message) {
    id(out, 1, message.device.uuid);
    texts(out, 2, message.keys);
}
bool read_removed(const Field& whole, SharedAttributesRemoved& into) {
    return whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
               if (field.number == 1) return read_id(field, into.device.uuid);
               if (field.number == 2) return read_texts(field, into.keys);
               return true;
           });
}

void write(Writer& out, const EntityChange& change) {
    integer(out, 1, static_cast<std::uint64_t>(change.kind));
    id(out, 2, change.tenant.uuid);
    integer(out, 3, static_cast<std::uint64_t>(change.entity.type));
    id(out, 4, change.entity.uuid);
    texts(out, 5, change.credentials_ids);
}
bool read_change(const Field& whole, EntityChange& into) {
    into.from_afar = true;
    return whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
               switch (field.number) {
                   case 1:  return read_enum(field, ChangeKind::credentials_updated, into.kind);
                   case 2:  return read_id(field, into.tenant.uuid);
                   case 3:  return read_enum(field, model::EntityType::api_key, into.entity.type);
                   case 4:  return read_id(field, into.entity.uuid);
                   case 5:  return read_texts(field, into.credentials_ids);
                   default: return true;
               }
           });
}

void write(Writer& out, const Greeting& greeting) { text(out, 1, greeting.node); }
void write(Writer& out, const ReportSessions& wish) {
    integer(out, 1, static_cast<std::uint64_t>(wish.partition));
}

// --- requests ---

void write(Writer& out, const ReadAttributes& ask) {
    id(out, 1, ask.device.uuid);
    integer(out, 2, ask.client_keys.has_value());
    if (ask.client_keys) texts(out, 3, *ask.client_keys);
    integer(out, 4, ask.shared_keys.has_value());
    if (ask.shared_keys) texts(out, 5, *ask.shared_keys);
}

bool read_asked(const Field& whole, ReadAttributes& into) {
    bool client = false, shared = false;
    std::vector<std::string> client_keys, shared_keys;
    const bool fine = whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
                          switch (field.number) {
                              case 1:  return read_id(field, into.device.uuid);
                              case 2:  return read_bool(field, client);
                              case 3:  return read_texts(field, client_keys);
                              case 4:  return read_bool(field, shared);
                              case 5:  return read_texts(field, shared_keys);
                              default: return true;
                          }
                      });
    if (client) into.client_keys = std::move(client_keys);
    if (shared) into.shared_keys = std::move(shared_keys);
    return fine;
}

struct WriteAsk {
    Writer& out;
    void operator()(const FindCredentials& ask) { out.bytes_field(4, ask.id); }
    void operator()(const FindDevice& ask) { out.uuid_field(5, ask.device.uuid); }
    void operator()(const ReadAttributes& ask) {
        out.message_field(6, [&](Writer& nested) { write(nested, ask); });
    }
};

struct WriteAnswer {
    Writer& out;
    void operator()(const NotFound&) {}
    void operator()(const Failure& failure) { out.bytes_field(2, failure.why); }
    void operator()(const CredentialsEntryPtr& entry) {
        out.message_field(3, [&](Writer& nested) {
            integer(nested, 1, static_cast<std::uint64_t>(entry->type));
            text(nested, 2, entry->value);
            nested.message_field(3, [&](Writer& device) { write(device, *entry->identity); });
        });
    }
    void operator()(const DeviceIdentityPtr& device) {
        out.message_field(4, [&](Writer& nested) { write(nested, *device); });
    }
    void operator()(const DeviceView& view) {
        out.message_field(5, [&](Writer& nested) {
            for (const model::Attribute& each : view.client)
                nested.message_field(
                    1, [&](Writer& one) { write(one, each.key, each.value, each.last_update_ms); });
            for (const model::Attribute& each : view.shared)
                nested.message_field(
                    2, [&](Writer& one) { write(one, each.key, each.value, each.last_update_ms); });
        });
    }
};

bool read_view(const Field& whole, DeviceView& into) {
    return whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
               if (field.number == 1) return read_attribute(field, into.client);
               if (field.number == 2) return read_attribute(field, into.shared);
               return true;
           });
}

bool read_answer(const Field& field, Answer& into) {
    switch (field.number) {
        case 2: return read_text(field, into.emplace<Failure>().why);
        case 3: {
            CredentialsEntryPtr entry = read_credentials(field);
            if (!entry) return false;
            into = std::move(entry);
            return true;
        }
        case 4: {
            DeviceIdentityPtr device = read_device(field);
            if (!device) return false;
            into = std::move(device);
            return true;
        }
        case 5:  return read_view(field, into.emplace<DeviceView>());
        default: return true;
    }
}

// --- reports ---

void write(Writer& out, const DeviceReport& report) {
    out.message_field(1, [&](Writer& nested) { write(nested, *report.device); });
    integer(out, 2, report.sessions);
    time(out, 3, report.connect_ms);
    time(out, 4, report.disconnect_ms);
    time(out, 5, report.activity_ms);
}
void write(Writer& out, const DeviceReports& reports) {
    text(out, 1, reports.service);
    for (const DeviceReport& each : reports.devices)
        out.message_field(2, [&](Writer& nested) { write(nested, each); });
}

bool read_report(const Field& whole, std::vector<DeviceReport>& into) {
    DeviceReport report;
    const bool fine = whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
                          switch (field.number) {
                              case 1:
                                  report.device = read_device(field);
                                  return report.device != nullptr;
                              case 2:
                                  report.sessions = static_cast<std::uint32_t>(field.integer);
                                  return field.type == WireType::varint;
                              case 3:  return read_time(field, report.connect_ms);
                              case 4:  return read_time(field, report.disconnect_ms);
                              case 5:  return read_time(field, report.activity_ms);
                              default: return true;
                          }
                      });
    if (!fine || !report.device) return false;
    into.push_back(std::move(report));
    return true;
}
bool read_reports(const Field& whole, DeviceReports& into) {
    return whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
               if (field.number == 1) return read_text(field, into.service);
               if (field.number == 2) return read_report(field, into.devices);
               return true;
           });
}

}  // namespace

std::string encode(const TransportRequest& request) {
    std::string bytes;
    Writer out(bytes);
    out.uuid_field(1, request.id);
    text(out, 2, request.reply_to);
    time(out, 3, request.expires_ms);
    std::visit(WriteAsk{out}, request.ask);
    return bytes;
}

Result<TransportRequest> decode_request(ByteSpan record) {
    TransportRequest request{};
    bool known = false;
    const bool fine = read(as_text(record), [&](const Field& field) {
        known = known || (field.number >= 4 && field.number <= 6);
        switch (field.number) {
            case 1:  return read_id(field, request.id);
            case 2:  return read_text(field, request.reply_to);
            case 3:  return read_time(field, request.expires_ms);
            case 4:  return read_text(field, request.ask.emplace<FindCredentials>().id);
            case 5:  return read_id(field, request.ask.emplace<FindDevice>().device.uuid);
            case 6:  return read_asked(field, request.ask.emplace<ReadAttributes>());
            default: return true;
        }
    });
    if (!fine || request.id == Uuid{} || request.reply_to.empty())
        return malformed("a request of a transport");
    if (!known) return unknown_kind("request");
    return request;
}

std::string encode(const TransportResponse& response) {
    std::string bytes;
    Writer out(bytes);
    out.uuid_field(1, response.request);
    std::visit(WriteAnswer{out}, response.answer);
    return bytes;
}

Result<TransportResponse> decode_response(ByteSpan record) {
    TransportResponse response{};
    const bool fine = read(as_text(record), [&](const Field& field) {
        return field.number == 1 ? read_id(field, response.request)
                                 : read_answer(field, response.answer);
    });
    if (!fine || response.request == Uuid{}) return malformed("a response to a transport");
    return response;
}

std::string encode(const Notification& notification) {
    std::string bytes;
    Writer out(bytes);
    // The alternatives have the numbers of the schema.
    std::visit(
        [&](const auto& what) {
            out.message_field(static_cast<std::uint32_t>(notification.index() + 1),
                              [&](Writer& nested) { write(nested, what); });
        },
        notification);
    return bytes;
}

Result<Notification> decode_notification(ByteSpan record) {
    Notification notification;
    bool known = false;
    const bool fine = read(as_text(record), [&](const Field& field) {
        known = known || (field.number >= 1 && field.number <= 5);
        switch (field.number) {
            case 1: {
                Greeting& greeting = notification.emplace<Greeting>();
                return field.type == WireType::bytes && read(field.bytes, [&](const Field& inner) {
                           return inner.number != 1 || read_text(inner, greeting.node);
                       });
            }
            case 2: return read_change(field, notification.emplace<EntityChange>());
            case 3: return read_shared(field, notification.emplace<SharedAttributes>());
            case 4: return read_removed(field, notification.emplace<SharedAttributesRemoved>());
            case 5: {
                ReportSessions& wish = notification.emplace<ReportSessions>();
                return field.type == WireType::bytes && read(field.bytes, [&](const Field& inner) {
                           if (inner.number == 1)
                               wish.partition =
                                   static_cast<queue::PartitionIndex>(inner.integer & 0x7FFFFFFF);
                           return true;
                       });
            }
            default: return true;
        }
    });
    if (!fine) return malformed("a notification");
    if (!known) return unknown_kind("notification");
    return notification;
}

std::string encode(const ToCore& message) {
    std::string bytes;
    Writer out(bytes);
    std::visit(
        [&](const auto& what) {
            out.message_field(static_cast<std::uint32_t>(message.index() + 1),
                              [&](Writer& nested) { write(nested, what); });
        },
        message);
    return bytes;
}

Result<ToCore> decode_to_core(ByteSpan record) {
    ToCore message;
    bool known = false;
    const bool fine = read(as_text(record), [&](const Field& field) {
        known = known || (field.number >= 1 && field.number <= 3);
        switch (field.number) {
            case 1:  return read_reports(field, message.emplace<DeviceReports>());
            case 2:  return read_shared(field, message.emplace<SharedAttributes>());
            case 3:  return read_removed(field, message.emplace<SharedAttributesRemoved>());
            default: return true;
        }
    });
    if (!fine) return malformed("a message to the owner of devices");
    if (!known) return unknown_kind("message to the owner of devices");
    return message;
}

std::string encode(const ServiceInfo& info) {
    std::string bytes;
    Writer out(bytes);
    text(out, 1, info.id);
    texts(out, 2, info.roles);
    text(out, 3, info.address);
    time(out, 4, info.started_ms);
    integer(out, 5, info.leaving);
    return bytes;
}

Result<ServiceInfo> decode_service_info(ByteSpan record) {
    ServiceInfo info;
    const bool fine = read(as_text(record), [&](const Field& field) {
        switch (field.number) {
            case 1:  return read_text(field, info.id);
            case 2:  return read_texts(field, info.roles);
            case 3:  return read_text(field, info.address);
            case 4:  return read_time(field, info.started_ms);
            case 5:  return read_bool(field, info.leaving);
            default: return true;
        }
    });
    if (!fine || info.id.empty()) return malformed("an announcement of a service");
    return info;
}

bool ServiceInfo::has_role(std::string_view role) const {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

bool ServiceInfo::is_transport() const {
    return std::any_of(roles.begin(), roles.end(),
                       [](const std::string& role) { return role != "node"; });
}

}  // namespace thingstead::core::cluster
