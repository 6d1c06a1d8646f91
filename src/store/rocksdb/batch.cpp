#include "store/rocksdb/batch.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "store/rocksdb/chunk.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/reader.h"

namespace thingstead::store::rocks {
namespace {

/// Chunks of a series that are remembered for merging.
constexpr std::size_t tail_max = 8;

::rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

bool one_expiry(const Points& run) {
    for (const Cell& cell : run.cells())
        if (cell.expiry_s != run.cells().front().expiry_s) return false;
    return true;
}

/// Rewriting a chunk no more than twice as large as what comes makes each point move a number of
/// times that is logarithmic in the size of a full chunk.
bool worth_merging(const TailChunk& chunk, const Points& run) {
    const Cell& first = run.cells().front();
    const auto begin = std::min(first.ts, chunk.key.first_ts);
    const auto end = std::max(run.cells().back().ts, chunk.last_ts);
    return chunk.points <= 2 * run.size() && chunk.points + run.size() <= chunk_points_max &&
           chunk.expiry_s == first.expiry_s &&
           static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(begin) <
               static_cast<std::uint64_t>(chunk_span_ms_max);
}

}  // namespace

Batch::Batch(Database& database, KeyDictionary& keys, Heads& heads, StoreMetrics& metrics, Log log)
    : database_(database),
      keys_(keys),
      heads_(heads),
      metrics_(metrics),
      log_(std::move(log)),
      rows_(std::make_unique<::rocksdb::WriteBatch>()) {}

Batch::~Batch() = default;

Result<> Batch::load() {
    std::string row;
    const auto status =
        database_.db().Get({}, database_.family(Family::meta), slice(next_sequence_row), &row);
    if (status.IsNotFound()) return {};
    if (!status.ok()) return database_.error_of(status);
    const auto next = parse_number_row(row);
    if (!next) return database_.damaged("row of the next sequence");
    sequence_ = *next;
    return {};
}

Result<> Batch::add(std::size_t shard, std::vector<FlushItem> items) {
    staged_.emplace_back(shard, std::move(items));
    auto& staged = staged_.back().second;
    Result<> added = add_latest(staged);
    for (std::size_t i = 0; added && i < staged.size(); ++i)
        if (staged[i].run) added = add_run(staged[i]);
    if (!added) give_up();
    return added;
}

/// The newer of the value in memory and the stored one stays. Stored ones are looked up once per
/// series and together, so that write() need not read.
Result<> Batch::add_latest(std::vector<FlushItem>& items) {
    std::vector<std::string> row_keys;
    std::vector<FlushItem*> undecided;
    for (FlushItem& item : items) {
        if (!item.latest || item.latest_decided) continue;
        row_keys.push_back(latest_key(item.entity->id, item.key->name));
        undecided.push_back(&item);
    }
    auto stored = stored_latest(database_, row_keys);
    for (std::size_t i = 0; i < undecided.size(); ++i) {
        if (!stored[i]) {
            if (!is_damage(stored[i].error())) return stored[i].error();
            // The new value takes the place of the one that cannot be read.
            metrics_.damaged.add();
            log_.error("timeseries.latest.damaged", stored[i].error());
        } else if (*stored[i] && (*stored[i])->ts > undecided[i]->latest->ts) {
            undecided[i]->stored_latest = std::move(*stored[i]);
        }
    }
    for (const FlushItem& item : items) {
        if (!item.latest || item.stored_latest) continue;
        const std::string row_key = latest_key(item.entity->id, item.key->name);
        rows_->Put(database_.family(Family::latest), row_key, encode_latest(row_key, *item.latest));
    }
    return {};
}

Result<> Batch::add_run(FlushItem& item) {
    const Result<KeyId> id = keys_.assign(database_, *item.key, *rows_);
    if (!id) return id.error();
    const std::string series = series_prefix(item.entity->id, *id);
    points_ += item.run->size();
    if (!item.tail) item.tail = std::make_unique<Tail>();
    Tail& tail = *item.tail;
    Tail written;
    if (one_expiry(*item.run) && !tail.empty() && worth_merging(tail.back(), *item.run))
        written = put_chunks(series, with_small_tail(item, series, tail), next_sequence());
    else
        written = put_chunks(series, *item.run, next_sequence());
    tail.insert(tail.end(), written.begin(), written.end());
    if (tail.size() > tail_max) tail.erase(tail.begin(), tail.end() - tail_max);
    return {};
}

/// The item's points and those of the small chunks written before, which are deleted and taken off
/// `tail`. Only the newest chunks of the series go: whatever else it has is older than they are, so
/// the higher sequence of the new chunk replaces nothing that it should not.
Points Batch::with_small_tail(const FlushItem& item, const std::string& series, Tail& tail) {
    Points all = *item.run;
    while (!tail.empty() && worth_merging(tail.back(), all)) {
        const std::string row_key = chunk_key(series, tail.back().key);
        std::string row;
        const auto status = database_.db().Get({}, database_.family(Family::chunks), row_key, &row);
        const auto body = status.ok() ? unseal(row_key, row) : Error{ErrorCode::malformed, ""};
        Points older;
        if (!body || !decode_chunk(tail.back().key.first_ts, as_bytes(*body), older)) {
            tail.clear();  // expired, or for a reader to complain about: it stays as it is
            break;
        }
        older.append(all);
        older.settle();
        all = std::move(older);
        // A row that was put once and that no filter drops: put and deletion vanish together.
        auto* const chunks = database_.family(Family::chunks);
        if (tail.back().expiry_s == 0)
            rows_->SingleDelete(chunks, row_key);
        else
            rows_->Delete(chunks, row_key);
        tail.pop_back();
    }
    return all;
}

Tail Batch::put_chunks(const std::string& series, const Points& run, std::uint64_t sequence) {
    std::vector<Cell> sorted;
    std::span<const Cell> cells = run.cells();
    if (!one_expiry(run)) {  // a chunk's points have one expiry
        sorted = run.cells();
        std::stable_sort(sorted.begin(), sorted.end(),
                         [](const Cell& a, const Cell& b) { return a.expiry_s < b.expiry_s; });
        cells = sorted;
    }
    Tail written;
    while (!cells.empty()) {
        const auto chunk = cells.first(chunk_cut(cells));
        const EpochMs first = chunk.front().ts, last = chunk.back().ts;
        const ChunkKey key{first, sequence, static_cast<std::uint8_t>(span_class_of(last - first))};
        const std::string row_key = chunk_key(series, key);
        const std::string row = seal(row_key, encode_chunk(run, chunk));
        rows_->Put(database_.family(Family::chunks), row_key, row);
        chunk_bytes_ += row.size();
        written.push_back(
            {key, last, chunk.front().expiry_s, static_cast<std::uint32_t>(chunk.size())});
        cells = cells.subspan(chunk.size());
    }
    return written;
}

void Batch::put_offset(std::int32_t partition, std::int64_t next) {
    rows_->Put(database_.family(Family::meta), offset_row(partition),
               number_row(static_cast<std::uint64_t>(next)));
}

std::size_t Batch::bytes() const { return rows_->GetDataSize(); }
bool Batch::empty() const { return rows_->Count() == 0; }

Result<> Batch::commit(bool sync) {
    rows_->Put(database_.family(Family::meta), slice(next_sequence_row), number_row(sequence_));
    const Result<> written = database_.write(*rows_, sync);
    if (!written) {
        give_up();
        return written;
    }
    keys_.written();
    for (auto& [shard, items] : staged_) heads_.done(shard, items);
    metrics_.points_stored.add(points_);
    metrics_.chunk_bytes.add(chunk_bytes_);
    clear();
    return {};
}

void Batch::give_up() {
    keys_.failed();
    for (auto& [shard, items] : staged_) {
        for (FlushItem& item : items) item.tail.reset();  // it speaks of rows that were not written
        heads_.failed(shard, items);
    }
    clear();
}

void Batch::clear() {
    rows_->Clear();
    staged_.clear();
    points_ = chunk_bytes_ = 0;
}

}  // namespace thingstead::store::rocks
