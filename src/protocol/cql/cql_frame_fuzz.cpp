// What decodes as a response is written back to a frame that decodes to the same value and is
// written the same for ever after; a frame is read alike however much follows it.
#include <cstdlib>

#include "base/bytes.h"
#include "protocol/cql/response.h"
#include "protocol/cql/response_writer.h"
#include "protocol/cql/token.h"
#include "protocol/cql/value.h"

namespace {

using namespace thingstead::cql;

void require(bool holds) {
    if (!holds) std::abort();
}

/// Every cell lies within the frame, and there are as many as announced.
void walk(const Rows& rows, std::string_view body) {
    RowCursor cursor(rows);
    std::int64_t seen = 0;
    while (cursor.next())
        for (std::int32_t i = 0; i < rows.column_count; ++i, ++seen) {
            const Cell cell = cursor.cell();
            if (!cell) continue;
            require(cell->empty() || (cell->data() >= body.data() &&
                                      cell->data() + cell->size() <= body.data() + body.size()));
            if (const auto list = read_text_list(cell)) require(list->size() * 4 <= cell->size());
            if (const auto map = read_text_map(cell)) require(map->size() * 8 <= cell->size());
            require(read_inet(cell).has_value() == (cell->size() == 4 || cell->size() == 16));
        }
    require(seen == std::int64_t{rows.row_count} * rows.column_count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t body_bytes_max = 1 << 20;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto frame = read_frame(input, body_bytes_max);
    if (!frame || !*frame) return 0;
    require((*frame)->size() <= size);
    const std::string alone(input.substr(0, (*frame)->size()));
    require(read_frame(alone, body_bytes_max).value().has_value());
    require(!read_frame(alone.substr(0, alone.size() - 1), body_bytes_max).value().has_value());
    murmur3_token((*frame)->body);

    const auto response = decode_response(**frame);
    if (!response) return 0;
    if (const Rows* rows = std::get_if<Rows>(&*response)) walk(*rows, (*frame)->body);
    std::string written, again;
    append_response(written, (*frame)->stream, *response);
    const auto second = read_frame(written, 64 * body_bytes_max);
    require(second && *second && (*second)->size() == written.size());
    const auto decoded = decode_response(**second);
    require(decoded && *decoded == *response);
    append_response(again, (*frame)->stream, *decoded);
    require(again == written);
    return 0;
}
