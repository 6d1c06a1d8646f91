#include "store/cassandra/fake_node.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>

#include "base/bytes.h"
#include "protocol/cql/response_writer.h"
#include "protocol/cql/wire_reader.h"
#include "protocol/cql/wire_writer.h"

namespace thingstead::store::cassandra {
namespace {

void append_cell(std::string& out, std::string_view cell) { cql::append_long_text(out, cell); }

std::string row_of(const NodeInfo& node, bool peer) {
    std::string out, tokens, number;
    append_cell(out, as_text(node.host_id.bytes()));
    append_cell(out, node.datacenter);
    append_cell(out, "rack1");
    append_cell(out, "4.1.9");
    append_cell(out, as_text(null_uuid.bytes()));
    cql::append_int(tokens, static_cast<std::int32_t>(node.tokens.size()));
    for (const cql::Token token : node.tokens) append_cell(tokens, std::to_string(token));
    append_cell(out, tokens);
    if (!peer) return out;
    in_addr address{};
    ::inet_pton(AF_INET, node.address.c_str(), &address);
    append_cell(out, {reinterpret_cast<const char*>(&address), sizeof address});
    cql::append_int(number, node.port);
    append_cell(out, number);
    return out;
}

std::vector<std::optional<std::string>> read_values(cql::WireReader& in) {
    std::vector<std::optional<std::string>> out;
    for (std::uint16_t left = in.short_number(); left > 0; --left) {
        const auto value = in.bytes();
        out.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
    }
    return out;
}

FakeNode::Rows read_rows(const cql::Frame& frame) {
    cql::WireReader in(frame.body);
    FakeNode::Rows out;
    if (frame.opcode == cql::Opcode::execute) {
        out.push_back({std::string(in.text()), {}});
        in.take(3);  // consistency, flags
        out.back().values = read_values(in);
    } else {
        in.byte();  // kind of batch
        for (std::uint16_t left = in.short_number(); left > 0; --left) {
            in.byte();  // prepared
            out.push_back({std::string(in.text()), {}});
            out.back().values = read_values(in);
        }
    }
    EXPECT_FALSE(in.failed());
    return out;
}

}  // namespace

NodeInfo node_info(std::string address, std::uint16_t port, cql::Token token) {
    NodeInfo out;
    out.host_id = new_random_uuid();
    out.address = std::move(address);
    out.port = port;
    out.datacenter = "dc1";
    out.tokens.push_back(token);
    return out;
}

FakeNode::FakeNode(std::string address, std::uint16_t port, std::vector<NodeInfo> nodes)
    : address_(std::move(address)), nodes_(std::move(nodes)) {
    net::ListenerSettings settings;
    settings.address = address_;
    settings.port = port;
    listener_ = std::make_unique<net::Listener>(
        io_, settings, Log(), metrics_, "fake", [this](std::unique_ptr<net::Stream> stream) {
            std::shared_ptr<net::Stream> shared = std::move(stream);
            const auto executor = shared->executor();
            tasks_.spawn(executor, "serve", serve(std::move(shared)));
        });
    const Result<> started = listener_->start();
    EXPECT_TRUE(started) << (started ? "" : started.error().message);
}

FakeNode::~FakeNode() {
    listener_->stop();
    tasks_.stop(std::chrono::seconds(10));
}

std::uint16_t FakeNode::port() const { return listener_->port(); }

void FakeNode::set_nodes(std::vector<NodeInfo> nodes) {
    const std::lock_guard lock(mutex_);
    nodes_ = std::move(nodes);
}

void FakeNode::set_on_execute(OnExecute on_execute) {
    const std::lock_guard lock(mutex_);
    on_execute_ = std::move(on_execute);
}

Task<> FakeNode::serve(std::shared_ptr<net::Stream> stream) {
    std::string input;
    std::array<std::byte, 4096> buffer;
    while (true) {
        const auto got = co_await stream->read_some(buffer);
        if (!got || *got == 0) co_return;
        input.append(as_text(ByteSpan(buffer).first(*got)));
        while (true) {
            const auto frame = cql::read_frame(input, 1 << 20);
            if (!frame || !*frame) break;
            const auto reply = answer(**frame);
            input.erase(0, (*frame)->size());
            if (!reply) continue;
            const Result<> sent = co_await stream->write(as_bytes(*reply));
            if (!sent) co_return;
        }
    }
}

void FakeNode::set_on_rows(OnRows on_rows) {
    const std::lock_guard lock(mutex_);
    on_rows_ = std::move(on_rows);
}

std::optional<std::string> FakeNode::answer(const cql::Frame& frame) {
    const std::lock_guard lock(mutex_);
    cql::WireReader in(frame.body);
    cql::Response response = cql::Ready{};
    std::string cells;
    switch (frame.opcode) {
        case cql::Opcode::options: response = cql::Supported{}; break;
        case cql::Opcode::prepare:
            ++prepared_;
            response = cql::Prepared{in.long_text(), {}, {}, {}};  // the text is its own id
            break;
        case cql::Opcode::query: {
            const bool peers = in.long_text().find("peers") != std::string_view::npos;
            cql::Rows rows;
            rows.column_count = peers ? 8 : 6;
            for (const NodeInfo& node : nodes_) {
                if ((node.address == address_) == peers) continue;
                ++rows.row_count;
                cells += row_of(node, peers);
            }
            rows.cells = cells;
            response = rows;
            break;
        }
        case cql::Opcode::execute:
        case cql::Opcode::batch:   {
            const std::size_t n = executed_++;
            auto wanted = on_rows_      ? on_rows_(read_rows(frame))
                          : on_execute_ ? on_execute_(n)
                                        : cql::Response(cql::Void{});
            if (!wanted) return std::nullopt;
            response = *std::move(wanted);
            break;
        }
        default: break;
    }
    std::string out;
    cql::append_response(out, frame.stream, response);
    return out;
}

}  // namespace thingstead::store::cassandra
