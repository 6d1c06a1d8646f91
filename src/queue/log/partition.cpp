#include "queue/log/partition.h"

#include <algorithm>

#include "base/random.h"

namespace thingstead::queue::log {

Partition::Partition(Context& context, const TopicSettings& topic, PartitionIndex index,
                     std::string directory)
    : context_(context),
      topic_(topic.name),
      index_(index),
      directory_(std::move(directory)),
      buffer_(0, 0) {
    set_limits(topic);
}

void Partition::set_limits(const TopicSettings& topic) {
    lag_bytes_max_ = topic.lag_bytes_max;
    retention_bytes_ = topic.retention_bytes;
    retention_ms_ = topic.retention.count();
}

// --- opening ---

Result<std::unique_ptr<Partition>> Partition::open(Context& context, const TopicSettings& topic,
                                                   PartitionIndex index, std::string directory) {
    std::unique_ptr<Partition> partition(
        new Partition(context, topic, index, std::move(directory)));
    if (auto r = partition->load(); !r) return r.error();
    return partition;
}

Result<> Partition::load() {
    const Result<std::vector<std::string>> names = context_.files.list(directory_);
    if (!names) return names.error();
    for (const std::string& name : *names) {
        const std::string path = directory_ + "/" + name;
        if (name.ends_with(".tmp")) {  // a segment that was being made when the process ended
            if (auto r = context_.files.remove(path); !r) return r.error();
            continue;
        }
        const std::optional<Offset> base = segment_base(name);
        if (!base) continue;
        Result<std::shared_ptr<Segment>> segment = Segment::load(context_.files, path);
        if (!segment) return segment.error();
        const SegmentHeader& header = (*segment)->header();
        if (header.topic != topic_ || header.partition != index_ || header.base != *base)
            return damaged(path, 0, "its header belongs to another file");
        entries_.push_back({*std::move(segment), 0});
    }
    for (std::size_t i = 0; i + 1 < entries_.size(); ++i) {
        entries_[i].bytes_before = durable_bytes_;
        const Result<std::unique_ptr<File>> file = entries_[i].segment->open();
        if (!file) return file.error();
        const Result<std::uint64_t> size = (*file)->size();
        if (!size) return size.error();
        durable_bytes_ += *size - std::min<std::uint64_t>(*size, segment_header_bytes);
    }
    if (!entries_.empty())
        if (auto r = resume(entries_.back().segment); !r) return r.error();
    appended_bytes_ = durable_bytes_;
    return {};
}

Result<> Partition::resume(const std::shared_ptr<Segment>& newest) {
    Result<std::unique_ptr<File>> file = context_.files.open(newest->path(), OpenMode::read_write);
    if (!file) return file.error();
    const Result<Recovered> found = recover_segment(**file, newest->path(), newest->header());
    if (!found) return found.error();
    if (found->cut_bytes > 0) {
        context_.metrics.cut_bytes.add(found->cut_bytes);
        context_.log.warn("queue.log.cut", {
                                               {"file",        newest->path()  },
                                               {"at_byte",     found->end_at   },
                                               {"cut_bytes",   found->cut_bytes},
                                               {"next_offset", found->end      }
        });
    }
    entries_.back().bytes_before = durable_bytes_;
    durable_bytes_ += found->end_at - segment_header_bytes;
    end_ = found->end;
    buffer_ = AppendBuffer(end_, found->time_ms);
    file_ = *std::move(file);
    segment_id_ = newest->header().id;
    write_at_ = found->end_at;
    // A clean stop gave back what was not used; without room for it the next append makes a new
    // segment, and waits there if need be.
    const bool room = bool(file_->allocate(context_.settings.segment_bytes));
    write_limit_ = room ? std::max(context_.settings.segment_bytes, write_at_) : write_at_;
    return {};
}

// --- producers ---

bool Partition::lag_allows(std::size_t bytes) const {
    const std::uint64_t floor = floor_bytes_.load();
    if (floor == no_floor) return true;
    const std::uint64_t appended = appended_bytes_.load();
    const std::uint64_t lag = appended > floor ? appended - floor : 0;
    return lag == 0 || lag + bytes <= lag_bytes_max_.load(std::memory_order_relaxed);
}

bool Partition::append(ByteSpan key, ByteSpan value, std::atomic<std::uint64_t>& last,
                       std::uint64_t ticket, bool headed) {
    const std::lock_guard lock(append_mutex_);
    if (closed_) return false;
    buffer_.append(key, value, context_.clock, headed);
    appended_bytes_.fetch_add(record_bytes(key.size(), value.size()), std::memory_order_relaxed);
    if (!dirty_.load(std::memory_order_relaxed)) dirty_.store(true);
    last.store(ticket);
    return true;
}

void Partition::close_appends() {
    const std::lock_guard lock(append_mutex_);
    closed_ = true;
}

// --- the flusher ---

void Partition::take() {
    const std::lock_guard lock(append_mutex_);
    buffer_.take(round_);
    dirty_.store(false);
}

Result<> Partition::persist() {
    while (round_done_ < round_.size()) {
        const Frame& next = round_[round_done_];
        if (!file_ || write_at_ + next.header.frame_bytes() > write_limit_)
            if (auto r = open_segment(next.header.base); !r) return r.error();
        std::uint64_t end_at = write_at_;
        std::size_t last = round_done_;
        while (last < round_.size() && end_at + round_[last].header.frame_bytes() <= write_limit_)
            end_at += round_[last++].header.frame_bytes();
        if (auto r = write_frames(round_done_, last); !r) {
            abandon_segment();
            return r.error();
        }
        write_at_ = end_at;
        round_done_ = last;
    }
    return {};
}

Result<> Partition::write_frames(std::size_t first, std::size_t last) {
    const Offset synced = round_[first].header.base;
    std::vector<ByteSpan> parts;
    parts.reserve(last - first);
    for (std::size_t i = first; i < last; ++i) {
        round_[i].header.synced = synced;
        encode(round_[i].header, segment_id_, round_[i].header_room());
        parts.push_back(round_[i].bytes());
    }
    if (auto r = file_->write_at(parts, write_at_); !r) return r.error();
    return file_->sync();
}

/// After a failed write or sync nothing is known about the end of the file. What is durable stays,
/// the next segment begins with the first record that is not, and readers stop at its base.
void Partition::abandon_segment() {
    (void)file_->truncate(write_at_);  // tidiness only: nobody reads behind the next base
    file_.reset();
}

Result<> Partition::open_segment(Offset base) {
    const std::string path = segment_path(directory_, base);
    const std::string draft = path + ".tmp";
    SegmentHeader header{topic_, index_, base, context_.clock.now_ms(), 0};
    random_bytes(std::as_writable_bytes(std::span(&header.id, 1)));
    const std::uint64_t bytes =
        std::max<std::uint64_t>(context_.settings.segment_bytes, segment_header_bytes * 2);

    Result<std::unique_ptr<File>> file = context_.files.open(draft, OpenMode::create);
    if (!file) return file.error();
    const auto make = [&]() -> Result<> {
        if (auto r = (*file)->allocate(bytes); !r) return r.error();
        std::vector<std::byte> encoded(segment_header_bytes);
        encode(header, std::span<std::byte, segment_header_bytes>(encoded));
        const ByteSpan part(encoded);
        if (auto r = (*file)->write_at(std::span(&part, 1), 0); !r) return r.error();
        if (auto r = (*file)->sync(); !r) return r.error();
        if (auto r = context_.files.rename(draft, path); !r) return r.error();
        return context_.files.sync_directory(directory_);
    };
    if (auto r = make(); !r) {
        (void)context_.files.remove(draft);
        return r.error();
    }
    if (file_) (void)file_->truncate(write_at_);  // give back what the old segment did not use
    file_ = *std::move(file);
    segment_id_ = header.id;
    write_at_ = segment_header_bytes;
    write_limit_ = bytes;

    auto segment = std::make_shared<Segment>(context_.files, path, std::move(header));
    const std::lock_guard lock(mutex_);
    // Frames of this round that are durable in the segment before count as its bytes already.
    std::uint64_t before = durable_bytes_;
    for (std::size_t i = 0; i < round_done_; ++i) before += round_[i].header.frame_bytes();
    if (!entries_.empty() && entries_.back().segment->header().base == base) entries_.pop_back();
    entries_.push_back({std::move(segment), before});
    return {};
}

Partition::Published Partition::publish() {
    Published published;
    {
        const std::lock_guard lock(mutex_);
        for (Frame& frame : round_) {
            published.records += frame.header.count;
            published.record_bytes += frame.header.records_bytes;
            published.frame_bytes += frame.header.frame_bytes();
            end_ = frame.header.end();
            memory_.push_back(std::move(frame));
        }
        published.frames = round_.size();
        durable_bytes_ += published.frame_bytes;
    }
    records_came_.notify_all();
    appended_bytes_.fetch_add(published.frame_bytes - published.record_bytes);
    round_.clear();
    round_done_ = 0;
    return published;
}

void Partition::drop_round() {
    round_.clear();
    round_done_ = 0;
}

std::size_t Partition::evict_frame() {
    Frame frame;
    const std::lock_guard lock(mutex_);
    TS_ASSERT(!memory_.empty());
    frame = std::move(memory_.front());
    memory_.pop_front();
    return frame.header.frame_bytes();
}

void Partition::close_files() {
    if (file_) (void)file_->truncate(write_at_);
    file_.reset();
}

// --- consumers ---

Offset Partition::begin() const {
    const std::lock_guard lock(mutex_);
    return entries_.empty() ? 0 : entries_.front().segment->header().base;
}

Offset Partition::end() const {
    const std::lock_guard lock(mutex_);
    return end_;
}

std::optional<Frame> Partition::frame_in_memory(Offset offset) const {
    const std::lock_guard lock(mutex_);
    if (memory_.empty() || offset < memory_.front().header.base || offset >= end_)
        return std::nullopt;
    const auto after = std::upper_bound(memory_.begin(), memory_.end(), offset,
                                        [](Offset o, const Frame& f) { return o < f.header.base; });
    return *std::prev(after);
}

std::optional<Partition::Readable> Partition::segment_of(Offset offset) const {
    const std::lock_guard lock(mutex_);
    const auto after =
        std::upper_bound(entries_.begin(), entries_.end(), offset,
                         [](Offset o, const Entry& e) { return o < e.segment->header().base; });
    if (after == entries_.begin() || offset >= end_) return std::nullopt;
    const Offset limit =
        after == entries_.end() ? end_ : std::min(end_, after->segment->header().base);
    return Readable{std::prev(after)->segment, limit};
}

std::vector<Partition::Readable> Partition::segments() const {
    const std::lock_guard lock(mutex_);
    std::vector<Readable> all;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Offset next = i + 1 < entries_.size() ? entries_[i + 1].segment->header().base : end_;
        all.push_back({entries_[i].segment, std::min(end_, next)});
    }
    return all;
}

void Partition::wait_for_records(Offset offset, const bool& woken, std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    records_came_.wait_for(lock, wait,
                           [&] { return end_ > offset || woken || context_.stopping.load(); });
}

void Partition::wake(bool& woken) {
    {
        const std::lock_guard lock(mutex_);
        woken = true;
    }
    records_came_.notify_all();
}

bool Partition::take_woken(bool& woken) {
    const std::lock_guard lock(mutex_);
    return std::exchange(woken, false);
}

void Partition::wake_all() {
    {
        const std::lock_guard lock(mutex_);
    }
    records_came_.notify_all();
}

// --- groups and retention ---

/// Bytes of frames before `offset`: exact at the ends of a segment and proportional inside.
std::uint64_t Partition::bytes_at(Offset offset) const {
    if (entries_.empty() || offset >= end_) return durable_bytes_;
    const auto after =
        std::upper_bound(entries_.begin(), entries_.end(), offset,
                         [](Offset o, const Entry& e) { return o < e.segment->header().base; });
    if (after == entries_.begin()) return entries_.front().bytes_before;
    const Entry& in = *std::prev(after);
    const Offset base = in.segment->header().base;
    const bool newest = after == entries_.end();
    const Offset end = newest ? end_ : after->segment->header().base;
    const std::uint64_t end_bytes = newest ? durable_bytes_ : after->bytes_before;
    const auto share = static_cast<double>(offset - base) / static_cast<double>(end - base);
    return in.bytes_before +
           static_cast<std::uint64_t>(share * static_cast<double>(end_bytes - in.bytes_before));
}

void Partition::set_floor(Offset floor) {
    const std::lock_guard lock(mutex_);
    floor_ = floor;
    floor_bytes_ = floor < 0 ? no_floor : bytes_at(floor);
}

bool Partition::retain_one(EpochMs now) {
    std::shared_ptr<Segment> removed;
    {
        const std::lock_guard lock(mutex_);
        if (entries_.size() < 2) return false;
        // The newest record of a segment is not younger than the creation of the next segment.
        const SegmentHeader& next = entries_[1].segment->header();
        const Offset floor = floor_.load();
        if (next.base > end_ || (floor >= 0 && next.base > floor)) return false;
        const bool too_old = next.created_ms <= now - retention_ms_.load();
        const bool too_many =
            durable_bytes_ - entries_.front().bytes_before > retention_bytes_.load();
        if (!too_old && !too_many) return false;
        removed = entries_.front().segment;
        entries_.erase(entries_.begin());
    }
    if (auto r = context_.files.remove(removed->path()); !r)
        context_.log.warn("queue.log.retention_failed", r.error(),
                          {
                              {"file", removed->path()}
        });
    return true;
}

void Partition::retain() {
    const EpochMs now = context_.clock.now_ms();
    while (retain_one(now)) {
    }
}

}  // namespace thingstead::queue::log
