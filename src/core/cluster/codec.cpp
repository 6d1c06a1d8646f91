#include <algorithm>

#include "core/cluster/codec_fields.h"
#include "core/cluster/device_codec.h"
#include "core/cluster/messages.h"

namespace thingstead::core::cluster {
namespace {

using namespace codec;  // NOLINT(google-build-using-namespace): this file is that.

using codec::write;

// --- values ---

bool read_attribute(const Field& field, std::vector<model::Attribute>& into) {
    std::optional<model::Attribute> got = read_value(field);
    if (got) into.push_back(*std::move(got));
    return got.has_value();
}

// --- what several messages carry ---

void write(Writer& out, const SharedAttributes& message) {
    id(out, 1, message.device.uuid);
    for (const model::KeyValue& each : message.updated)
        out.message_field(2, [&](Writer& nested) { write_value(nested, each.key, each.value, 0); });
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
    time(out, 6, change.credentials_version);
}
bool read_change(const Field& whole, EntityChange& into) {
    into.from_afar = true;
    return whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
               switch (field.number) {
                   case 1:  return read_enum(field, ChangeKind::session_ended, into.kind);
                   case 2:  return read_id(field, into.tenant.uuid);
                   case 3:  return read_enum(field, model::entity_type_last, into.entity.type);
                   case 4:  return read_id(field, into.entity.uuid);
                   case 5:  return read_texts(field, into.credentials_ids);
                   case 6:  return read_time(field, into.credentials_version);
                   default: return true;
               }
           });
}

void write(Writer& out, const Greeting& greeting) { text(out, 1, greeting.node); }
void write(Writer& out, const ReportSessions& wish) {
    integer(out, 1, static_cast<std::uint64_t>(wish.partition));
}

// --- live values ---

void write(Writer& out, const model::EntityId& entity) {
    integer(out, 1, static_cast<std::uint64_t>(entity.type));
    id(out, 2, entity.uuid);
}
bool read_entity(const Field& whole, model::EntityId& into) {
    return whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
               if (field.number == 1) return read_enum(field, model::entity_type_last, into.type);
               if (field.number == 2) return read_id(field, into.uuid);
               return true;
           });
}

void write(Writer& out, const Interests& interests) {
    text(out, 1, interests.node);
    integer(out, 2, interests.number);
    integer(out, 3, interests.all);
    for (const model::EntityId& each : interests.begun)
        out.message_field(4, [&](Writer& nested) { write(nested, each); });
    for (const model::EntityId& each : interests.ended)
        out.message_field(5, [&](Writer& nested) { write(nested, each); });
    integer(out, 6, interests.more);
}
bool read_interests(const Field& whole, Interests& into) {
    return whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
               switch (field.number) {
                   case 1:  return read_text(field, into.node);
                   case 2:  return read_number(field, into.number);
                   case 3:  return read_bool(field, into.all);
                   case 4:  return read_entity(field, into.begun.emplace_back());
                   case 5:  return read_entity(field, into.ended.emplace_back());
                   case 6:  return read_bool(field, into.more);
                   default: return true;
               }
           });
}

void write(Writer& out, const InterestsTaken& taken) {
    text(out, 1, taken.node);
    integer(out, 2, taken.number);
}
bool read_taken(const Field& whole, InterestsTaken& into) {
    return whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
               if (field.number == 1) return read_text(field, into.node);
               if (field.number == 2) return read_number(field, into.number);
               return true;
           });
}

void write(Writer& out, const EntityUpdates& message) {
    out.message_field(1, [&](Writer& nested) { write(nested, message.entity); });
    integer(out, 2, static_cast<std::uint64_t>(message.kind));
    if (message.scope) integer(out, 3, static_cast<std::uint64_t>(*message.scope));
    for (const Update& each : message.updates)
        out.message_field(4, [&](Writer& nested) {
            if (each.value)
                write_value(nested, each.key, *each.value, each.ts);
            else
                write_key(nested, each.key, each.ts);
        });
}
bool read_scope(const Field& field, std::optional<model::AttributeScope>& into) {
    model::AttributeScope scope{};
    if (!read_enum(field, model::AttributeScope::shared, scope)) return false;
    if (field.integer != 0) into = scope;
    return true;
}
bool read_update(const Field& whole, std::vector<Update>& into) {
    Named got;
    if (!read_named(whole, got)) return false;
    Update& update = into.emplace_back(
        Update{std::move(got.attribute.key), got.attribute.last_update_ms, std::nullopt});
    if (got.has_value) update.value = std::move(got.attribute.value);
    return true;
}
bool read_updates(const Field& whole, EntityUpdates& into) {
    return whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
               switch (field.number) {
                   case 1:  return read_entity(field, into.entity);
                   case 2:  return read_enum(field, SubscriptionKind::attributes, into.kind);
                   case 3:  return read_scope(field, into.scope);
                   case 4:  return read_update(field, into.updates);
                   default: return true;
               }
           });
}

// --- answers of rule chains ---

void write(Writer& out, const UserReply& reply) {
    id(out, 1, reply.tenant.uuid);
    id(out, 2, reply.request);
    text(out, 3, reply.data);
}
bool read_user_reply(const Field& whole, UserReply& into) {
    return whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
               switch (field.number) {
                   case 1:  return read_id(field, into.tenant.uuid);
                   case 2:  return read_id(field, into.request);
                   case 3:  return read_text(field, into.data);
                   default: return true;
               }
           });
}

void write(Writer& out, const DeviceReply& reply) {
    id(out, 1, reply.device.uuid);
    id(out, 2, reply.session);
    time(out, 3, reply.request_id);
    text(out, 4, reply.data);
}
bool read_device_reply(const Field& whole, DeviceReply& into) {
    EpochMs request_id = 0;
    const bool fine = whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
                          switch (field.number) {
                              case 1:  return read_id(field, into.device.uuid);
                              case 2:  return read_id(field, into.session);
                              case 3:  return read_time(field, request_id);
                              case 4:  return read_text(field, into.data);
                              default: return true;
                          }
                      });
    into.request_id = static_cast<std::int32_t>(request_id);
    return fine && into.request_id == request_id;
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
        out.message_field(3, [&](Writer& nested) { write(nested, *entry); });
    }
    void operator()(const DeviceIdentityPtr& device) {
        out.message_field(4, [&](Writer& nested) { write(nested, *device); });
    }
    void operator()(const DeviceView& view) {
        out.message_field(5, [&](Writer& nested) {
            for (const model::Attribute& each : view.client)
                nested.message_field(1, [&](Writer& one) {
                    write_value(one, each.key, each.value, each.last_update_ms);
                });
            for (const model::Attribute& each : view.shared)
                nested.message_field(2, [&](Writer& one) {
                    write_value(one, each.key, each.value, each.last_update_ms);
                });
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
        known = known || (field.number >= 1 && field.number <= 10);
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
            case 6:  return read_interests(field, notification.emplace<Interests>());
            case 7:  return read_taken(field, notification.emplace<InterestsTaken>());
            case 8:  return read_updates(field, notification.emplace<EntityUpdates>());
            case 9:  return read_user_reply(field, notification.emplace<UserReply>());
            case 10: return read_device_reply(field, notification.emplace<DeviceReply>());
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
