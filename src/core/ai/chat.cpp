#include "core/ai/chat.h"

#include <algorithm>
#include <utility>

#include "core/ai/providers.h"
#include "core/crypto.h"
#include "model/validate.h"
#include "net/timer.h"

namespace thingstead::core {
namespace {

constexpr const char* google_scope = "https://www.googleapis.com/auth/cloud-platform";
/// Tokens that are kept; over that all are forgotten.
constexpr std::size_t tokens_max = 1'000;
constexpr std::chrono::milliseconds retry_pause_first{500};
constexpr std::chrono::milliseconds retry_pause_max{10'000};
/// Of what a provider says is wrong.
constexpr std::size_t refusal_bytes_max = 2'000;

std::string cut(std::string words) {
    if (words.size() > refusal_bytes_max) words.resize(refusal_bytes_max);
    return words;
}

/// {"error":{"message"}}, {"error":"…"}, {"message"} or {"detail"}; else the answer as it is.
std::string refusal_words(const net::HttpAnswer& got) {
    const Result<json::value> document = parse_json(got.body);
    std::string words = got.body;
    if (!document) return cut(std::move(words));
    for (const json::value* found :
         {member_at(*document, {"error", "message"}), member_at(*document, {"error"}),
          member_at(*document, {"message"}), member_at(*document, {"Message"}),
          member_at(*document, {"detail"}), member_at(*document, {"0", "error", "message"})}) {
        if (!found || found->is_null()) continue;
        words = found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
        break;
    }
    return cut(std::move(words));
}

ErrorCode code_of(int status) {
    if (status == 401 || status == 403) return ErrorCode::unauthenticated;
    if (status == 408 || status == 504) return ErrorCode::timeout;
    if (status == 429) return ErrorCode::rate_limited;
    if (status >= 500) return ErrorCode::unavailable;
    return ErrorCode::invalid_argument;
}

Error refused(const Provider& provider, const net::HttpAnswer& got) {
    std::string message =
        std::string(provider.name) + " refused: status " + std::to_string(got.status);
    const std::string words = refusal_words(got);
    if (!model::is_blank(words)) message += ": " + words;
    return {code_of(got.status), std::move(message)};
}

Result<std::string> text_in_answer(const Provider& provider, const net::HttpAnswer& got) {
    if (got.status < 200 || got.status > 299) return refused(provider, got);
    const Result<json::value> document = parse_json(got.body);
    if (!document)
        return Error{ErrorCode::malformed,
                     "The answer of " + std::string(provider.name) + " is not JSON"};
    std::string text = provider.text(*document);
    if (text.empty())
        return Error{ErrorCode::malformed,
                     "The answer of " + std::string(provider.name) + " has no text"};
    return text;
}

bool may_pass(const Error& why) {
    return why.code == ErrorCode::unavailable || why.code == ErrorCode::rate_limited ||
           why.code == ErrorCode::timeout;
}

}  // namespace

AiChat::AiChat(AiSettings settings, net::HttpClient& http, const Clock& clock)
    : settings_(std::move(settings)), http_(http), clock_(clock) {}

Task<Result<std::string>> AiChat::ask(std::shared_ptr<const ChatRequest> request) {
    const Result<Place> place = place_of(request->tenant);
    if (!place) co_return place.error();
    const std::chrono::milliseconds timeout = request->timeout;
    co_return co_await net::with_deadline(attempts(std::move(request)), timeout);
}

/// Answers may take minutes: one tenant's must not take all the calls of the server.
Result<AiChat::Place> AiChat::place_of(model::TenantId tenant) {
    const std::lock_guard lock(mutex_);
    std::size_t& under_way = under_way_[tenant];
    if (under_way >= settings_.calls_per_tenant_max)
        return Error{ErrorCode::rate_limited,
                     std::to_string(under_way) + " AI requests of the tenant are under way"};
    ++under_way;
    return Place(*this, tenant);
}

void AiChat::give_back(model::TenantId tenant) {
    const std::lock_guard lock(mutex_);
    const auto at = under_way_.find(tenant);
    if (--at->second == 0) under_way_.erase(at);
}

Task<Result<std::string>> AiChat::attempts(std::shared_ptr<const ChatRequest> request) {
    std::chrono::milliseconds pause = retry_pause_first;
    for (std::int32_t again = request->retries;; --again) {
        Result<std::string> answer = co_await attempt(request);
        if (answer || again <= 0 || !may_pass(answer.error())) co_return answer;
        co_await net::sleep_for(pause);
        pause = std::min(pause * 2, retry_pause_max);
    }
}

Task<Result<std::string>> AiChat::attempt(std::shared_ptr<const ChatRequest> request) {
    const Provider& provider = provider_of(request->config.provider);
    Result<net::HttpCall> call = provider.call(*request, settings_, clock_.now_ms());
    if (!call) co_return call.error();
    call->timeout = request->timeout;
    const std::string& key = request->config.access.service_account_key;
    if (provider.with_google_token) {
        const Result<std::string> token = co_await google_token(key);
        if (!token) co_return token.error();
        call->headers.emplace_back("Authorization", "Bearer " + *token);
    }
    const Result<net::HttpAnswer> got = co_await http_.send(*std::move(call));
    if (!got) co_return got.error();
    if (provider.with_google_token && got->status == 401) forget_token(key);
    co_return text_in_answer(provider, *got);
}

Task<Result<std::string>> AiChat::google_token(std::string key) {
    const EpochMs now_ms = clock_.now_ms();
    const std::string known_as = sha256_hex(key);
    {
        const std::lock_guard lock(mutex_);
        const auto at = tokens_.find(known_as);
        if (at != tokens_.end() && at->second.good_at(now_ms)) co_return at->second.text;
    }
    const Result<google::ServiceAccount> account = google::service_account_of(key);
    if (!account) co_return account.error();
    Result<std::string> form = google::token_form(*account, google_scope, now_ms);
    if (!form) co_return form.error();
    net::HttpCall call;
    call.method = net::Method::post;
    call.url = account->token_uri;
    call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    call.body = *std::move(form);
    const Result<net::HttpAnswer> got = co_await http_.send(std::move(call));
    if (!got) co_return got.error();
    Result<google::AccessToken> token = google::access_token_of(got->status, got->body, now_ms);
    if (!token) {
        Error why = token.error();
        why.code = code_of(got->status);
        co_return why;
    }
    const std::lock_guard lock(mutex_);
    if (tokens_.size() >= tokens_max) tokens_.clear();
    tokens_[known_as] = *token;
    co_return token->text;
}

void AiChat::forget_token(const std::string& key) {
    const std::lock_guard lock(mutex_);
    tokens_.erase(sha256_hex(key));
}

}  // namespace thingstead::core
