// Fields that were saved: they run for what their entities have, wherever these are.
#include <algorithm>
#include <functional>
#include <utility>

#include "rule/calculated/field.h"
#include "rule/calculated/ways.h"
#include "rule/entity_reads.h"
#include "rule/message_body.h"

namespace thingstead::rule {
namespace {

using model::EntityId;

/// More are forgotten, and cost another look into the store if they are told of again.
constexpr std::size_t read_versions_max = 1000;

}  // namespace

/// Tells some of the field's entities, and then itself where it has got to: a step is short, and
/// what a crash interrupts goes on from there.
Task<Result<>> CalculatedFields::tell_saved(const model::QueuedMsg& queued) {
    const Result<json::object> data = body_object(queued.msg);
    if (!data) co_return data.error();
    const auto field = from_json<core::SavedField>(json::value(*data));
    if (!field) co_return field.error();
    const std::function<Result<std::vector<EntityId>>(store::Reader&)> work =
        [tenant = queued.tenant, field = *field](store::Reader& reader) {
            return owned_entities(reader, tenant, field.owner, field.page);
        };
    const auto entities = co_await read_entities<std::vector<EntityId>>(services_, work);
    if (!entities) co_return entities.error();
    std::vector<model::QueuedMsg> messages;
    for (const EntityId each : *entities) {
        FieldInput input{queued.tenant, each, each};
        input.reload = true;
        input.saved = *field;
        messages.push_back(linked_message(input, each, services_.clock.now_ms()));
    }
    if (entities->size() == static_cast<std::size_t>(owned_of_page)) {
        core::SavedField next = *field;
        ++next.page;
        messages.push_back(queued);
        messages.back().msg.id = new_random_uuid();
        messages.back().msg.data = json::serialize(to_json(next));
    }
    if (messages.empty()) co_return Result<>();
    co_return co_await way_of(queued.tenant).push(std::move(messages));
}

/// Has the field of the input as it was saved, or as it became later. The news of a save come to
/// other processes by another way, and later, than this.
Task<Result<>> CalculatedFields::come_to_know(const FieldInput& input) {
    const core::SavedField& saved = *input.saved;
    const auto has_read = [&] {
        const auto at = read_versions_.find(saved.id);
        return at != read_versions_.end() && at->second >= saved.version;
    };
    const auto is_known = [&] {
        const auto tenant = tenants_.find(input.tenant);
        if (tenant == tenants_.end()) return false;
        const auto& fields = tenant->second->fields;
        return std::any_of(fields.begin(), fields.end(), [&](const FieldRef& each) {
            return each->stored.id == saved.id && each->stored.version >= saved.version;
        });
    };
    if (has_read() || is_known() || !load_tenant_) co_return Result<>();
    // Many entities are told of it at a time.
    Turns::Turn turn(turns_, EntityId(saved.id));
    if (Result<> came = co_await turn.come(); !came) co_return came;
    if (has_read() || is_known()) co_return Result<>();
    if (Result<> loaded = co_await load_tenant_(input.tenant, true); !loaded) co_return loaded;
    if (read_versions_.size() >= read_versions_max) read_versions_.clear();
    std::int64_t& version = read_versions_[saved.id];
    version = std::max(version, saved.version);
    co_return Result<>();
}

}  // namespace thingstead::rule
