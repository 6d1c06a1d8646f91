// Shapes of what AI models are configured with, and of what they are asked and answer.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr Member ai_model_config_members[] = {
    {.name = "provider", .kind = Kind::text, .required = true},
};

constexpr Variant ai_model_config_variants[] = {
    {"AMAZON_BEDROCK",          "AmazonBedrockChatModelConfig"       },
    {"ANTHROPIC",               "AnthropicChatModelConfig"           },
    {"AZURE_OPENAI",            "AzureOpenAiChatModelConfig"         },
    {"GITHUB_MODELS",           "GitHubModelsChatModelConfig"        },
    {"GOOGLE_AI_GEMINI",        "GoogleAiGeminiChatModelConfig"      },
    {"GOOGLE_VERTEX_AI_GEMINI", "GoogleVertexAiGeminiChatModelConfig"},
    {"MISTRAL_AI",              "MistralAiChatModelConfig"           },
    {"OLLAMA",                  "OllamaChatModelConfig"              },
    {"OPENAI",                  "OpenAiChatModelConfig"              },
};

constexpr std::string_view ai_model_type_names[] = {"CHAT"};

constexpr Member amazon_bedrock_chat_model_config_members[] = {
    {.name = "maxOutputTokens", .kind = Kind::integer},
    {.name = "maxRetries", .kind = Kind::integer},
    {.name = "modelId", .kind = Kind::text, .required = true},
    {.name = "modelType", .kind = Kind::text, .shape = "AiModelType", .read_only = true},
    {.name = "providerConfig",
     .kind = Kind::object,
     .shape = "AmazonBedrockProviderConfig",
     .required = true},
    {.name = "temperature", .kind = Kind::number},
    {.name = "timeoutSeconds", .kind = Kind::integer},
    {.name = "topP", .kind = Kind::number},
};

constexpr Member amazon_bedrock_provider_config_members[] = {
    {.name = "accessKeyId",     .kind = Kind::text, .required = true},
    {.name = "region",          .kind = Kind::text, .required = true},
    {.name = "secretAccessKey", .kind = Kind::text, .required = true},
};

constexpr Member anthropic_chat_model_config_members[] = {
    {.name = "maxOutputTokens", .kind = Kind::integer},
    {.name = "maxRetries", .kind = Kind::integer},
    {.name = "modelId", .kind = Kind::text, .required = true},
    {.name = "modelType", .kind = Kind::text, .shape = "AiModelType", .read_only = true},
    {.name = "providerConfig",
     .kind = Kind::object,
     .shape = "AnthropicProviderConfig",
     .required = true},
    {.name = "temperature", .kind = Kind::number},
    {.name = "timeoutSeconds", .kind = Kind::integer},
    {.name = "topK", .kind = Kind::integer},
    {.name = "topP", .kind = Kind::number},
};

constexpr Member anthropic_provider_config_members[] = {
    {.name = "apiKey", .kind = Kind::text, .required = true},
};

constexpr Member azure_openai_chat_model_config_members[] = {
    {.name = "frequencyPenalty", .kind = Kind::number},
    {.name = "maxOutputTokens", .kind = Kind::integer},
    {.name = "maxRetries", .kind = Kind::integer},
    {.name = "modelId", .kind = Kind::text, .required = true},
    {.name = "modelType", .kind = Kind::text, .shape = "AiModelType", .read_only = true},
    {.name = "presencePenalty", .kind = Kind::number},
    {.name = "providerConfig",
     .kind = Kind::object,
     .shape = "AzureOpenAiProviderConfig",
     .required = true},
    {.name = "temperature", .kind = Kind::number},
    {.name = "timeoutSeconds", .kind = Kind::integer},
    {.name = "topP", .kind = Kind::number},
};

constexpr Member azure_openai_provider_config_members[] = {
    {.name = "apiKey", .kind = Kind::text, .required = true},
    {.name = "endpoint", .kind = Kind::text, .required = true},
    {.name = "serviceVersion", .kind = Kind::text},
};

constexpr Member basic_members[] = {
    {.name = "password", .kind = Kind::text, .required = true},
    {.name = "username", .kind = Kind::text, .required = true},
};

constexpr Member failure_members[] = {
    {.name = "errorDetails", .kind = Kind::text},
};

constexpr Member github_models_chat_model_config_members[] = {
    {.name = "frequencyPenalty", .kind = Kind::number},
    {.name = "maxOutputTokens", .kind = Kind::integer},
    {.name = "maxRetries", .kind = Kind::integer},
    {.name = "modelId", .kind = Kind::text, .required = true},
    {.name = "modelType", .kind = Kind::text, .shape = "AiModelType", .read_only = true},
    {.name = "presencePenalty", .kind = Kind::number},
    {.name = "providerConfig",
     .kind = Kind::object,
     .shape = "GitHubModelsProviderConfig",
     .required = true},
    {.name = "temperature", .kind = Kind::number},
    {.name = "timeoutSeconds", .kind = Kind::integer},
    {.name = "topP", .kind = Kind::number},
};

constexpr Member github_models_provider_config_members[] = {
    {.name = "personalAccessToken", .kind = Kind::text, .required = true},
};

constexpr Member google_ai_gemini_chat_model_config_members[] = {
    {.name = "frequencyPenalty", .kind = Kind::number},
    {.name = "maxOutputTokens", .kind = Kind::integer},
    {.name = "maxRetries", .kind = Kind::integer},
    {.name = "modelId", .kind = Kind::text, .required = true},
    {.name = "modelType", .kind = Kind::text, .shape = "AiModelType", .read_only = true},
    {.name = "presencePenalty", .kind = Kind::number},
    {.name = "providerConfig",
     .kind = Kind::object,
     .shape = "GoogleAiGeminiProviderConfig",
     .required = true},
    {.name = "temperature", .kind = Kind::number},
    {.name = "timeoutSeconds", .kind = Kind::integer},
    {.name = "topK", .kind = Kind::integer},
    {.name = "topP", .kind = Kind::number},
};

constexpr Member google_ai_gemini_provider_config_members[] = {
    {.name = "apiKey", .kind = Kind::text, .required = true},
};

constexpr Member google_vertex_ai_gemini_chat_model_config_members[] = {
    {.name = "frequencyPenalty", .kind = Kind::number},
    {.name = "maxOutputTokens", .kind = Kind::integer},
    {.name = "maxRetries", .kind = Kind::integer},
    {.name = "modelId", .kind = Kind::text, .required = true},
    {.name = "modelType", .kind = Kind::text, .shape = "AiModelType", .read_only = true},
    {.name = "presencePenalty", .kind = Kind::number},
    {.name = "providerConfig",
     .kind = Kind::object,
     .shape = "GoogleVertexAiGeminiProviderConfig",
     .required = true},
    {.name = "temperature", .kind = Kind::number},
    {.name = "timeoutSeconds", .kind = Kind::integer},
    {.name = "topK", .kind = Kind::integer},
    {.name = "topP", .kind = Kind::number},
};

constexpr Member google_vertex_ai_gemini_provider_config_members[] = {
    {.name = "fileName",          .kind = Kind::text, .required = true},
    {.name = "location",          .kind = Kind::text, .required = true},
    {.name = "projectId",         .kind = Kind::text, .required = true},
    {.name = "serviceAccountKey", .kind = Kind::text, .required = true},
};

constexpr Member mistral_ai_chat_model_config_members[] = {
    {.name = "frequencyPenalty", .kind = Kind::number},
    {.name = "maxOutputTokens", .kind = Kind::integer},
    {.name = "maxRetries", .kind = Kind::integer},
    {.name = "modelId", .kind = Kind::text, .required = true},
    {.name = "modelType", .kind = Kind::text, .shape = "AiModelType", .read_only = true},
    {.name = "presencePenalty", .kind = Kind::number},
    {.name = "providerConfig",
     .kind = Kind::object,
     .shape = "MistralAiProviderConfig",
     .required = true},
    {.name = "temperature", .kind = Kind::number},
    {.name = "timeoutSeconds", .kind = Kind::integer},
    {.name = "topP", .kind = Kind::number},
};

constexpr Member mistral_ai_provider_config_members[] = {
    {.name = "apiKey", .kind = Kind::text, .required = true},
};

constexpr Member ollama_auth_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr Variant ollama_auth_variants[] = {
    {"BASIC", "Basic"},
    {"NONE",  "None" },
    {"TOKEN", "Token"},
};

constexpr Member ollama_chat_model_config_members[] = {
    {.name = "contextLength", .kind = Kind::integer},
    {.name = "maxOutputTokens", .kind = Kind::integer},
    {.name = "maxRetries", .kind = Kind::integer},
    {.name = "modelId", .kind = Kind::text, .required = true},
    {.name = "modelType", .kind = Kind::text, .shape = "AiModelType", .read_only = true},
    {.name = "providerConfig",
     .kind = Kind::object,
     .shape = "OllamaProviderConfig",
     .required = true},
    {.name = "temperature", .kind = Kind::number},
    {.name = "timeoutSeconds", .kind = Kind::integer},
    {.name = "topK", .kind = Kind::integer},
    {.name = "topP", .kind = Kind::number},
};

constexpr Member ollama_provider_config_members[] = {
    {.name = "auth", .kind = Kind::object, .shape = "OllamaAuth", .required = true},
    {.name = "baseUrl", .kind = Kind::text, .required = true},
};

constexpr Member openai_chat_model_config_members[] = {
    {.name = "frequencyPenalty", .kind = Kind::number},
    {.name = "maxOutputTokens", .kind = Kind::integer},
    {.name = "maxRetries", .kind = Kind::integer},
    {.name = "modelId", .kind = Kind::text, .required = true},
    {.name = "modelType", .kind = Kind::text, .shape = "AiModelType", .read_only = true},
    {.name = "presencePenalty", .kind = Kind::number},
    {.name = "providerConfig",
     .kind = Kind::object,
     .shape = "OpenAiProviderConfig",
     .required = true},
    {.name = "temperature", .kind = Kind::number},
    {.name = "timeoutSeconds", .kind = Kind::integer},
    {.name = "topP", .kind = Kind::number},
};

constexpr Member openai_provider_config_members[] = {
    {.name = "apiKey",  .kind = Kind::text},
    {.name = "baseUrl", .kind = Kind::text},
};

constexpr Member success_members[] = {
    {.name = "generatedContent", .kind = Kind::text},
};

constexpr Member tb_chat_request_members[] = {
    {.name = "chatModelConfig", .kind = Kind::object, .shape = "AiModelConfig", .required = true},
    {.name = "systemMessage", .kind = Kind::text},
    {.name = "userMessage", .kind = Kind::object, .shape = "TbUserMessage", .required = true},
};

constexpr Member tb_chat_response_members[] = {
    {.name = "status", .kind = Kind::text, .required = true},
};

constexpr Variant tb_chat_response_variants[] = {
    {"FAILURE", "Failure"},
    {"SUCCESS", "Success"},
};

constexpr Member tb_content_members[] = {
    {.name = "contentType", .kind = Kind::text, .required = true},
};

constexpr Variant tb_content_variants[] = {
    {"TEXT", "TbTextContent"},
};

constexpr Member tb_text_content_members[] = {
    {.name = "text", .kind = Kind::text, .required = true},
};

constexpr Member tb_user_message_members[] = {
    {.name = "contents",
     .kind = Kind::object,
     .shape = "TbContent",
     .list = true,
     .required = true},
};

constexpr Member token_members[] = {
    {.name = "token", .kind = Kind::text, .required = true},
};

constexpr Shape ai_model_table[] = {
    {.name = "AiModelConfig",
     .members = ai_model_config_members,
     .discriminator = "provider",
     .variants = ai_model_config_variants},
    {.name = "AiModelType", .names = ai_model_type_names},
    {.name = "AmazonBedrockChatModelConfig",
     .members = amazon_bedrock_chat_model_config_members,
     .extends = "AiModelConfig"},
    {.name = "AmazonBedrockProviderConfig", .members = amazon_bedrock_provider_config_members},
    {.name = "AnthropicChatModelConfig",
     .members = anthropic_chat_model_config_members,
     .extends = "AiModelConfig"},
    {.name = "AnthropicProviderConfig", .members = anthropic_provider_config_members},
    {.name = "AzureOpenAiChatModelConfig",
     .members = azure_openai_chat_model_config_members,
     .extends = "AiModelConfig"},
    {.name = "AzureOpenAiProviderConfig", .members = azure_openai_provider_config_members},
    {.name = "Basic", .members = basic_members, .extends = "OllamaAuth"},
    {.name = "Failure", .members = failure_members, .extends = "TbChatResponse"},
    {.name = "GitHubModelsChatModelConfig",
     .members = github_models_chat_model_config_members,
     .extends = "AiModelConfig"},
    {.name = "GitHubModelsProviderConfig", .members = github_models_provider_config_members},
    {.name = "GoogleAiGeminiChatModelConfig",
     .members = google_ai_gemini_chat_model_config_members,
     .extends = "AiModelConfig"},
    {.name = "GoogleAiGeminiProviderConfig", .members = google_ai_gemini_provider_config_members},
    {.name = "GoogleVertexAiGeminiChatModelConfig",
     .members = google_vertex_ai_gemini_chat_model_config_members,
     .extends = "AiModelConfig"},
    {.name = "GoogleVertexAiGeminiProviderConfig",
     .members = google_vertex_ai_gemini_provider_config_members},
    {.name = "MistralAiChatModelConfig",
     .members = mistral_ai_chat_model_config_members,
     .extends = "AiModelConfig"},
    {.name = "MistralAiProviderConfig", .members = mistral_ai_provider_config_members},
    {.name = "None", .extends = "OllamaAuth"},
    {.name = "OllamaAuth",
     .members = ollama_auth_members,
     .discriminator = "type",
     .variants = ollama_auth_variants},
    {.name = "OllamaChatModelConfig",
     .members = ollama_chat_model_config_members,
     .extends = "AiModelConfig"},
    {.name = "OllamaProviderConfig", .members = ollama_provider_config_members},
    {.name = "OpenAiChatModelConfig",
     .members = openai_chat_model_config_members,
     .extends = "AiModelConfig"},
    {.name = "OpenAiProviderConfig", .members = openai_provider_config_members},
    {.name = "Success", .members = success_members, .extends = "TbChatResponse"},
    {.name = "TbChatRequest", .members = tb_chat_request_members},
    {.name = "TbChatResponse",
     .members = tb_chat_response_members,
     .discriminator = "status",
     .variants = tb_chat_response_variants},
    {.name = "TbContent",
     .members = tb_content_members,
     .discriminator = "contentType",
     .variants = tb_content_variants},
    {.name = "TbTextContent", .members = tb_text_content_members, .extends = "TbContent"},
    {.name = "TbUserMessage", .members = tb_user_message_members},
    {.name = "Token", .members = token_members, .extends = "OllamaAuth"},
};

}  // namespace

std::span<const Shape> ai_model_shapes() { return ai_model_table; }

}  // namespace thingstead::model
