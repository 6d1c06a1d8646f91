#include "rule/field_states.h"

#include <chrono>
#include <functional>
#include <utility>

#include "model/calculated_field.h"
#include "net/suspend.h"
#include "net/timer.h"
#include "rule/entity_reads.h"

namespace thingstead::rule {
namespace {

using model::EntityId;
using model::FieldState;
using namespace std::chrono_literals;

/// Of one transaction.
constexpr std::size_t state_rows_max = 1'000;
/// When what nobody waits for is written, and what failed is tried again.
constexpr auto write_pause = 1s;
constexpr std::int32_t state_page_rows = 500;

store::Cell state_cell(EntityId id) { return store::ColumnCodec<EntityId>::write(id); }

store::Filter row_of(const StateKey& key) {
    return {
        {"entityId", state_cell(key.entity)},
        {"ownerId",  state_cell(key.owner) }
    };
}

/// Whether both the entity and whose state it is are there still.
Result<bool> is_there(store::Reader& reader, const StateKey& key) {
    const Result<Belongs> entity = owner_of(reader, key.tenant, key.entity);
    if (!entity) return entity.error();
    if (*entity != Belongs::to_tenant) return false;
    if (key.owner.type != model::EntityType::calculated_field) return true;
    const auto field = reader.find<model::CalculatedField>({
        {"id", key.owner.uuid}
    });
    if (!field) return field.error();
    return field->has_value();
}

FieldState row_from(const StateKey& key, const KeptState& state) {
    FieldState row;
    row.entity_id = key.entity;
    row.owner_id = key.owner;
    row.tenant_id = key.tenant;
    row.due_ts = state.due;
    row.state = state.document;
    return row;
}

/// The row, or what the attribute has, which is then removed. Nullopt: neither.
Result<std::optional<KeptState>> take_over(store::Transaction& transaction, const StateKey& key,
                                           const std::string& attribute) {
    constexpr auto scope = model::AttributeScope::server;
    const auto found = transaction.attributes(key.entity, scope, {attribute});
    if (!found) return found.error();
    if (found->empty()) return std::optional<KeptState>();
    KeptState state;
    // What cannot be read any more counts as nothing.
    if (Result<json::value> document = parse_json(model::to_text(found->front().value)))
        state.document = *std::move(document);
    if (!state.document.is_null())
        if (Result<> put = transaction.put(row_from(key, state)); !put) return put.error();
    if (const auto gone = transaction.remove_attributes(key.entity, scope, {attribute}); !gone)
        return gone.error();
    return std::optional(std::move(state));
}

}  // namespace

/// One transaction under way, and who waits for it.
struct FieldStates::Write {
    Rows rows{};
    std::optional<Result<>> done{};
    std::vector<std::function<void()>> waiters{};
};

/// Ends the write however its task ends.
struct FieldStates::Ending {
    explicit Ending(FieldStates& owner, std::shared_ptr<Write> of)
        : states(owner), write(std::move(of)) {}
    Ending(const Ending&) = delete;
    Ending& operator=(const Ending&) = delete;
    ~Ending() { states.end(*write); }
    FieldStates& states;
    std::shared_ptr<Write> write;
};

FieldStates::FieldStates(store::EntityStore& entities, Timers& timers, Spawn spawn, Log log)
    : entities_(entities), timers_(timers), spawn_(std::move(spawn)), log_(std::move(log)) {}

FieldStates::~FieldStates() = default;

// --- reads ---

const FieldStates::Waiting* FieldStates::find(const StateKey& key) const {
    const Id id{key.entity.uuid, key.owner.uuid};
    if (const auto it = waiting_.find(id); it != waiting_.end()) return &it->second;
    if (!writing_) return nullptr;
    const auto it = writing_->rows.find(id);
    return it == writing_->rows.end() ? nullptr : &it->second;
}

Task<Result<KeptState>> FieldStates::recall(StateKey key, std::string attribute) {
    if (const Waiting* waiting = find(key)) co_return waiting->state;
    const auto found = std::make_shared<std::optional<KeptState>>();
    const auto old = std::make_shared<bool>(false);
    const std::function<Result<>(store::Reader&)> work = [=](store::Reader& reader) -> Result<> {
        found->reset();
        const auto row = reader.find<FieldState>(row_of(key));
        if (!row) return row.error();
        if (*row) *found = KeptState{(*row)->state, (*row)->due_ts};
        if (*row || attribute.empty()) return {};
        const auto attributes =
            reader.attributes(key.entity, model::AttributeScope::server, {attribute});
        if (!attributes) return attributes.error();
        *old = !attributes->empty();
        return {};
    };
    if (Result<> read = co_await net::with_deadline(entities_.read(work), answer_time_max); !read)
        co_return read.error();
    if (*found) co_return **found;
    if (!*old) co_return KeptState();
    const std::function<Result<>(store::Transaction&)> taking =
        [=](store::Transaction& transaction) -> Result<> {
        auto state = take_over(transaction, key, attribute);
        if (!state) return state.error();
        *found = *std::move(state);
        return {};
    };
    const Result<> taken = co_await net::with_deadline(entities_.write(taking), answer_time_max);
    if (!taken) co_return taken.error();
    co_return found->value_or(KeptState());
}

Task<Result<std::vector<FieldState>>> FieldStates::page(store::Filter filter,
                                                        std::optional<FieldState> after) const {
    if (after)
        filter.emplace_back("entityId", store::Compare::at_least, state_cell(after->entity_id));
    const auto found = std::make_shared<std::vector<FieldState>>();
    const std::function<Result<>(store::Reader&)> work = [=](store::Reader& reader) -> Result<> {
        found->clear();
        // An entity may have more rows than a step: then they are read with one that is larger.
        for (std::int32_t rows = state_page_rows;; rows *= 2) {
            auto all = reader.all<FieldState>(filter, rows);
            if (!all) return all.error();
            const bool more = std::cmp_equal(all->size(), rows);
            if (after)
                std::erase_if(*all, [&](const FieldState& each) {
                    return each.entity_id == after->entity_id;
                });
            // The last entity's rows may go on behind the step; those before it are all there.
            if (more && !all->empty()) {
                const EntityId last = all->back().entity_id;
                std::erase_if(*all, [&](const FieldState& each) { return each.entity_id == last; });
            }
            if (all->empty() && more) continue;
            *found = *std::move(all);
            return {};
        }
    };
    if (Result<> read = co_await net::with_deadline(entities_.read(work), answer_time_max); !read)
        co_return read.error();
    co_return std::move(*found);
}

// --- writes ---

void FieldStates::keep(const StateKey& key, KeptState state, bool lazy) {
    const Id id{key.entity.uuid, key.owner.uuid};
    if (const auto it = waiting_.find(id); it != waiting_.end()) {
        it->second.state = std::move(state);
        it->second.lazy = it->second.lazy && lazy;
    } else {
        waiting_.emplace(id, Waiting{key, std::move(state), lazy});
    }
    if (lazy) write_later();
}

bool FieldStates::is_awaited(const Uuid& entity) const {
    const auto in = [&](const Rows& rows) {
        for (auto it = rows.lower_bound({entity, Uuid{}});
             it != rows.end() && it->first.first == entity; ++it)
            if (!it->second.lazy) return true;
        return false;
    };
    return in(waiting_) || (writing_ && in(writing_->rows));
}

Task<> FieldStates::written(EntityId entity) {
    while (is_awaited(entity.uuid)) {
        Result<> done;
        if (writing_) {
            const std::shared_ptr<Write> write = writing_;
            const std::function<void(std::function<void()>)> wait =
                [write](std::function<void()> resume) {
                    write->waiters.push_back(std::move(resume));
                };
            co_await net::suspend(wait);
            // Nullopt: whoever wrote was cancelled; this task too, or it goes on.
            done = write->done.value_or(Error{ErrorCode::unavailable, "not written"});
        } else {
            done = co_await write_some();
        }
        if (!done) co_await net::sleep_for(write_pause);
    }
}

Task<Result<>> FieldStates::flush() {
    while (!waiting_.empty() && !writing_)
        if (Result<> done = co_await write_some(); !done) co_return done;
    co_return Result<>();
}

Task<Result<std::vector<model::TenantId>>> FieldStates::tenants_of_nodes() const {
    using Tenants = std::vector<model::TenantId>;
    const auto found = std::make_shared<Tenants>();
    const std::function<Result<>(store::Reader&)> work = [=](store::Reader& reader) -> Result<> {
        found->clear();
        const auto cells = reader.distinct<FieldState>("tenantId", due_states(rule_node_prefix));
        if (!cells) return cells.error();
        for (const store::Cell& each : *cells)
            if (const Uuid* id = std::get_if<Uuid>(&each)) found->push_back(model::TenantId{*id});
        return {};
    };
    if (Result<> read = co_await net::with_deadline(entities_.read(work), answer_time_max); !read)
        co_return read.error();
    co_return std::move(*found);
}

store::Filter FieldStates::due_states(std::string_view prefix) {
    return {
        {"ownerId", store::Compare::starts_with, std::string(prefix)},
        {"dueTs",   store::Compare::not_equal,   store::Cell()      }
    };
}

Task<Result<>> FieldStates::write_some() {
    const auto write = std::make_shared<Write>();
    while (!waiting_.empty() && write->rows.size() < state_rows_max)
        write->rows.insert(waiting_.extract(waiting_.begin()));
    writing_ = write;
    const Ending ending(*this, write);
    const std::function<Result<>(store::Transaction&)> work =
        [write](store::Transaction& transaction) -> Result<> {
        for (const auto& [id, row] : write->rows)
            if (Result<> done = put(transaction, row); !done) return done;
        return {};
    };
    write->done = co_await net::with_deadline(entities_.write(work), answer_time_max);
    co_return *write->done;
}

/// What was not written waits again, unless it changed since.
void FieldStates::end(Write& write) {
    writing_.reset();
    if (!write.done || !*write.done) {
        for (const auto& [id, row] : write.rows)
            if (const auto newer = waiting_.find(id); newer != waiting_.end())
                newer->second.lazy = newer->second.lazy && row.lazy;
        waiting_.merge(write.rows);
        if (const std::int64_t swallowed = write.done ? failures_.take() : -1; swallowed >= 0)
            log_.warn("rule.field_states.not_written", write.done->error(),
                      {
                          {"states",    waiting_.size()},
                          {"swallowed", swallowed      }
            });
    }
    if (!waiting_.empty()) write_later();
    for (const std::function<void()>& each : std::exchange(write.waiters, {})) each();
}

void FieldStates::write_later() {
    if (later_) return;
    later_ = timers_.after(write_pause, [this] {
        later_.reset();
        const auto all = [](FieldStates* states) -> Task<> { (void)co_await states->flush(); };
        if (!spawn_("field states", all(this))) write_later();
    });
}

Result<> FieldStates::put(store::Transaction& transaction, const Waiting& row) {
    if (row.state.document.is_null()) {
        const auto gone = transaction.remove<FieldState>(row_of(row.key));
        return gone ? Result<>() : Result<>(gone.error());
    }
    const auto changed = transaction.change<FieldState>(
        {
            {"dueTs", row.state.due ? store::Cell(*row.state.due) : store::Cell()},
            {"state", store::json_cell(row.state.document)                       }
    },
        row_of(row.key));
    if (!changed) return changed.error();
    if (*changed != 0) return {};
    const Result<bool> there = is_there(transaction, row.key);
    if (!there) return there.error();
    return *there ? transaction.put(row_from(row.key, row.state)) : Result<>();
}

}  // namespace thingstead::rule
