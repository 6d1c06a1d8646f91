#include "net/http_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>

#include "net/url.h"

namespace thingstead::net {
namespace http = boost::beast::http;
namespace {

using ErrorCodeOut = boost::system::error_code;
using Text = boost::beast::string_view;

/// Memory taken at once for a body whose length is announced; the rest as it comes.
constexpr std::uint64_t body_reserve_max = 64 * 1024;

Method method_of(http::verb verb) {
    switch (verb) {
        case http::verb::get:     return Method::get;
        case http::verb::head:    return Method::head;
        case http::verb::post:    return Method::post;
        case http::verb::put:     return Method::put;
        case http::verb::patch:   return Method::patch;
        case http::verb::delete_: return Method::del;
        case http::verb::options: return Method::options;
        default:                  return Method::other;
    }
}

class Parser final : public http::basic_parser<true> {
  public:
    explicit Parser(std::size_t headers_max) : headers_left_(headers_max) {}

    Request request;
    std::size_t body_left = 0;
    bool body_over_limit = false;
    int version = 11;

  private:
    void on_request_impl(http::verb verb, Text method, Text target, int http_version,
                         ErrorCodeOut&) override {
        request.method = method_of(verb);
        request.method_text.assign(method.data(), method.size());
        request.target.assign(target.data(), target.size());
        version = http_version;
    }
    void on_response_impl(int, Text, int, ErrorCodeOut&) override {}
    void on_field_impl(http::field, Text name, Text value, ErrorCodeOut& error) override {
        if (is_header_done()) return;  // A trailer: it must not pass for a header.
        if (headers_left_ == 0) {
            error = http::error::header_limit;
            return;
        }
        --headers_left_;
        request.headers.emplace_back(std::string(name.data(), name.size()),
                                     std::string(value.data(), value.size()));
    }
    void on_header_impl(ErrorCodeOut&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCodeOut&) override {
        if (length)
            request.body.reserve(static_cast<std::size_t>(std::min(*length, body_reserve_max)));
    }
    std::size_t on_body_impl(Text bytes, ErrorCodeOut& error) override {
        return take(bytes, error);
    }
    void on_chunk_header_impl(std::uint64_t size, Text, ErrorCodeOut& error) override {
        if (size <= body_left) return;
        body_over_limit = true;
        error = http::error::body_limit;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, ErrorCodeOut& error) override {
        return take(bytes, error);
    }
    void on_finish_impl(ErrorCodeOut&) override {}

    std::size_t take(Text bytes, ErrorCodeOut& error) {
        if (bytes.size() > body_left) {
            body_over_limit = true;
            error = http::error::body_limit;
            return 0;
        }
        body_left -= bytes.size();
        request.body.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    std::size_t headers_left_;
};

Error malformed(std::string_view why) { return Error{ErrorCode::malformed, std::string(why)}; }

/// "/path?query", or "http://host/path?query" of a client that takes us for a proxy, to its parts.
Result<> split_target(Request& request) {
    std::string_view target = request.target;
    if (const std::size_t scheme = target.find("://");
        !target.starts_with('/') && scheme != std::string_view::npos) {
        const std::size_t path = target.find('/', scheme + 3);
        target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
    }
    const std::size_t question = std::min(target.find('?'), target.size());
    request.query = target.substr(std::min(question + 1, target.size()));
    const std::string_view raw_path = target.substr(0, question);
    if (raw_path == "*" && request.method == Method::options) {
        request.path = "*";
        return {};
    }
    std::optional<std::string> path = percent_decode(raw_path);
    if (!path || !path->starts_with('/') || path->find('\0') != std::string::npos)
        return malformed("bad request target");
    request.path = *std::move(path);
    return {};
}

}  // namespace

struct RequestParser::Impl {
    explicit Impl(std::size_t headers_max) : parser(headers_max) {}
    Parser parser;
    std::optional<Error> failed;
    bool head_checked = false;
    bool body_begun = false;

    Result<> check_head();
};

/// What Beast leaves to us.
Result<> RequestParser::Impl::check_head() {
    Request& request = parser.request;
    const auto hosts =
        std::count_if(request.headers.begin(), request.headers.end(),
                      [](const auto& header) { return same_header_name(header.first, "host"); });
    if (hosts > 1 || (hosts == 0 && parser.version == 11)) return malformed("one Host is needed");
    if (const auto coding = request.header("transfer-encoding")) {
        if (parser.version != 11) return malformed("a transfer coding needs HTTP/1.1");
        if (!same_header_name(*coding, "chunked") || !parser.chunked())
            return Error{ErrorCode::unsupported, "unknown transfer coding"};
        if (request.header("content-length"))
            return malformed("both a transfer coding and a length");
    }
    return split_target(request);
}

RequestParser::RequestParser(const ParserLimits& limits)
    : impl_(std::make_unique<Impl>(limits.headers_max)) {
    impl_->parser.header_limit(static_cast<std::uint32_t>(
        std::min<std::size_t>(limits.head_bytes_max, std::numeric_limits<std::uint32_t>::max())));
    impl_->parser.body_limit(boost::none);
}

RequestParser::~RequestParser() = default;

Result<std::size_t> RequestParser::put(std::string_view bytes) {
    if (impl_->failed) return *impl_->failed;
    Parser& parser = impl_->parser;
    std::size_t taken = 0;
    // Beast ends a call after some of its parts: go on until it wants more, or has its fill.
    while (!done() && (!head_done() || impl_->body_begun) && taken < bytes.size()) {
        boost::system::error_code error;
        const std::string_view rest = bytes.substr(taken);
        taken += parser.put(boost::asio::const_buffer(rest.data(), rest.size()), error);
        if (error == http::error::need_more) break;
        if (error) {
            const bool large = error == http::error::header_limit || parser.body_over_limit;
            impl_->failed =
                Error{large ? ErrorCode::too_large : ErrorCode::malformed, error.message()};
            return *impl_->failed;
        }
        if (head_done() && !std::exchange(impl_->head_checked, true)) {
            if (Result<> fine = impl_->check_head(); !fine) {
                impl_->failed = fine.error();
                return *impl_->failed;
            }
        }
    }
    return taken;
}

bool RequestParser::head_done() const { return impl_->parser.is_header_done(); }
bool RequestParser::done() const { return impl_->parser.is_done(); }
bool RequestParser::body_over_limit() const { return impl_->parser.body_over_limit; }
bool RequestParser::keep_alive() const { return impl_->parser.keep_alive(); }
bool RequestParser::http_1_0() const { return impl_->parser.version == 10; }
bool RequestParser::has_body() const { return !done(); }

std::optional<std::uint64_t> RequestParser::content_length() const {
    const auto length = impl_->parser.content_length();
    return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

void RequestParser::begin_body(std::size_t limit) {
    impl_->body_begun = true;
    impl_->parser.body_left = limit;
    impl_->parser.eager(true);
}

Request& RequestParser::request() { return impl_->parser.request; }

}  // namespace thingstead::net
