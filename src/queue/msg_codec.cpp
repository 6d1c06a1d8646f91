#include "queue/msg_codec.h"

#include "base/proto_wire.h"

namespace thingstead::queue {
namespace {

using model::Msg;
using model::QueuedMsg;

void write_text(proto::Writer& out, std::uint32_t number, std::string_view text) {
    if (!text.empty()) out.bytes_field(number, text);
}

void write_integer(proto::Writer& out, std::uint32_t number, std::uint64_t value) {
    if (value != 0) out.varint_field(number, value);
}

void write_msg(proto::Writer& out, const Msg& msg) {
    out.uuid_field(1, msg.id);
    write_integer(out, 2, proto::zigzag(msg.ts));
    write_text(out, 3, msg.type);
    write_integer(out, 4, static_cast<std::uint64_t>(msg.originator.type));
    out.uuid_field(5, msg.originator.uuid);
    if (msg.customer) out.uuid_field(6, msg.customer->uuid);
    for (const auto& [key, value] : msg.metadata)
        out.message_field(7, [&](proto::Writer& entry) {
            write_text(entry, 1, key);
            write_text(entry, 2, value);
        });
    write_integer(out, 8, static_cast<std::uint64_t>(msg.data_type));
    write_text(out, 9, msg.data);
    if (msg.rule_chain) out.uuid_field(10, msg.rule_chain->uuid);
    if (msg.rule_node) out.uuid_field(11, msg.rule_node->uuid);
    if (msg.correlation) out.uuid_field(12, *msg.correlation);
    write_integer(out, 13, static_cast<std::uint64_t>(msg.node_executions));
    for (const model::ChainReturn& each : msg.stack)
        out.message_field(14, [&](proto::Writer& entry) {
            entry.uuid_field(1, each.rule_chain.uuid);
            entry.uuid_field(2, each.rule_node.uuid);
        });
    for (const model::CalculatedFieldId& each : msg.calculated_by) out.uuid_field(15, each.uuid);
}

/// Calls `take(field)` for each field; false if the message is malformed or `take` refuses one.
template <class Take>
bool read_fields(std::string_view bytes, Take take) {
    proto::Reader reader(bytes);
    while (const std::optional<proto::Field> field = reader.next())
        if (!take(*field)) return false;
    return !reader.failed();
}

bool read_uuid(const proto::Field& field, Uuid& into) {
    const std::optional<Uuid> id = field.uuid();
    if (id) into = *id;
    return id.has_value();
}

bool read_entry(std::string_view bytes, model::Metadata& metadata) {
    std::string_view key, value;
    const bool whole = read_fields(bytes, [&](const proto::Field& field) {
        if (field.number == 1) key = field.bytes;
        if (field.number == 2) value = field.bytes;
        return true;
    });
    if (whole) metadata.put(key, value);
    return whole;
}

bool read_return(std::string_view bytes, std::vector<model::ChainReturn>& stack) {
    model::ChainReturn each;
    const bool whole = read_fields(bytes, [&](const proto::Field& field) {
        if (field.number == 1) return read_uuid(field, each.rule_chain.uuid);
        if (field.number == 2) return read_uuid(field, each.rule_node.uuid);
        return true;
    });
    if (whole) stack.push_back(each);
    return whole;
}

bool read_msg_field(const proto::Field& field, Msg& msg) {
    switch (field.number) {
        case 1: return read_uuid(field, msg.id);
        case 2: msg.ts = proto::unzigzag(field.integer); return true;
        case 3: msg.type = field.bytes; return true;
        case 4:
            if (field.integer > static_cast<std::uint64_t>(model::entity_type_last)) return false;
            msg.originator.type = static_cast<model::EntityType>(field.integer);
            return true;
        case 5: return read_uuid(field, msg.originator.uuid);
        case 6: return read_uuid(field, msg.customer.emplace().uuid);
        case 7: return read_entry(field.bytes, msg.metadata);
        case 8:
            if (field.integer > static_cast<std::uint64_t>(model::DataType::binary)) return false;
            msg.data_type = static_cast<model::DataType>(field.integer);
            return true;
        case 9:  msg.data = field.bytes; return true;
        case 10: return read_uuid(field, msg.rule_chain.emplace().uuid);
        case 11: return read_uuid(field, msg.rule_node.emplace().uuid);
        case 12: return read_uuid(field, msg.correlation.emplace());
        case 13:
            msg.node_executions = static_cast<std::int32_t>(field.integer & 0x7FFFFFFF);
            return true;
        case 14: return read_return(field.bytes, msg.stack);
        case 15: return read_uuid(field, msg.calculated_by.emplace_back().uuid);
        default: return true;
    }
}

}  // namespace

void encode(const QueuedMsg& queued, std::string& out) {
    proto::Writer writer(out);
    writer.uuid_field(1, queued.tenant.uuid);
    writer.message_field(2, [&](proto::Writer& msg) { write_msg(msg, queued.msg); });
    for (const std::string& relation : queued.relations) writer.bytes_field(3, relation);
    write_text(writer, 4, queued.failure);
}

Result<QueuedMsg> decode_queued_msg(ByteSpan record) {
    QueuedMsg queued;
    bool has_tenant = false, has_msg = false;
    const bool whole = read_fields(as_text(record), [&](const proto::Field& field) {
        switch (field.number) {
            case 1: has_tenant = true; return read_uuid(field, queued.tenant.uuid);
            case 2:
                has_msg = true;
                return read_fields(field.bytes, [&](const proto::Field& inner) {
                    return read_msg_field(inner, queued.msg);
                });
            case 3:  queued.relations.emplace_back(field.bytes); return true;
            case 4:  queued.failure = field.bytes; return true;
            default: return true;
        }
    });
    if (!whole || !has_tenant || !has_msg)
        return Error{ErrorCode::malformed, "record is not a rule-engine message"};
    return queued;
}

}  // namespace thingstead::queue
