// Arbitrary bytes as a segment file: recovery repairs them or names the damage; what it keeps are
// records that encode to the very bytes of the file, and a second look changes nothing.
#include "queue/log/memory_file.h"
#include "queue/log/segment.h"

namespace {

using namespace thingstead;
using namespace thingstead::queue;
using namespace thingstead::queue::log;

/// Encodes every frame of the repaired file again, from what its records say.
void check_frames(ByteSpan bytes, const SegmentHeader& header, const Recovered& found) {
    std::uint64_t at = segment_header_bytes;
    Offset offset = header.base;
    while (at < found.end_at) {
        const auto frame = decode_frame_header(bytes.subspan(at), header.id);
        TS_ASSERT(frame && frame->base == offset);
        std::byte head[frame_header_bytes];
        encode(*frame, header.id, head);
        TS_ASSERT(std::memcmp(head, bytes.data() + at, sizeof head) == 0);
        at += frame_header_bytes;
        for (std::uint32_t i = 0; i < frame->count; ++i, ++offset) {
            const auto record = decode_record(offset, bytes.subspan(at));
            TS_ASSERT(record.has_value());
            std::vector<std::byte> again(record->bytes());
            encode_record(offset, record->stored_key, record->value, again.data(), record->headed);
            TS_ASSERT(std::memcmp(again.data(), bytes.data() + at, again.size()) == 0);
            at += again.size();
        }
    }
    TS_ASSERT(at == found.end_at && offset == found.end);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteSpan input(reinterpret_cast<const std::byte*>(data), size);
    std::vector<std::byte> bytes(input.begin(), input.end());
    SegmentHeader header;  // the fuzzer cannot guess checksums: inputs without a header get this
    if (const auto decoded = decode_segment_header(input)) {
        header = *decoded;
    } else {
        bytes.insert(bytes.begin(), segment_header_bytes, std::byte{0});
    }
    MemoryFile file(bytes);
    const Result<Recovered> found = recover_segment(file, "input", header);
    if (!found) {
        TS_ASSERT(found.error().code == ErrorCode::unavailable && file.bytes() == bytes);
        return 0;
    }
    check_frames(file.bytes(), header, *found);
    const Result<Recovered> again = recover_segment(file, "input", header);
    TS_ASSERT(again && again->end == found->end && again->cut_bytes == 0);
    return 0;
}
