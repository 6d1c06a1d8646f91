// The inside of Writer, for its .cpp file: what it sends.
#pragma once
#include <algorithm>
#include <bit>

#include "protocol/cql/value.h"
#include "protocol/cql/wire_writer.h"
#include "store/cassandra/writer.h"

namespace thingstead::store::cassandra {

// What Cassandra counts of a row against batch_size_warn_threshold. Source: dataSize() of
// PartitionUpdate, BTreeRow and AbstractCell of 4.1.9: 29 bytes for the partition, 21 for the row
// and 8 more if it expires, its clustering columns, and 16 and the value for each cell.
inline constexpr std::size_t row_data_bytes = 29 + 21, cell_data_bytes = 16, ttl_data_bytes = 8;
inline constexpr std::size_t directory_data_bytes = row_data_bytes + 8;
/// Of cells of ts and five values: what is no value.
inline constexpr std::size_t cells_overhead_bytes = EncodedPoint::bigint_bytes + 5 * 4;

/// Batches whose memory is kept, and how large the memory of one may be.
inline constexpr std::size_t spare_batches_max = 512, batch_bytes_kept = 16 << 10,
                             batch_rows_kept = 128;
inline constexpr std::size_t rows_usual = 64, bytes_usual = 8 << 10;

inline constexpr std::uint16_t point_values = 12, directory_values = 5, latest_values = 10;

/// A request of the writer's; it goes on until it is acknowledged or rejected.
class Writer::Work : public Request {
  public:
    Work(Writer& w, Lane& l) : writer(w), lane(l) {
        options.consistency = w.settings_.write_consistency;
    }
    void succeeded(const cql::Frame&) override { writer.work_done(*this); }
    void failed(Failure failure, std::unique_ptr<Request> self) override {
        writer.work_failed(std::unique_ptr<Work>(static_cast<Work*>(self.release())), failure);
    }
    /// The writer's books, after the last answer.
    virtual void finish(bool written) = 0;
    virtual std::size_t rows() const = 0;

    Writer& writer;
    Lane& lane;
    std::size_t failures = 0;
};

/// Rows of one node's partitions. Which of the three tables says whose they are.
class Writer::Batch final : public Work {
  public:
    Batch(Writer& w, Lane& l) : Work(w, l) { kind = Kind::batch; }

    void add(cql::Token row_token, StatementName statement_name, std::uint16_t value_count,
             std::size_t row_data, std::string_view values_of_row, Owner owner) {
        if (entries.empty()) token = row_token;
        data_bytes += row_data;
        entry_values.append(values_of_row);
        end_row(statement_name, value_count, owner);
    }
    void add_directory(cql::Token row_token, std::string_view cells, std::int64_t write_time,
                       Directories::value_type& parent) {
        if (entries.empty()) token = row_token;
        data_bytes += directory_data_bytes;
        entry_values.append(cells);
        cql::append_int(entry_values, 8);
        cql::append_long(entry_values, write_time);
        end_row(insert_directory, directory_values, {.parent = &parent});
    }
    void finish(bool written) override {
        for (std::size_t i = 0; i < owners_.size(); ++i) {
            if (i + 4 < owners_.size())
                __builtin_prefetch(std::bit_cast<const void*>(owners_[i + 4].owner), 1);
            finish_rows(owners_[i], written);
        }
        give_back_memory();
    }
    std::size_t rows() const override { return entries.size(); }

    /// For as many rows as usually fit, once.
    void reserve() {
        if (!writer.spare_memory_.empty()) {
            BatchMemory& spare = writer.spare_memory_.back();
            entries.swap(spare.entries);
            owners_.swap(spare.owners);
            entry_values.swap(spare.values);
            writer.spare_memory_.pop_back();
            return;
        }
        const std::size_t most = std::min(rows_usual, writer.settings_.batch_rows_max);
        entries.reserve(most);
        owners_.reserve(most);
        entry_values.reserve(std::min(bytes_usual, most * 128));
    }
    /// Leaves the first half.
    std::unique_ptr<Batch> take_half() {
        auto out = std::make_unique<Batch>(writer, lane);
        const auto half = static_cast<std::ptrdiff_t>(entries.size() / 2);
        const std::uint32_t begin = entries[static_cast<std::size_t>(half) - 1].end;
        out->token = token;
        out->entries.assign(entries.begin() + half, entries.end());
        out->entry_values = entry_values.substr(begin);
        for (BatchEntry& entry : out->entries) entry.end -= begin;
        entries.erase(entries.begin() + half, entries.end());
        entry_values.resize(begin);
        std::uint32_t left = static_cast<std::uint32_t>(half);
        for (OwnedRows& owned : std::exchange(owners_, {})) {
            const std::uint32_t here = std::min(left, owned.rows);
            left -= here;
            if (here > 0) owners_.push_back({owned.statement, here, owned.owner});
            if (here < owned.rows)
                out->owners_.push_back({owned.statement, owned.rows - here, owned.owner});
        }
        return out;
    }

    std::size_t data_bytes = 0;  ///< As Cassandra counts them.

  private:
    void end_row(StatementName statement_name, std::uint16_t value_count, Owner owner) {
        entries.push_back({static_cast<std::uint16_t>(statement_name), value_count,
                           static_cast<std::uint32_t>(entry_values.size())});
        // Those of a ticket and of a slot come together; one of the directory is alone.
        if (!owners_.empty() && owners_.back().statement == statement_name &&
            ((statement_name == insert_point && owners_.back().owner.ticket == owner.ticket) ||
             (statement_name == insert_latest && owners_.back().owner.slot == owner.slot))) {
            ++owners_.back().rows;
            return;
        }
        owners_.push_back({static_cast<std::uint16_t>(statement_name), 1, owner});
    }
    void finish_rows(const OwnedRows& owned, bool written) {
        const Owner owner = owned.owner;
        if (owned.statement == insert_point) return writer.release(owner.ticket, owned.rows);
        if (owned.statement == insert_latest) {
            if (!written) writer.latest_times_.forget(owner.slot->entity);
            owner.slot->rows_left -= owned.rows;
            if (owner.slot->rows_left == 0) writer.latest_done(*owner.slot);
            return;
        }
        if (written) writer.directory_known_.put(owner.parent->second.token, owner.parent->first);
        const auto waiting = writer.directory_pending_.extract(owner.parent->first);
        for (Ticket* const ticket : waiting.mapped().tickets) writer.release(ticket);
    }
    void give_back_memory() {
        if (writer.spare_memory_.size() >= spare_batches_max ||
            entry_values.capacity() > batch_bytes_kept || entries.capacity() > batch_rows_kept)
            return;
        entries.clear();
        owners_.clear();
        entry_values.clear();
        writer.spare_memory_.push_back(
            {std::move(entries), std::move(owners_), std::move(entry_values)});
    }

    std::vector<OwnedRows> owners_;
};

/// Learns what is stored of an entity before its latest values are written.
class Writer::LatestRead final : public Work {
  public:
    LatestRead(Writer& w, Slot& slot) : Work(w, w.latest_reads_), slot_(slot) {
        kind = Kind::execute;
        statement = select_latest_times;
        options.consistency = w.settings_.read_consistency;
        bind_entity(values, slot.entity);
        token = slot.token;
    }
    void succeeded(const cql::Frame& frame) override {
        const auto response = cql::decode_response(frame);
        if (const auto* rows = response ? std::get_if<cql::Rows>(&*response) : nullptr) read(*rows);
        Work::succeeded(frame);
    }
    void finish(bool) override {
        slot_.busy = false;
        writer.advance(slot_);
    }
    std::size_t rows() const override { return 0; }

  private:
    void read(const cql::Rows& rows) {
        LatestTimes::Entity known;
        known.read = LatestTimes::Clock::now();
        cql::RowCursor row(rows);
        while (row.next()) {
            std::string key(row.cell().value_or(""));
            const auto ts = cql::read_bigint(row.cell());
            const auto write_time = cql::read_bigint(row.cell());
            known.keys[std::move(key)] = {ts.value_or(deleted_ts) != deleted_ts, ts.value_or(0),
                                          write_time.value_or(write_time_of_key)};
        }
        writer.latest_times_.put(slot_.entity, std::move(known));
    }

    Slot& slot_;
};

}  // namespace thingstead::store::cassandra
