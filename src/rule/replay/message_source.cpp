#include "rule/replay/message_source.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "core/calculated_field/saved_field.h"
#include "queue/msg_codec.h"

namespace thingstead::rule {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t source_records_max = 500;
constexpr std::size_t source_bytes_max = 1u << 20;
constexpr auto source_wait = 250ms;
constexpr int source_tries = 4;  ///< A broker may take a moment until the first records come.

/// What nodes tell of what they changed; users' changes have their `userId` with them.
constexpr std::array<std::string_view, 7> notice_types{model::msg_type::entity_created,
                                                       model::msg_type::entity_updated,
                                                       model::msg_type::attributes_updated,
                                                       model::msg_type::attributes_deleted,
                                                       model::msg_type::timeseries_updated,
                                                       "ALARM",
                                                       "CALCULATED_FIELD_VALUES"};

}  // namespace

bool made_by_chains(const model::Msg& msg) {
    if (msg.rule_node || !msg.calculated_by.empty()) return true;
    // Fields are as they are now all the time.
    if (msg.type == core::field_saved_type) return true;
    return std::find(notice_types.begin(), notice_types.end(), msg.type) != notice_types.end() &&
           !msg.metadata.find("userId");
}

Result<MessageSource> MessageSource::open(queue::Queue& queue,
                                          const std::vector<std::string>& topics, EpochMs start_ms,
                                          EpochMs end_ms) {
    MessageSource source;
    source.end_ms_ = end_ms;
    for (const std::string& topic : topics) {
        const Result<queue::PartitionIndex> partitions = queue.partitions(topic);
        if (!partitions) continue;
        for (queue::PartitionIndex each = 0; each < *partitions; ++each) {
            auto reader = queue.open_reader(topic, each);
            if (!reader) return reader.error();
            Lane lane{*std::move(reader)};
            lane.end = lane.reader->end();
            lane.over = lane.end == 0;
            lane.reader->seek_time(start_ms);
            source.lanes_.push_back(std::move(lane));
        }
    }
    if (source.lanes_.empty())
        return Error{ErrorCode::not_found, "The queue of the rule engine is not open here!"};
    return source;
}

/// Reads on if the lane has no record left; it is over at its end, or behind the window.
Result<> MessageSource::fill(Lane& lane) const {
    for (int tries = 0; !lane.over && !lane.has_record(); ++tries) {
        auto batch = lane.reader->poll(source_records_max, source_bytes_max, source_wait);
        if (!batch) return batch.error();
        lane.batch = *std::move(batch);
        lane.at = 0;
        if (!lane.batch && tries + 1 == source_tries) lane.over = true;
    }
    if (lane.over) return {};
    lane.over = lane.record().offset >= lane.end || lane.record().appended_ms >= end_ms_;
    return {};
}

Result<std::optional<StoredMessage>> MessageSource::next() {
    Lane* first = nullptr;
    for (Lane& lane : lanes_) {
        if (Result<> filled = fill(lane); !filled) return filled.error();
        if (lane.over) continue;
        if (!first || lane.record().appended_ms < first->record().appended_ms) first = &lane;
    }
    if (!first) return std::optional<StoredMessage>();
    StoredMessage stored;
    const queue::Record& record = first->record();
    stored.appended_ms = record.appended_ms;
    if (auto message = queue::decode_queued_msg(record.value)) stored.message = *std::move(message);
    // The last record of what was there: the next poll would wait for more in vain.
    if (record.offset + 1 >= first->end) first->over = true;
    ++first->at;
    return std::optional<StoredMessage>(std::move(stored));
}

}  // namespace thingstead::rule
