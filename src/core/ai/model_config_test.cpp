#include "core/ai/model_config.h"

#include <gtest/gtest.h>

#include <string>

#include "core/ai/ai_models.h"

namespace thingstead::core {
namespace {

struct Refusal {
    const char *name, *configuration, *why;
};
constexpr Refusal refusals[] = {
    {"nothing",                          "null",                                                                          "it should be an object!"                          },
    {"no provider",                      "{}",                                                                            "provider should be specified!"                    },
    {"no model",                         R"({"provider":"OPENAI","providerConfig":{"apiKey":"k"}})",
     "modelId should be specified!"                                                                                                                                          },
    {"no access",                        R"({"provider":"OPENAI","modelId":"m"})",
     "providerConfig.apiKey should be specified!"                                                                                                                            },
    {"OpenAI itself without a key",
     R"({"provider":"OPENAI","modelId":"m","providerConfig":{"baseUrl":"https://api.openai.com/v1"}})",
     "providerConfig.apiKey should be specified!"                                                                                                                            },
    {"no URL",                           R"({"provider":"OPENAI","modelId":"m","providerConfig":{"baseUrl":"ftp://x"}})",
     "providerConfig.baseUrl is no URL!"                                                                                                                                     },
    {"Azure without an endpoint",
     R"({"provider":"AZURE_OPENAI","modelId":"m","providerConfig":{"apiKey":"k"}})",                                      "providerConfig.endpoint should be specified!"     },
    {"Gemini without a key",
     R"({"provider":"GOOGLE_AI_GEMINI","modelId":"m","providerConfig":{"apiKey":" "}})",                                  "providerConfig.apiKey should be specified!"       },
    {"Vertex without a project",
     R"({"provider":"GOOGLE_VERTEX_AI_GEMINI","modelId":"m","providerConfig":{"fileName":"f"}})",                         "providerConfig.projectId should be specified!"    },
    {"Vertex at a place that is none",
     R"({"provider":"GOOGLE_VERTEX_AI_GEMINI","modelId":"m","providerConfig":{"fileName":"f",
        "projectId":"p","location":"evil.example/","serviceAccountKey":"{}"}})",                            "providerConfig.location is malformed!"            },
    {"Vertex with a key that is none",
     R"({"provider":"GOOGLE_VERTEX_AI_GEMINI","modelId":"m","providerConfig":{"fileName":"f",
        "projectId":"p","location":"l","serviceAccountKey":"x"}})",                            "Service account key is not JSON!"                 },
    {"Bedrock in a region that is none",
     R"({"provider":"AMAZON_BEDROCK","modelId":"m","providerConfig":{"region":"a.b",
        "accessKeyId":"a","secretAccessKey":"s"}})",                                     "providerConfig.region is malformed!"              },
    {"GitHub without a token",           R"({"provider":"GITHUB_MODELS","modelId":"m","providerConfig":{}})",
     "providerConfig.personalAccessToken should be specified!"                                                                                                               },
    {"Ollama without a way in",
     R"({"provider":"OLLAMA","modelId":"m","providerConfig":{"baseUrl":"http://o"}})",                                    "providerConfig.auth should be specified!"         },
    {"Ollama without a password",
     R"({"provider":"OLLAMA","modelId":"m","providerConfig":{"baseUrl":"http://o",
        "auth":{"type":"BASIC","username":"u"}}})",                                       "providerConfig.auth.password should be specified!"},
    {"too much of topP",
     R"({"provider":"MISTRAL_AI","modelId":"m","topP":1.5,"providerConfig":{"apiKey":"k"}})",                             "topP is out of its range!"                        },
    {"no time",
     R"({"provider":"MISTRAL_AI","modelId":"m","timeoutSeconds":0,"providerConfig":{"apiKey":"k"}})",
     "timeoutSeconds is out of its range!"                                                                                                                                   },
};

TEST(AiModelConfig, SaysWhatIsWrong) {
    for (const Refusal& row : refusals) {
        SCOPED_TRACE(row.name);
        const auto config = ai_model_config(parse_json(row.configuration).value());
        ASSERT_FALSE(config);
        EXPECT_EQ(config.error().code, ErrorCode::invalid_argument);
        EXPECT_EQ(config.error().message, "AI model configuration: " + std::string(row.why));
    }
    EXPECT_FALSE(ai_model_config(parse_json(R"({"provider":"NOBODY","modelId":"m"})").value()));
    EXPECT_FALSE(ai_model_config(
        parse_json(R"({"provider":"ANTHROPIC","modelId":"m","maxRetries":"many"})").value()));
}

TEST(AiModelConfig, TakesServersOfOnesOwnWithoutAKey) {
    const auto config = ai_model_config(parse_json(R"({"provider":"OPENAI","modelId":"m",
        "maxRetries":2,"timeoutSeconds":30,"providerConfig":{"baseUrl":"http://10.0.0.1/v1"}})")
                                            .value());
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->access.base_url, "http://10.0.0.1/v1");
    EXPECT_EQ(config->retries_max, 2);
    EXPECT_EQ(config->timeout_s, 30);
}

TEST(AiModel, IsToldOfWithoutSecrets) {
    model::AiModel model;
    model.configuration = parse_json(R"({"provider":"OLLAMA","modelId":"m","providerConfig":{
        "baseUrl":"http://o","apiKey":"s1","auth":{"type":"BASIC","username":"u","password":"s2"}}})")
                              .value();
    EXPECT_EQ(json::serialize(without_secrets(model).configuration),
              R"({"provider":"OLLAMA","modelId":"m","providerConfig":{"baseUrl":"http://o",)"
              R"("auth":{"type":"BASIC","username":"u"}}})");
}

}  // namespace
}  // namespace thingstead::core
