// Fields of the messages between processes, written and read; used by the codecs of this part.
#pragma once
#include <bit>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/proto_wire.h"
#include "base/uuid.h"
#include "model/ids.h"
#include "model/kv.h"

namespace thingstead::core::cluster::codec {

using proto::Field;
using proto::WireType;
using proto::Writer;

// --- fields; those of default value are left out ---

inline void text(Writer& out, std::uint32_t number, std::string_view value) {
    if (!value.empty()) out.bytes_field(number, value);
}
inline void integer(Writer& out, std::uint32_t number, std::uint64_t value) {
    if (value != 0) out.varint_field(number, value);
}
inline void time(Writer& out, std::uint32_t number, EpochMs value) {
    integer(out, number, proto::zigzag(value));
}
inline void id(Writer& out, std::uint32_t number, const Uuid& value) {
    if (value != Uuid{}) out.uuid_field(number, value);
}
inline void texts(Writer& out, std::uint32_t number, const std::vector<std::string>& values) {
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
inline bool read_id(const Field& field, Uuid& into) {
    const std::optional<Uuid> got = field.uuid();
    if (got) into = *got;
    return got.has_value();
}
template <class T>
bool read_text(const Field& field, T& into) {
    into = field.bytes;
    return field.type == WireType::bytes;
}
inline bool read_texts(const Field& field, std::vector<std::string>& into) {
    into.emplace_back(field.bytes);
    return field.type == WireType::bytes;
}
inline bool read_time(const Field& field, EpochMs& into) {
    into = proto::unzigzag(field.integer);
    return field.type == WireType::varint;
}
inline bool read_number(const Field& field, std::uint64_t& into) {
    into = field.integer;
    return field.type == WireType::varint;
}
inline bool read_bool(const Field& field, bool& into) {
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

inline Error malformed(const char* what) {
    return {ErrorCode::malformed, std::string("record is not ") + what};
}
inline Error unknown_kind(const char* what) {
    return {ErrorCode::unsupported, std::string("unknown kind of ") + what};
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

inline void write_key(Writer& out, std::string_view key, EpochMs last_update_ms) {
    text(out, 1, key);
    time(out, 7, last_update_ms);
}
inline void write_value(Writer& out, std::string_view key, const model::Value& value,
                        EpochMs last_update_ms) {
    std::visit(WriteValue{out}, value);
    write_key(out, key, last_update_ms);
}

/// A key with a value, or, where the sender says that the key is gone, without.
struct Named {
    model::Attribute attribute;
    bool has_value = false;
};

/// False: malformed.
inline bool read_named(const Field& whole, Named& into) {
    model::Attribute& got = into.attribute;
    const auto take = [&](model::Value value, bool right_type) {
        got.value = std::move(value);
        into.has_value = true;
        return right_type;
    };
    return whole.type == WireType::bytes && read(whole.bytes, [&](const Field& field) {
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
}

inline std::optional<model::Attribute> read_value(const Field& whole) {
    Named got;
    if (!read_named(whole, got) || !got.has_value) return std::nullopt;
    return std::move(got.attribute);
}

}  // namespace thingstead::core::cluster::codec
