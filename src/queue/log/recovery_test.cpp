// What is left of the newest segment after its end was torn at every byte, or its middle damaged.
#include <gtest/gtest.h>

#include <cstring>

#include "queue/log/log_testing.h"
#include "queue/log/memory_file.h"
#include "queue/log/segment.h"

namespace thingstead::queue::log {
namespace {

/// A segment of three commits; `ends[i]` is the byte behind record i.
struct Sample {
    Sample() {
        header.topic = "t";
        header.partition = 1;
        header.base = 100;
        header.created_ms = 1'700'000'000'000;
        header.id = 0x1122334455667788;
        bytes.resize(segment_header_bytes);
        encode(header, std::span<std::byte, segment_header_bytes>(bytes));
        add_frame({"first", "second, a little longer"}, 100);
        add_frame({"third"}, 102);
        add_frame({"fourth", "", "sixth"}, 103);
        end = bytes.size();
        bytes.resize(end + 300);  // preallocated
    }
    void add_frame(const std::vector<std::string>& values, Offset synced) {
        const std::size_t at = bytes.size();
        frames.push_back(at);
        FrameHeader frame;
        frame.base = header.base + static_cast<Offset>(ends.size());
        frame.synced = synced;
        frame.time_ms = 1'700'000'000'000 + frame.base;
        bytes.resize(at + frame_header_bytes);
        for (const std::string& value : values) {
            const std::size_t record = bytes.size();
            bytes.resize(record + record_bytes(3, value.size()));
            encode_record(frame.base + frame.count, as_bytes("key"), as_bytes(value),
                          bytes.data() + record);
            ++frame.count;
            ends.push_back(bytes.size());
        }
        frame.records_bytes = static_cast<std::uint32_t>(bytes.size() - at - frame_header_bytes);
        encode(frame, header.id,
               std::span<std::byte, frame_header_bytes>(bytes.data() + at, frame_header_bytes));
    }
    /// Records that are whole if the bytes from `cut` on are lost.
    Offset records_before(std::size_t cut) const {
        Offset whole = 0;
        for (const std::size_t record_end : ends) whole += record_end <= cut;
        return whole;
    }

    SegmentHeader header;
    std::vector<std::byte> bytes;
    std::vector<std::size_t> frames;
    std::vector<std::size_t> ends;
    std::size_t end = 0;
};

/// Recovers, and checks that a second look finds nothing to repair and the same end.
Result<Recovered> recover_twice(MemoryFile& file, const SegmentHeader& header) {
    const Result<Recovered> first = recover_segment(file, "file", header);
    if (!first) return first;
    const Result<Recovered> second = recover_segment(file, "file", header);
    EXPECT_TRUE(second.has_value());
    if (second) {
        EXPECT_EQ(second->end, first->end);
        EXPECT_EQ(second->end_at, first->end_at);
        EXPECT_EQ(second->cut_bytes, 0u);
    }
    return first;
}

TEST(Recovery, FindsTheEndOfAWholeSegment) {
    Sample sample;
    MemoryFile file(sample.bytes);
    const Result<Recovered> found = recover_segment(file, "file", sample.header);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->end, 106);
    EXPECT_EQ(found->records, 6u);
    EXPECT_EQ(found->end_at, sample.end);
    EXPECT_EQ(found->cut_bytes, 0u);
    EXPECT_EQ(found->time_ms, 1'700'000'000'103);
    EXPECT_EQ(file.bytes(), sample.bytes);  // nothing was touched
}

TEST(Recovery, CutsATruncatedEndAtEveryByte) {
    for (std::size_t cut = segment_header_bytes; cut <= Sample().end; ++cut) {
        Sample sample;
        sample.bytes.resize(cut);
        MemoryFile file(sample.bytes);
        const Result<Recovered> found = recover_twice(file, sample.header);
        ASSERT_TRUE(found.has_value()) << cut << ": " << found.error().message;
        EXPECT_EQ(found->end, 100 + sample.records_before(cut)) << cut;
    }
}

TEST(Recovery, CutsAnEndOfZerosAtEveryByte) {
    for (std::size_t cut = segment_header_bytes; cut <= Sample().end; ++cut) {
        Sample sample;
        std::fill(sample.bytes.begin() + static_cast<std::ptrdiff_t>(cut), sample.bytes.end(),
                  std::byte{0});
        MemoryFile file(sample.bytes);
        const Result<Recovered> found = recover_twice(file, sample.header);
        ASSERT_TRUE(found.has_value()) << cut << ": " << found.error().message;
        // The last byte of a record may be a zero by itself: then the record is whole.
        EXPECT_GE(found->end, 100 + sample.records_before(cut)) << cut;
        EXPECT_LE(found->end, 100 + sample.records_before(cut + 3)) << cut;
        EXPECT_GE(found->cut_bytes + found->end_at, std::min(found->end_at, std::uint64_t{cut}));
    }
}

TEST(Recovery, CutsAnEndOfGarbageAtEveryByte) {
    for (std::size_t cut = segment_header_bytes; cut < Sample().end; ++cut) {
        Sample sample;
        for (std::size_t i = cut; i < sample.bytes.size(); ++i)
            sample.bytes[i] ^= static_cast<std::byte>(0x5A + i % 7);
        MemoryFile file(sample.bytes);
        const Result<Recovered> found = recover_twice(file, sample.header);
        ASSERT_TRUE(found.has_value()) << cut << ": " << found.error().message;
        EXPECT_EQ(found->end, 100 + sample.records_before(cut)) << cut;
        EXPECT_GE(found->cut_bytes, sample.bytes.size() - cut) << cut;
        EXPECT_EQ(file.bytes().size(), found->end_at) << cut;
    }
}

TEST(Recovery, NamesDamageBelowWhatALaterCommitKnewToBeDurable) {
    const Sample whole;
    for (std::size_t at = segment_header_bytes; at < whole.frames[2]; ++at) {
        Sample sample;
        sample.bytes[at] ^= std::byte{0x10};
        MemoryFile file(sample.bytes);
        const auto before = file.bytes();
        const Result<Recovered> found = recover_segment(file, "the/file", sample.header);
        ASSERT_TRUE(found.has_error()) << at;
        EXPECT_EQ(found.error().code, ErrorCode::unavailable);
        EXPECT_NE(found.error().message.find("the/file at byte "), std::string::npos);
        EXPECT_EQ(file.bytes(), before) << "damage was not left as it is";
    }
}

TEST(Recovery, CutsACommitWhosePiecesReachedTheDiskOutOfOrder) {
    // Two frames of one commit: neither was acknowledged, and only the second arrived.
    Sample sample;
    sample.bytes.resize(sample.end);
    sample.add_frame({"seventh"}, 106);
    sample.add_frame({"eighth"}, 106);
    sample.bytes.resize(sample.bytes.size() + 50);
    sample.bytes[sample.frames[3] + frame_header_bytes + 5] ^= std::byte{1};
    MemoryFile file(sample.bytes);
    const Result<Recovered> found = recover_twice(file, sample.header);
    ASSERT_TRUE(found.has_value()) << found.error().message;
    EXPECT_EQ(found->end, 106);
    EXPECT_EQ(found->end_at, sample.end);
}

TEST(Recovery, DoesNotBelieveFramesOfAnotherSegment) {
    Sample sample;
    SegmentHeader other = sample.header;
    other.id ^= 1;  // as if the blocks had belonged to another file before
    MemoryFile file(sample.bytes);
    const Result<Recovered> found = recover_twice(file, other);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->end, 100);
    EXPECT_EQ(found->cut_bytes, sample.end - segment_header_bytes);
}

TEST(SegmentHeader, ReadsBackAndRefusesEveryFlippedByte) {
    const Sample sample;
    const ByteSpan bytes = ByteSpan(sample.bytes).first(segment_header_bytes);
    ASSERT_TRUE(decode_segment_header(bytes).has_value());
    EXPECT_EQ(decode_segment_header(bytes).value(), sample.header);
    std::vector<std::byte> copy(bytes.begin(), bytes.end());
    for (std::size_t i = 0; i < copy.size(); ++i) {
        copy[i] ^= std::byte{0x40};
        EXPECT_FALSE(decode_segment_header(copy).has_value()) << i;
        copy[i] ^= std::byte{0x40};
    }
    EXPECT_FALSE(decode_segment_header(bytes.first(4095)).has_value());
}

TEST(SegmentNames, AreTheirFirstOffsets) {
    EXPECT_EQ(segment_path("d", 42), "d/00000000000000000042.seg");
    EXPECT_EQ(segment_base("00000000000000000042.seg"), 42);
    EXPECT_EQ(segment_base("42.seg"), std::nullopt);
    EXPECT_EQ(segment_base("0000000000000000004x.seg"), std::nullopt);
    EXPECT_EQ(segment_base("99999999999999999999.seg"), std::nullopt);
    EXPECT_EQ(segment_base("00000000000000000042.seg.tmp"), std::nullopt);
}

/// The whole queue over a file whose end is torn, byte by byte.
TEST(LogQueueRecovery, CutsTheTornEndOfAFileCountsAndGoesOn) {
    LogStorage storage;
    std::uint64_t tear = 1;
    for (int round = 0; round < 60; ++round, tear += 7) {
        std::error_code gone;
        std::filesystem::remove_all(storage.directory.path() + "/topics", gone);
        {
            const auto queue = storage.open();
            ASSERT_TRUE(queue->open_topic({.name = "t", .partitions = 1}).has_value());
            Ear ear;
            auto producer = queue->open_producer("t", ear.events());
            for (int i = 0; i < 20; ++i)
                ASSERT_TRUE((*producer)->append(0, {}, as_bytes("0123456789")));
            ASSERT_TRUE(ear.wait_for(20));
        }
        const std::string file = storage.segments().back();
        std::filesystem::resize_file(file, std::filesystem::file_size(file) - tear);
        const auto queue = storage.open();
        const Result<> opened = queue->open_topic({.name = "t", .partitions = 1});
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        const auto consumer = queue->open_consumer("t", "g", 0);
        const Offset left = (*consumer)->end();
        EXPECT_LT(left, 20);
        EXPECT_GE(left, 20 - static_cast<Offset>(tear / 22 + tear / 62 + 2));
        Ear ear;
        auto producer = queue->open_producer("t", ear.events());
        ASSERT_TRUE((*producer)->append(0, {}, as_bytes("after")));
        ASSERT_TRUE(ear.wait_for(1));
        (*consumer)->seek(left);
        const auto batch = (*consumer)->poll(10, 1000, Ear::patience);
        ASSERT_TRUE(batch.has_value() && *batch);
        EXPECT_EQ((*batch)->records().front().offset, left);
        EXPECT_EQ(as_text((*batch)->records().front().value), "after");
    }
    EXPECT_GE(storage.memory_log.lines->count("queue.log.cut"), 1u);
}

}  // namespace
}  // namespace thingstead::queue::log
