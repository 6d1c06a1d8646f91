// Fields that are looked at though no value came: when they are due, also after a restart.
#include <algorithm>
#include <memory>
#include <utility>

#include "net/timer.h"
#include "rule/calculated/field.h"
#include "rule/field_states.h"

namespace thingstead::rule {
namespace {

using model::EntityId;

/// When something that failed for want of a store or queue is tried again.
constexpr EpochMs retry_ms = 10'000;
/// So many are looked at side by side; more wait.
constexpr std::size_t looks_max = 64;
constexpr std::chrono::seconds pause_of_take_up{1};

/// Counts one that ends, however it does.
struct OneLess {
    explicit OneLess(std::shared_ptr<std::size_t> of) : count(std::move(of)) {}
    OneLess(const OneLess&) = delete;
    OneLess& operator=(const OneLess&) = delete;
    ~OneLess() { --*count; }
    std::shared_ptr<std::size_t> count;
};

}  // namespace

void CalculatedFields::wake_at(EpochMs at, const Field& field, EntityId entity) {
    due_.set({field.stored.tenant_id, entity, field.stored.id}, at);
    set_timer();
}

/// For the first that is due.
void CalculatedFields::set_timer() {
    const std::optional<EpochMs> next = due_.next();
    if (!next || *looking_ >= looks_max || (timer_ && timer_at_ <= *next)) return;
    timer_at_ = *next;
    const EpochMs delay = std::max<EpochMs>(*next - services_.clock.now_ms(), 0);
    timer_ = services_.timers.after(std::chrono::milliseconds(delay), [this] {
        timer_.reset();
        run_due();
    });
}

void CalculatedFields::run_due() {
    const EpochMs now = services_.clock.now_ms();
    while (*looking_ < looks_max) {
        const std::optional<DueField> due = due_.take(now);
        if (!due) break;
        ++*looking_;
        if (services_.spawn("calculated field", wake(*due))) continue;
        --*looking_;
        due_.set(*due, now + retry_ms);
        break;
    }
    set_timer();
}

Task<> CalculatedFields::wake(DueField due) {
    Result<> done;
    {
        const OneLess counted(looking_);
        done = co_await look(due);
    }
    if (!done) due_.set(due, services_.clock.now_ms() + retry_ms);
    run_due();
}

/// Errors: it is to be tried again.
Task<Result<>> CalculatedFields::look(DueField due) {
    {
        Turns::Turn turn(turns_, due.entity);
        if (Result<> came = co_await turn.come(); !came) co_return came;
        if (!is_here(due.tenant, due.entity)) co_return Result<>();
        if (load_tenant_)
            if (Result<> loaded = co_await load_tenant_(due.tenant, false); !loaded)
                co_return loaded;
        const auto of_tenant = tenants_.find(due.tenant);
        if (of_tenant == tenants_.end()) co_return Result<>();
        const std::shared_ptr<const Tenant> tenant = of_tenant->second;
        const auto found = co_await entity_of(due.tenant, due.entity);
        if (!found) co_return found.error();
        if (!*found) co_return Result<>();
        const EntityRef entity = *found;
        const auto is_it = [&](const FieldRef& each) { return each->stored.id == due.field; };
        const auto field = std::find_if(tenant->fields.begin(), tenant->fields.end(), is_it);
        if (field == tenant->fields.end()) co_return Result<>();
        if (Result<> done = co_await look_at(*field, entity); !done) co_return done;
    }
    if (states_) co_await states_->written(due.entity);
    co_return Result<>();
}

/// What fails is noted. Errors: it is to be tried again.
Task<Result<>> CalculatedFields::look_at(FieldRef field, EntityRef entity) {
    // The entity may have another profile by now.
    if (!entity->has(field->stored.entity_id)) {
        forget_state(field, entity);
        co_return Result<>();
    }
    begin_to_know(field, *entity);
    FieldInput cause = entity->known.at(field->stored.id.uuid).cause;
    if (cause.entity != entity->id) cause = {field->stored.tenant_id, entity->id, entity->id};
    std::vector<FieldInput> further;
    Result<> done = co_await conclude_by_time(field, entity, cause, further);
    if (!done) {
        note_failure(*field, *entity, cause, done.error());
        // An alarm rule that fails now may be met later without a further value.
        const bool again = field->alarm || done.error().code == ErrorCode::unavailable;
        co_return again ? done : Result<>();
    }
    const Result<> ran = co_await run_inputs(std::move(further));
    if (!ran) note_failure(*field, *entity, cause, ran.error());
    co_return Result<>();
}

Task<Result<>> CalculatedFields::conclude_by_time(FieldRef field, EntityRef entity,
                                                  const FieldInput& cause,
                                                  std::vector<FieldInput>& further) {
    if (Result<> recalled = co_await recall(field, entity); !recalled) co_return recalled;
    if (field->configuration.aggregation) {
        if (!entity->known.at(field->stored.id.uuid).plan) co_return Result<>();
        if (Result<> done = co_await emit_intervals(field, entity, cause, further); !done)
            co_return done;
        co_return keep_plan(field, entity, true);
    }
    if (!entity->known.at(field->stored.id.uuid).loaded)
        if (Result<> loaded = co_await load(field, entity); !loaded) co_return loaded;
    entity->known.at(field->stored.id.uuid).values.roll(services_.clock.now_ms());
    if (Result<> fits = check_size(field, entity); !fits) co_return fits;
    const FieldValues& values = entity->known.at(field->stored.id.uuid).values;
    if (!values.complete()) co_return Result<>();
    if (field->alarm) co_return co_await look_at_alarm(field, entity);
    if (!field->configuration.related) co_return Result<>();
    co_return co_await aggregate_now(field, entity, cause, further);
}

Task<Result<>> CalculatedFields::take_up() {
    std::optional<model::FieldState> last;
    const store::Filter filter = FieldStates::due_states(FieldStates::field_prefix);
    while (states_) {
        const auto page = co_await states_->page(filter, last);
        if (!page) {
            co_await net::sleep_for(pause_of_take_up);
            continue;
        }
        if (page->empty()) break;
        last = page->back();
        for (const model::FieldState& each : *page)
            if (each.due_ts && is_here(each.tenant_id, each.entity_id))
                due_.set(
                    {each.tenant_id, each.entity_id, model::CalculatedFieldId{each.owner_id.uuid}},
                    *each.due_ts);
        run_due();
    }
    co_return Result<>();
}

}  // namespace thingstead::rule
