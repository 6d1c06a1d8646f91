#include "rule/testing/web_stand_in.h"

#include <chrono>
#include <utility>

#include "net/timer.h"

namespace thingstead::rule::testing {
namespace {

net::HttpServerSettings stand_in_place() {
    net::HttpServerSettings settings;
    settings.address = "127.0.0.1";
    settings.port = 0;
    return settings;
}

}  // namespace

WebStandIn::WebStandIn(NodeBench& bench) {
    server_ = std::make_unique<net::HttpServer>(io_, stand_in_place(), *this, bench.house.log.log,
                                                metrics_, "stand-in");
    TS_ASSERT(server_->start().has_value());
    bench.house.settings.external.http.allowed_networks = {"127.0.0.0/8"};
    auto client = net::HttpClient::open(bench.house.settings.external.http);
    TS_ASSERT(client.has_value());
    client_ = *std::move(client);
    bench.outside.http = client_.get();
}

WebStandIn::~WebStandIn() {
    client_->stop();
    server_->stop(std::chrono::milliseconds(0));
}

std::string WebStandIn::url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + std::string(path);
}

void WebStandIn::answer(net::Reply reply) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(reply));
}

std::vector<net::Request> WebStandIn::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

Task<net::Reply> WebStandIn::handle(net::Request request) {
    net::Reply reply;
    {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(request));
        if (!answers_.empty()) {
            reply = std::move(answers_.front());
            answers_.pop_front();
        }
    }
    if (silent_) co_await net::sleep_for(std::chrono::hours(1));
    co_return reply;
}

net::Reply reply_of(int status, std::string_view body, net::Headers headers) {
    net::Reply reply;
    reply.status = status;
    reply.body = body;
    reply.headers = std::move(headers);
    return reply;
}

std::vector<model::QueuedMsg> queued_later(NodeBench& bench, std::size_t from) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    bench.context.restart();
    while (bench.house.queue.records().size() == from && std::chrono::steady_clock::now() < until)
        bench.context.run_one_for(std::chrono::milliseconds(100));
    bench.run_ready();
    return bench.house.messages_from(from);
}

}  // namespace thingstead::rule::testing
