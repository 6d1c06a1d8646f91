// For tests of replays: a tenant with a chain and a device in a real store, messages in a queue.
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/component_catalogue.h"
#include "rule/replay/replays.h"
#include "rule/testing/entity_bench.h"

namespace thingstead::rule::testing {

template <class T>
T answer_of_task(Task<T> task) {
    boost::asio::io_context context;
    std::optional<T> answer;
    boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr thrown, T got) {
        if (thrown) std::rethrow_exception(thrown);
        answer = std::move(got);
    });
    context.run();
    return *std::move(answer);
}

/// A chain that saves, and makes an alarm of type "Hot" of, what is over `limit`.
std::string chain_over(int limit);

struct ReplayWorld {
    ReplayWorld();

    Fixture& house() { return entities.bench->house; }
    Services services();
    /// Stores the document as the tenant's root chain.
    void put_chain(const std::string& metadata);
    /// Puts a message of the device into the queue, a second after the one before.
    void send(std::string_view data, std::optional<model::DeviceId> from = {});
    core::Caller caller() { return tenant_caller(house().tenant); }
    /// Of everything in the queue.
    core::ReplayRequest request();
    /// Starts it and waits for its end.
    core::ReplayState run(core::ReplayRequest request);
    core::ReplayState wait_for_end(const Uuid& id);

    EntityBench entities;
    model::Device device;
    model::RuleChain chain;
    EpochMs begun_ms = 0;
    std::unique_ptr<core::ComponentCatalogue> components;
    std::unique_ptr<Replays> replays;
};

/// The document as a request has it.
model::RuleChainMetaData draft_of(const std::string& metadata);

}  // namespace thingstead::rule::testing
