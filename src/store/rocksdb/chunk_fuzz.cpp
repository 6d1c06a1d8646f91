// Any bytes: the decoder refuses them or gives points that, encoded again, decode to the same.
// The first 8 bytes of the input are the first ts, the rest is the body.
#include <cstdint>
#include <cstdlib>

#include "store/rocksdb/chunk.h"

using namespace thingstead;
using namespace thingstead::store::rocks;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteSpan in(reinterpret_cast<const std::byte*>(data), size);
    if (in.size() < 8) return 0;
    const auto first = static_cast<EpochMs>(load_big<std::uint64_t>(in.data()));
    Points points;
    if (!decode_chunk(first, in.subspan(8), points)) return 0;
    const auto header = read_chunk_header(in.subspan(8));
    require(header && header->points == points.size() && points.settled());
    require(points.cells().front().ts == first);
    require(points.cells().back().ts - first == header->span_ms);
    require(chunk_cut(points.cells()) == points.size());

    const std::string body = encode_chunk(points, points.cells());
    Points back;
    require(decode_chunk(first, as_bytes(body), back).has_value());
    require(back.size() == points.size());
    for (std::size_t i = 0; i < back.size(); ++i) {
        const Cell &a = points.cells()[i], &b = back.cells()[i];
        require(a.ts == b.ts && a.kind == b.kind && a.expiry_s == b.expiry_s);
        require(is_text(a.kind) ? points.text_of(a) == back.text_of(b) : a.bits == b.bits);
    }
    return 0;
}
