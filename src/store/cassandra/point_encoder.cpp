#include "store/cassandra/point_encoder.h"

#include <bit>
#include <cstring>

#include "base/bytes.h"
#include "model/entity_type.h"
#include "store/cassandra/statements.h"

namespace thingstead::store::cassandra {
namespace {

constexpr std::int32_t null_length = -1, unset_length = -2;
constexpr std::size_t columns = 5;

/// Writes forward into memory that is large enough.
class Cursor {
  public:
    explicit Cursor(char* at) : at_(at) {}
    char* at() const { return at_; }

    template <std::unsigned_integral T>
    void number(T value) {
        store_big(reinterpret_cast<std::byte*>(at_), value);
        at_ += sizeof value;
    }
    void length(std::int32_t value) { number(static_cast<std::uint32_t>(value)); }
    void bytes(std::string_view value) {
        std::memcpy(at_, value.data(), value.size());
        at_ += value.size();
    }
    void byte(bool value) { *at_++ = static_cast<char>(value); }
    void cell(std::string_view value) {
        length(static_cast<std::int32_t>(value.size()));
        bytes(value);
    }
    void bigint(std::int64_t value) {
        length(8);
        number(static_cast<std::uint64_t>(value));
    }
    void component(std::string_view value) {
        number(static_cast<std::uint16_t>(value.size()));
        bytes(value);
        *at_++ = '\0';
    }

  private:
    char* at_;
};

struct PutValue {
    Cursor& out;
    void operator()(bool v) const {
        out.length(1);
        out.byte(v);
    }
    void operator()(std::int64_t v) const { out.bigint(v); }
    void operator()(double v) const {
        out.length(8);
        out.number(std::bit_cast<std::uint64_t>(v));
    }
    void operator()(const std::string& v) const { out.cell(v); }
    void operator()(const model::JsonText& v) const { out.cell(v.text); }
};

std::size_t text_bytes(const model::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return text->size();
    if (const auto* json = std::get_if<model::JsonText>(&value)) return json->text.size();
    return 8;
}

}  // namespace

std::string directory_row(const model::EntityId& entity, std::string_view key,
                          std::int64_t partition) {
    cql::Values values;
    bind_series(values, entity, key);
    values.bigint(partition);
    return values.bytes();
}

cql::Token token_of_series(std::string_view cells) {
    std::string key;
    while (!cells.empty()) {
        const std::size_t size = load_big<std::uint32_t>(as_bytes(cells).data());
        cql::append_key_component(key, cells.substr(4, size));
        cells.remove_prefix(4 + size);
    }
    return cql::murmur3_token(key);
}

PointEncoder::PointEncoder(EncodedPoints& out, const PointsWrite& write,
                           std::optional<std::int32_t> ttl_s, std::int64_t write_time,
                           const Settings& settings)
    : out_(out),
      write_(write),
      ttl_s_(ttl_s),
      write_time_(write_time),
      others_(settings.write_nulls ? null_length : unset_length),
      partition_(partition_of(write.ts, settings.partitioning)) {
    const std::string_view type = model::wire_name(write.entity.type);
    const auto id = write.entity.uuid.bytes();
    TS_ASSERT(type.size() + id.size() + 8 <= sizeof entity_cells_);
    Cursor cells(entity_cells_), key(entity_key_);
    cells.cell(type);
    cells.cell(as_text(id));
    entity_bytes_ = static_cast<std::size_t>(cells.at() - entity_cells_);
    key.component(type);
    key.component(as_text(id));
    entity_key_bytes_ = static_cast<std::size_t>(key.at() - entity_key_);
}

void PointEncoder::add(const model::KeyValue& point) {
    constexpr std::size_t bigints = 3 * EncodedPoint::bigint_bytes;
    const std::size_t most =
        entity_bytes_ + point.key.size() + text_bytes(point.value) + bigints + 64;
    EncodedPoint& at = out_.points.emplace_back();
    at.begin = out_.text.size();
    at.history = write_.save_history;
    at.latest = write_.save_latest;
    out_.text.resize(at.begin + most);
    char* const begin = out_.text.data() + at.begin;
    const auto here = [&](const Cursor& cursor) {
        return static_cast<std::uint32_t>(cursor.at() - begin);
    };
    // The partition key first, in the same place: its token is all that is kept of it.
    Cursor key(begin);
    key.bytes({entity_key_, entity_key_bytes_});
    key.component(point.key);
    key.number(std::uint16_t{8});
    key.number(static_cast<std::uint64_t>(partition_));
    key.byte(false);
    at.token = cql::murmur3_token({begin, here(key)});

    Cursor row(begin);
    row.bytes({entity_cells_, entity_bytes_});
    at.key = here(row);
    row.cell(point.key);
    at.partition = here(row);
    row.bigint(partition_);
    row.bigint(write_.ts);
    const std::size_t column = column_of(point.value);
    for (std::size_t i = 0; i < columns; ++i)
        if (i == column)
            std::visit(PutValue{row}, point.value);
        else
            row.length(others_);
    at.ttl = here(row);
    if (ttl_s_) {
        row.length(4);
        row.number(static_cast<std::uint32_t>(*ttl_s_));
    } else {
        row.length(unset_length);
    }
    row.bigint(write_time_++);
    at.bytes = here(row);
    TS_ASSERT(at.bytes <= most);
    out_.text.resize(at.begin + at.bytes);
}

}  // namespace thingstead::store::cassandra
