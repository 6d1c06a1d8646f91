#include "rule/replay/sandbox_entities.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json.h"
#include "model/alarm.h"
#include "model/kv.h"
#include "rule/replay/unique_rules.h"

namespace thingstead::rule {
namespace {

using store::Cell;
using store::Filter;
using store::Row;
using store::Table;

constexpr std::size_t entry_bytes = 128;  ///< Of the maps, for a row or a value.

std::size_t sandbox_bytes_of(const Row& row) {
    std::size_t bytes = entry_bytes;
    for (const Cell& cell : row) {
        bytes += sizeof(Cell);
        if (const auto* text = std::get_if<std::string>(&cell)) bytes += text->size();
        if (const auto* binary = std::get_if<Binary>(&cell)) bytes += binary->bytes.size();
    }
    return bytes;
}

std::string text_of(const Cell& cell) {
    if (const auto* flag = std::get_if<bool>(&cell)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
    if (const auto* real = std::get_if<double>(&cell)) return model::to_text(model::Value(*real));
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    if (const auto* id = std::get_if<Uuid>(&cell)) return id->to_string();
    if (const auto* binary = std::get_if<Binary>(&cell))
        return std::to_string(binary->bytes.size()) + " bytes";
    return "null";
}

Cell cell_of_field(const Table& table, const Row& row, std::string_view field) {
    const store::Column* const column = table.find(field);
    return column ? row[static_cast<std::size_t>(column - table.columns.data())] : Cell();
}

/// What tells people of the row: neither its id nor when it was made.
std::string text_of(const Table& table, const Row& row) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string& field = table.columns[i].field;
        if (field == "id" || field == "createdTime" || field == "version") continue;
        if (std::holds_alternative<std::monostate>(row[i]) || field == "tenantId") continue;
        text += (text.empty() ? "" : ", ") + field + "=" + text_of(row[i]);
    }
    return text;
}

std::string_view scope_text(model::AttributeScope scope) {
    switch (scope) {
        case model::AttributeScope::client: return "CLIENT_SCOPE";
        case model::AttributeScope::server: return "SERVER_SCOPE";
        case model::AttributeScope::shared: return "SHARED_SCOPE";
    }
    return "";
}

std::string entity_text(model::EntityId entity) {
    return std::string(model::wire_name(entity.type)) + ":" + entity.uuid.to_string();
}

std::string place_of_attributes(model::EntityId entity, model::AttributeScope scope) {
    return entity_text(entity) + "/" + std::string(scope_text(scope));
}

}  // namespace

/// What a work of the sandbox is handed, for reads and writes alike. Under the store's lock.
class SandboxTransaction final : public store::Transaction {
  public:
    SandboxTransaction(SandboxEntities& store, store::Reader& below)
        : store_(store), below_(below), rows_(below, store.rows_) {}

    Result<std::vector<model::Attribute>> attributes(
        model::EntityId entity, model::AttributeScope scope,
        const std::vector<std::string>& keys) override {
        auto found = below_.attributes(entity, scope, keys);
        const auto over = store_.attributes_.find(place_of_attributes(entity, scope));
        if (!found || over == store_.attributes_.end()) return found;
        std::map<std::string, model::Attribute> merged;
        for (model::Attribute& each : *found) merged.emplace(each.key, std::move(each));
        for (const auto& [key, value] : over->second) {
            if (!keys.empty() && std::find(keys.begin(), keys.end(), key) == keys.end()) continue;
            if (value)
                merged.insert_or_assign(key, *value);
            else
                merged.erase(key);
        }
        std::vector<model::Attribute> answer;
        for (auto& [key, value] : merged) answer.push_back(std::move(value));
        return answer;
    }

    Result<> save_attributes(const store::AttributesWrite& write) override {
        for (const model::KeyValue& each : write.values) {
            const std::string text = model::to_text(each.value);
            model::Attribute saved{each.key, each.value, write.last_update_ms};
            if (Result<> set =
                    set_attribute(write.entity, write.scope, each.key, saved, text.size());
                !set)
                return set;
            note(EffectKind::attribute,
                 place_of_attributes(write.entity, write.scope) + " " + each.key + " = " + text,
                 std::string(scope_text(write.scope)));
        }
        return {};
    }

    Result<std::vector<std::string>> remove_attributes(
        model::EntityId entity, model::AttributeScope scope,
        const std::vector<std::string>& keys) override {
        std::vector<std::string> removed;
        auto there = attributes(entity, scope, keys);
        if (!there) return there.error();
        for (const model::Attribute& each : *there) {
            if (Result<> set = set_attribute(entity, scope, each.key, std::nullopt, 0); !set)
                return set.error();
            note(EffectKind::attribute,
                 place_of_attributes(entity, scope) + " " + each.key + " removed",
                 std::string(scope_text(scope)));
            removed.push_back(each.key);
        }
        return removed;
    }

    Result<> remove_entity_attributes(model::EntityId entity) override {
        using enum model::AttributeScope;
        for (const model::AttributeScope scope : std::array{client, server, shared})
            if (auto removed = remove_attributes(entity, scope, {}); !removed)
                return removed.error();
        return {};
    }

  protected:
    Result<std::optional<Row>> find_row(const Table& table, const Filter& filter) override {
        return rows_.find(table, filter);
    }
    Result<store::RowPage> page_rows(const Table& table, const Filter& filter,
                                     const store::PageLink& link) override {
        return rows_.page(table, filter, link);
    }
    Result<std::vector<Row>> all_rows(const Table& table, const Filter& filter,
                                      std::int32_t limit) override {
        return rows_.all(table, filter, limit);
    }
    Result<std::int64_t> count_rows(const Table& table, const Filter& filter) override {
        return rows_.count(table, filter);
    }
    Result<std::vector<Cell>> distinct_cells(const Table& table, std::string_view field,
                                             const Filter& filter) override {
        return rows_.distinct(table, field, filter);
    }
    Result<std::int64_t> sum_cells(const Table& table, std::string_view field,
                                   const Filter& filter) override {
        return rows_.sum(table, field, filter);
    }

    Result<> insert_row(const Table& table, const Row& row) override {
        const auto there = rows_.row_of_key(table, row);
        if (!there) return there.error();
        if (*there) return Error{ErrorCode::conflict, table.name + "_pkey"};
        if (const auto* id = std::get_if<Uuid>(&row[table.key.front()]);
            id && table.key.size() == 1)
            store_.effects_.made_up(*id);
        return set(table, std::nullopt, row);
    }
    Result<> update_row(const Table& table, const Row& row) override {
        auto there = rows_.row_of_key(table, row);
        if (!there) return there.error();
        if (!*there) return Error{ErrorCode::not_found, "no such row"};
        return set(table, *std::move(there), row);
    }
    Result<> put_row(const Table& table, const Row& row) override {
        auto there = rows_.row_of_key(table, row);
        if (!there) return there.error();
        return set(table, *std::move(there), row);
    }
    Result<std::int64_t> change_rows(const Table& table, const store::Changes& changes,
                                     const Filter& filter) override {
        if (changes.empty() || filter.empty())
            return Error{ErrorCode::internal, "a change of all rows"};
        auto rows = rows_.all(table, filter, store::all_rows_max);
        if (!rows) return rows.error();
        for (const Row& row : *rows) {
            Row changed = row;
            for (const auto& [field, cell] : changes) {
                const store::Column* const column = table.find(field);
                if (!column) return Error{ErrorCode::internal, "no " + std::string(field)};
                changed[static_cast<std::size_t>(column - table.columns.data())] = cell;
            }
            if (Result<> done = set(table, row, changed); !done) return done.error();
        }
        return static_cast<std::int64_t>(rows->size());
    }
    Result<std::int64_t> remove_rows(const Table& table, const Filter& filter) override {
        if (filter.empty()) return Error{ErrorCode::internal, "a removal of all rows"};
        auto rows = rows_.all(table, filter, store::all_rows_max);
        if (!rows) return rows.error();
        for (const Row& row : *rows) {
            if (Result<> done = store_.rows_.set(table, key_of(table, row), std::nullopt); !done)
                return done.error();
            note_row(table, &row, nullptr);
        }
        return static_cast<std::int64_t>(rows->size());
    }

  private:
    Result<> set(const Table& table, const std::optional<Row>& before, const Row& row) {
        if (Result<> unique = check_unique(rows_, table, row); !unique) return unique;
        if (const RowOverlay::OfTable* over = store_.rows_.of(table.name);
            over && before && over->rows.contains(key_of(table, row)))
            store_.memory_.give_back(sandbox_bytes_of(*before));
        if (Result<> room = store_.memory_.take(sandbox_bytes_of(row)); !room) return room;
        if (Result<> done = store_.rows_.set(table, key_of(table, row), row); !done) return done;
        if (!before || *before != row) note_row(table, before ? &*before : nullptr, &row);
        return {};
    }

    Result<> set_attribute(model::EntityId entity, model::AttributeScope scope,
                           const std::string& key, std::optional<model::Attribute> value,
                           std::size_t bytes) {
        const std::string place = place_of_attributes(entity, scope);
        const auto [at, fresh] = store_.attributes_[place].try_emplace(key);
        store_.attribute_journal_.push_back({place, key, {}});
        if (!fresh) {
            const std::optional<model::Attribute>& old = at->second;
            const std::size_t held = old ? model::to_text(old->value).size() : 0;
            store_.memory_.give_back(entry_bytes + key.size() + held);
            store_.attribute_journal_.back().value = old;
        }
        at->second = std::move(value);
        // Over the limit the work fails, and what it laid over is taken away again.
        return store_.memory_.take(entry_bytes + key.size() + bytes);
    }

    void note(EffectKind kind, std::string text, std::string label) {
        if (!store_.quiet_) store_.effects_.add(kind, std::move(text), std::move(label));
    }

    /// `before` null: it is new; `after` null: it is gone.
    void note_row(const Table& table, const Row* before, const Row* after) {
        if (store_.quiet_) return;
        const Row& shown = after ? *after : *before;
        if (table.name == model::table_name(static_cast<const model::Alarm*>(nullptr))) {
            note_alarm(table, before, after);
            return;
        }
        const std::string what = !before ? "created" : after ? "updated" : "removed";
        note(EffectKind::entity, table.name + " " + what + ": " + text_of(table, shown),
             table.name + " " + what);
    }

    void note_alarm(const Table& table, const Row* before, const Row* after) {
        const Row& shown = after ? *after : *before;
        const auto field = [&](std::string_view name) {
            return text_of(cell_of_field(table, shown, name));
        };
        const auto cleared = [&](const Row& row) {
            return cell_of_field(table, row, "cleared") == Cell(true);
        };
        std::string what = !before ? "CREATED" : after ? "UPDATED" : "DELETED";
        if (before && after && cleared(*after) && !cleared(*before)) what = "CLEARED";
        note(EffectKind::alarm, what + " " + text_of(table, shown),
             field("type") + " " + what + " " + field("status"));
    }

    SandboxEntities& store_;
    store::Reader& below_;
    MergedRows rows_;
};

Task<Result<>> SandboxEntities::read(std::function<Result<>(store::Reader&)> work) {
    const auto over = [this, work = std::move(work)](store::Reader& reader) -> Result<> {
        const std::lock_guard lock(mutex_);
        SandboxTransaction both(*this, reader);
        return work(both);
    };
    co_return co_await below_.read(over);
}

std::optional<Result<>> SandboxEntities::read_in_memory(
    const std::function<Result<>(store::Reader&)>& work) {
    const std::function<Result<>(store::Reader&)> over = [&](store::Reader& reader) -> Result<> {
        const std::lock_guard lock(mutex_);
        SandboxTransaction both(*this, reader);
        return work(both);
    };
    return below_.read_in_memory(over);
}

/// The store below is only read.
Task<Result<>> SandboxEntities::write(std::function<Result<>(store::Transaction&)> work) {
    const auto over = [this, work = std::move(work)](store::Reader& reader) {
        return run(reader, work);
    };
    co_return co_await below_.read(over);
}

Result<> SandboxEntities::write_now(std::function<Result<>(store::Transaction&)>) {
    return Error{ErrorCode::unsupported, "A replay does not write without waiting!"};
}

Result<> SandboxEntities::run(store::Reader& reader,
                              const std::function<Result<>(store::Transaction&)>& work) {
    const std::lock_guard lock(mutex_);
    rows_.begin();
    attribute_journal_.clear();
    const std::size_t effects = effects_.size();
    SandboxTransaction both(*this, reader);
    const Result<> done = work(both);
    if (done) return done;
    rows_.undo();
    for (auto each = attribute_journal_.rbegin(); each != attribute_journal_.rend(); ++each) {
        if (each->value)
            attributes_[each->place][each->key] = std::move(*each->value);
        else
            attributes_[each->place].erase(each->key);
    }
    attribute_journal_.clear();
    effects_.cut(effects);
    return done;
}

}  // namespace thingstead::rule
