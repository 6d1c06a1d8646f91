#include "rule/shared_clients.h"

namespace thingstead::rule {

Result<std::unique_ptr<SharedClients>> SharedClients::open(
    const std::vector<std::string>& allowed_networks) {
    Result<net::EgressGuard> guard = net::EgressGuard::allowing(allowed_networks);
    if (!guard) return guard.error();
    return std::unique_ptr<SharedClients>(new SharedClients(*std::move(guard)));
}

void SharedClients::end(std::function<void()> client) {
    // The pool is full only if a hundred thousand clients end at once.
    if (!endings_.post(client)) client();
}

void SharedClients::forget_ended() {
    std::erase_if(entries_, [](const auto& each) { return each.second.client.expired(); });
}

}  // namespace thingstead::rule
