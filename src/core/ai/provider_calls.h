// The functions of each provider: provider.h says what they do. Private to core/ai.
#pragma once
#include <string>

#include "core/ai/providers.h"

namespace thingstead::core {

// Source: OpenAI's API reference, chat completions; that of Azure OpenAI (data plane inference), of
// Mistral (chat) and of GitHub Models (inference), which speak the same.
Result<net::HttpCall> openai_call(const ChatRequest&, const AiSettings&, EpochMs);
Result<net::HttpCall> azure_call(const ChatRequest&, const AiSettings&, EpochMs);
Result<net::HttpCall> mistral_call(const ChatRequest&, const AiSettings&, EpochMs);
Result<net::HttpCall> github_call(const ChatRequest&, const AiSettings&, EpochMs);
std::string openai_text(const json::value& answer);

// Source: Google's references of the Gemini API and of Vertex AI, generateContent.
Result<net::HttpCall> gemini_call(const ChatRequest&, const AiSettings&, EpochMs);
Result<net::HttpCall> vertex_call(const ChatRequest&, const AiSettings&, EpochMs);
std::string gemini_text(const json::value& answer);

// Source: Anthropic's API reference, messages.
Result<net::HttpCall> anthropic_call(const ChatRequest&, const AiSettings&, EpochMs);
std::string anthropic_text(const json::value& answer);

// Source: Amazon Bedrock's API reference, Converse.
Result<net::HttpCall> bedrock_call(const ChatRequest&, const AiSettings&, EpochMs);
std::string bedrock_text(const json::value& answer);

// Source: Ollama's API reference, chat.
Result<net::HttpCall> ollama_call(const ChatRequest&, const AiSettings&, EpochMs);
std::string ollama_text(const json::value& answer);

}  // namespace thingstead::core
