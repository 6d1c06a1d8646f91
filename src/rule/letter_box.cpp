#include "rule/letter_box.h"

#include <boost/asio/post.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace thingstead::rule {

/// What the queue's threads touch; outlives the box while they may call.
struct LetterBox::Shared {
    struct Failure {
        queue::Producer::Ticket first, last;
        Error error;
    };

    std::mutex mutex;
    boost::asio::io_context* context = nullptr;  ///< Null once the box is gone.
    queue::Producer::Ticket reported = 0;
    std::vector<Failure> failures;

    void hear(queue::Producer::Ticket up_to, std::optional<Error> error) {
        const std::lock_guard lock(mutex);
        if (error) failures.push_back({reported + 1, up_to, *std::move(error)});
        reported = up_to;
        if (context) boost::asio::post(*context, [] {});
    }
    const Error* failure(queue::Producer::Ticket ticket) const {
        for (const Failure& each : failures)
            if (each.first <= ticket && ticket <= each.last) return &each.error;
        return nullptr;
    }
};

LetterBox::LetterBox(const Services& services, std::string topic, std::chrono::hours retention,
                     boost::asio::io_context& context)
    : services_(services),
      topic_(std::move(topic)),
      retention_(retention),
      shared_(std::make_shared<Shared>()) {
    shared_->context = &context;
}

LetterBox::~LetterBox() {
    const std::lock_guard lock(shared_->mutex);
    shared_->context = nullptr;
}

Result<> LetterBox::open() {
    if (letters_) return {};
    queue::ProducerEvents events;
    events.on_durable = [shared = shared_](queue::Producer::Ticket up_to,
                                           std::optional<Error> error) {
        shared->hear(up_to, std::move(error));
    };
    events.on_room = [] {};  // after trouble it is tried again anyway
    auto opened = queue::DeadLetters::open(services_.queue, topic_, retention_, std::move(events),
                                           services_.log, services_.metrics);
    if (!opened) return opened.error();
    letters_ = *std::move(opened);
    return {};
}

void LetterBox::send(const queue::Batch& batch, const std::vector<Unusable>& records) {
    sent_.clear();
    trouble_ = open();
    if (!trouble_) return;
    for (const Unusable& each : records) {
        const auto ticket =
            letters_->put(batch.partition(), batch.records()[each.record], each.why.message);
        if (!ticket) {
            trouble_ = Error{ErrorCode::unavailable, "the dead-letter topic is full"};
            return;
        }
        sent_.push_back(*ticket);
    }
}

bool LetterBox::waits() const {
    const std::lock_guard lock(shared_->mutex);
    return !sent_.empty() && shared_->reported < sent_.back();
}

Result<> LetterBox::take_kept(const queue::Batch& batch, std::vector<Unusable>& records) {
    Result<> result = std::exchange(trouble_, Result<>());
    std::vector<Unusable> left;
    const std::lock_guard lock(shared_->mutex);
    for (std::size_t i = 0; i < records.size(); ++i) {
        const Error* failure = i < sent_.size() ? shared_->failure(sent_[i]) : nullptr;
        if (i < sent_.size() && !failure) continue;
        if (failure && failure->code == ErrorCode::too_large) {
            const queue::Record& record = batch.records()[records[i].record];
            const std::int64_t swallowed = too_large_.take();
            if (swallowed >= 0)
                services_.log.error("rule.record.too_large_to_keep",
                                    {
                                        {"topic",     topic_             },
                                        {"partition", batch.partition()  },
                                        {"offset",    record.offset      },
                                        {"bytes",     record.value.size()},
                                        {"swallowed", swallowed          }
                });
            continue;
        }
        if (failure) result = *failure;
        left.push_back(std::move(records[i]));
    }
    sent_.clear();
    shared_->failures.clear();
    records = std::move(left);
    return result;
}

}  // namespace thingstead::rule
