// How each provider is asked and what it answers. Plain functions; AiChat makes the calls.
#pragma once
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "core/ai/chat.h"
#include "net/http_client.h"

namespace thingstead::core {

struct Provider {
    std::string_view name;  ///< For people.
    /// Errors: unsupported - of what the provider does not take.
    Result<net::HttpCall> (*call)(const ChatRequest& request, const AiSettings& settings,
                                  EpochMs now_ms);
    /// The text in a successful answer; empty: there is none.
    std::string (*text)(const json::value& answer);
    /// A Bearer token of the service account is to be added to the call.
    bool with_google_token = false;
};

const Provider& provider_of(AiProvider provider);

// --- what the files of providers have in common ---

/// A POST of JSON.
net::HttpCall json_call(std::string url, const json::value& body);
std::string without_slash(std::string url);
/// "data:<type>;base64,…"
std::string data_url(std::string_view media_type, std::string_view bytes);
/// Puts what is there.
template <class Number>
void put_some(json::object& into, std::string_view name, const std::optional<Number>& value) {
    if (value) into[name] = *value;
}
/// The member at the end of a way of member names, or numbers of an array's items ("0"); null: it
/// is not there.
const json::value* member_at(const json::value& from, std::initializer_list<std::string_view> way);
/// The texts in the member `text` of the items of a list, one after the other.
std::string texts_of(const json::value* list);
Error not_taken(std::string_view provider, std::string_view what);

}  // namespace thingstead::core
