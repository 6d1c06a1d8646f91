// The node that asks AI models, with a stand-in for each provider.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <memory>
#include <string>
#include <vector>

#include "core/ai/ai_models.h"
#include "core/ai/chat.h"
#include "core/crypto.h"
#include "core/resource/files.h"
#include "model/resource.h"
#include "protocol/aws/sign.h"
#include "protocol/google/key_testing.h"
#include "rule/testing/entity_bench.h"
#include "rule/testing/web_stand_in.h"

namespace thingstead::rule::testing::ai {
namespace {

using namespace std::chrono_literals;

const char* const node = "ai.TbAiNode";

struct World : EntityBench {
    World() {
        core::AiSettings settings;
        settings.anthropic_url = settings.bedrock_url = settings.gemini_url = settings.github_url =
            settings.mistral_url = settings.vertex_url = web.url();
        chat = std::make_unique<core::AiChat>(settings, *bench->outside.http, bench->house.clock);
        bench->outside.ai = chat.get();
    }

    /// In the configuration of a provider WEB is where the stand-in is, ACCOUNT_KEY the key of a
    /// service account.
    model::AiModel model_of(std::string configuration, model::TenantId tenant) {
        const auto replace = [&](std::string_view word, const std::string& by) {
            for (std::size_t at; (at = configuration.find(word)) != std::string::npos;)
                configuration.replace(at, word.size(), by);
        };
        replace("WEB", web.url());
        json::object account;
        account["client_email"] = "me@project.example";
        account["private_key"] = google::test_private_key;
        account["token_uri"] = web.url("/token");
        replace("ACCOUNT_KEY", json::serialize(json::value(json::serialize(account))));
        model::AiModel model;
        model.name = "m" + std::to_string(++models);
        model.configuration = parse_json(configuration).value();
        return save_for(tenant, std::move(model));
    }
    model::AiModel model_of(std::string configuration) {
        return model_of(std::move(configuration), bench->house.tenant);
    }

    /// A node that does not acknowledge first.
    Result<> make(const model::AiModel& model, const std::string& more) {
        return bench->make(node, R"({"modelId":{"entityType":"AI_MODEL","id":")" +
                                     model.id.to_string() + R"("},"forceAck":false,)" + more + "}");
    }

    model::TbResourceId resource(model::ResourceType type, const std::string& media_type,
                                 const std::string& bytes) {
        model::TbResource made;
        made.id = model::TbResourceId::make();
        made.tenant_id = bench->house.tenant;
        made.title = made.resource_key = made.file_name = "file " + std::to_string(++models);
        made.resource_type = type;
        made.descriptor = json::object{
            {"mediaType", media_type}
        };
        write<bool>([&](store::Transaction& transaction) -> Result<bool> {
            if (Result<> done = transaction.insert(made); !done) return done.error();
            const Result<> done = core::write_file(transaction, made.tenant_id, made.id.uuid,
                                                   model::FileKind::content, bytes);
            if (!done) return done.error();
            return true;
        });
        return made.id;
    }

    int models = 0;
    WebStandIn web{*bench};
    std::unique_ptr<core::AiChat> chat;
};

const char* const openai =
    R"({"provider":"OPENAI","modelId":"m","providerConfig":{"baseUrl":"WEB/v1/","apiKey":"k1"}})";
const char* const text_format =
    R"("systemPrompt":"Be brief.","userPrompt":"Say $[a] of ${k}","responseFormat":{"type":"TEXT"})";
const char* const openai_says =
    R"({"choices":[{"message":{"role":"assistant","content":"{\"x\": 1}"}}]})";

struct ProviderRow {
    const char *name, *configuration, *target, *header, *value, *body, *answer;
};
const ProviderRow providers[] = {
    {"OpenAI and servers that speak like it",
     R"({"provider":"OPENAI","modelId":"gpt","temperature":0.5,"topP":0.25,"frequencyPenalty":1.5,
        "presencePenalty":-1.5,"maxOutputTokens":7,
        "providerConfig":{"baseUrl":"WEB/v1/","apiKey":"k1"}})",                           "/v1/chat/completions",                                                "Authorization",  "Bearer k1",
     R"({"model":"gpt","messages":[{"role":"system","content":"Be brief."},
        {"role":"user","content":"Say 1 of v"}],"temperature":0.5,"top_p":0.25,
        "frequency_penalty":1.5,"presence_penalty":-1.5,"max_tokens":7})",           R"({"choices":[{"message":{"content":"ok"}}]})"                                   },
    {"a server that asks for no key",
     R"({"provider":"OPENAI","modelId":"own","providerConfig":{"baseUrl":"WEB"}})",                                           "/chat/completions",                                                   "Authorization",  "",
     R"({"model":"own","messages":[{"role":"system","content":"Be brief."},
        {"role":"user","content":"Say 1 of v"}]})",           R"({"choices":[{"message":{"content":[{"type":"text","text":"ok"}]}}]})"          },
    {"Azure OpenAI",
     R"({"provider":"AZURE_OPENAI","modelId":"dep 1","maxOutputTokens":7,
        "providerConfig":{"endpoint":"WEB/","apiKey":"k2","serviceVersion":"2025-01-01"}})",                                                    "/openai/deployments/dep%201/chat/completions?api-version=2025-01-01", "api-key",        "k2",
     R"({"messages":[{"role":"system","content":"Be brief."},
        {"role":"user","content":"Say 1 of v"}],"max_tokens":7})",                         R"({"choices":[{"message":{"content":"ok"}}]})"                                   },
    {"Google Gemini",
     R"({"provider":"GOOGLE_AI_GEMINI","modelId":"gemini-x","temperature":0.5,"topP":0.25,"topK":3,
        "maxOutputTokens":7,"providerConfig":{"apiKey":"k3"}})",                          "/v1beta/models/gemini-x:generateContent",                             "x-goog-api-key", "k3",
     R"({"systemInstruction":{"parts":[{"text":"Be brief."}]},
        "contents":[{"role":"user","parts":[{"text":"Say 1 of v"}]}],
        "generationConfig":{"temperature":0.5,"topP":0.25,"topK":3,"maxOutputTokens":7}})",                        R"({"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"o"},
        {"text":"k"}]}}]})" },
    {"Mistral",                               R"({"provider":"MISTRAL_AI","modelId":"mi","providerConfig":{"apiKey":"k4"}})",
     "/v1/chat/completions",                                                                                                                                                                         "Authorization",  "Bearer k4",
     R"({"model":"mi","messages":[{"role":"system","content":"Be brief."},
        {"role":"user","content":"Say 1 of v"}]})",            R"({"choices":[{"message":{"content":"ok"}}]})"                                   },
    {"Anthropic",
     R"({"provider":"ANTHROPIC","modelId":"cl","temperature":0.5,"topP":0.25,"topK":3,
        "maxOutputTokens":7,"providerConfig":{"apiKey":"k5"}})",                                       "/v1/messages",                                                        "x-api-key",      "k5",
     R"({"model":"cl","max_tokens":7,"system":"Be brief.","messages":[{"role":"user",
        "content":[{"type":"text","text":"Say 1 of v"}]}],"temperature":0.5,"top_p":0.25,"top_k":3})", R"({"content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"ok"}]})"},
    {"GitHub Models",
     R"({"provider":"GITHUB_MODELS","modelId":"o/gpt","providerConfig":
        {"personalAccessToken":"k6"}})",                                                      "/inference/chat/completions",                                         "Authorization",  "Bearer k6",
     R"({"model":"o/gpt","messages":[{"role":"system","content":"Be brief."},
        {"role":"user","content":"Say 1 of v"}]})",         R"({"choices":[{"message":{"content":"ok"}}]})"                                   },
    {"Ollama",
     R"({"provider":"OLLAMA","modelId":"ll","temperature":0.5,"topP":0.25,"topK":3,
        "contextLength":100,"maxOutputTokens":7,
        "providerConfig":{"baseUrl":"WEB","auth":{"type":"NONE"}}})",                                          "/api/chat",                                                           "Authorization",  "",
     R"({"model":"ll","messages":[{"role":"system","content":"Be brief."},
        {"role":"user","content":"Say 1 of v"}],"stream":false,"options":{"temperature":0.5,
        "top_p":0.25,"top_k":3,"num_ctx":100,"num_predict":7}})",            R"({"message":{"role":"assistant","content":"ok"}})"                              },
    {"Ollama with a password",
     R"({"provider":"OLLAMA","modelId":"ll","providerConfig":{"baseUrl":"WEB",
        "auth":{"type":"BASIC","username":"u","password":"p"}}})",                                               "/api/chat",                                                           "Authorization",  "Basic dTpw",
     R"({"model":"ll","messages":[{"role":"system","content":"Be brief."},
        {"role":"user","content":"Say 1 of v"}],"stream":false})",            R"({"message":{"content":"ok"}})"                                                 },
    {"Ollama with a token",
     R"({"provider":"OLLAMA","modelId":"ll","providerConfig":{"baseUrl":"WEB",
        "auth":{"type":"TOKEN","token":"t"}}})",                                               "/api/chat",                                                           "Authorization",  "Bearer t",
     R"({"model":"ll","messages":[{"role":"system","content":"Be brief."},
        {"role":"user","content":"Say 1 of v"}],"stream":false})",            R"({"message":{"content":"ok"}})"                                                 },
};

const model::Metadata metadata = metadata_of({
    {"k", "v"}
});

TEST(AiRequest, AsksEachProviderInItsOwnWay) {
    World world;
    for (const ProviderRow& row : providers) {
        SCOPED_TRACE(row.name);
        ASSERT_TRUE(world.make(world.model_of(row.configuration), text_format));
        world.web.answer(reply_of(200, row.answer));
        const NodeAnswer answer = world.bench->send(R"({"a":1})", metadata);
        EXPECT_EQ(answer.way(), "Success") << answer.error;
        EXPECT_EQ(answer.msg.data, R"({"response":"ok"})");
        const net::Request asked = world.web.last();
        EXPECT_EQ(asked.method, net::Method::post);
        EXPECT_EQ(asked.target, row.target);
        EXPECT_EQ(asked.header(row.header).value_or(""), row.value);
        EXPECT_EQ(asked.header("Content-Type"), "application/json");
        EXPECT_EQ(parse_json(asked.body).value(), parse_json(row.body).value()) << asked.body;
    }
}

TEST(AiRequest, AsksVertexWithATokenThatItKeeps) {
    World world;
    const model::AiModel model = world.model_of(
        R"({"provider":"GOOGLE_VERTEX_AI_GEMINI","modelId":"gemini-x","providerConfig":{
        "fileName":"f","projectId":"p1","location":"europe-west1","serviceAccountKey":ACCOUNT_KEY}})");
    ASSERT_TRUE(world.make(model, text_format));
    const char* const says = R"({"candidates":[{"content":{"parts":[{"text":"ok"}]}}]})";
    world.web.answer(reply_of(200, R"({"access_token":"tok1","expires_in":3600})"));
    world.web.answer(reply_of(200, says));
    world.web.answer(reply_of(200, says));
    const NodeAnswer first = world.bench->send(R"({"a":1})", metadata);
    EXPECT_EQ(first.way(), "Success") << first.error;
    EXPECT_EQ(world.web.requests().at(0).target, "/token");
    EXPECT_EQ(world.web.last().target,
              "/v1/projects/p1/locations/europe-west1/publishers/google/models/"
              "gemini-x:generateContent");
    EXPECT_EQ(world.web.last().header("Authorization"), "Bearer tok1");
    EXPECT_EQ(world.bench->send(R"({"a":1})", metadata).way(), "Success");
    EXPECT_EQ(world.web.requests().size(), 3u);
    // A token that is refused is not used again.
    world.web.answer(reply_of(401, R"({"error":{"message":"expired"}})"));
    world.web.answer(reply_of(400, R"({"error":"invalid_grant","error_description":"Bad key"})"));
    EXPECT_EQ(world.bench->send("{}").error, "Google Vertex AI refused: status 401: expired");
    EXPECT_EQ(world.bench->send("{}").error, "No access token: status 400: Bad key");
}

TEST(AiRequest, SignsWhatItAsksBedrock) {
    World world;
    ASSERT_TRUE(world.make(world.model_of(R"({"provider":"AMAZON_BEDROCK","modelId":"a.b-v1:0",
        "temperature":0.5,"topP":0.25,"maxOutputTokens":7,"providerConfig":{"region":"eu-west-1",
        "accessKeyId":"AK","secretAccessKey":"SK"}})"),
                           text_format));
    world.web.answer(
        reply_of(200, R"({"output":{"message":{"content":[{"text":"ok"}]}},"stopReason":"x"})"));
    const NodeAnswer answer = world.bench->send(R"({"a":1})", metadata);
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    EXPECT_EQ(answer.msg.data, R"({"response":"ok"})");
    const net::Request asked = world.web.last();
    EXPECT_EQ(asked.target, "/model/a.b-v1%3A0/converse");
    EXPECT_EQ(parse_json(asked.body).value(),
              parse_json(R"({"system":[{"text":"Be brief."}],"messages":[{"role":"user",
                  "content":[{"text":"Say 1 of v"}]}],"inferenceConfig":{"maxTokens":7,
                  "temperature":0.5,"topP":0.25}})")
                  .value());
    aws::Request to_sign;
    to_sign.host = world.web.url().substr(7);
    to_sign.path = asked.target;
    to_sign.headers = {
        {"Content-Type", "application/json"}
    };
    to_sign.body = asked.body;
    const aws::Signed expected = aws::sign(to_sign, {"AK", "SK"}, {"eu-west-1", "bedrock"},
                                           world.bench->house.clock.now_ms() / 1000);
    EXPECT_EQ(asked.header("Authorization"), expected.authorization);
}

TEST(AiRequest, AsksForAFormat) {
    World world;
    struct Row {
        const char *name, *configuration, *format, *member, *expected, *answer;
    };
    const char* const gemini =
        R"({"provider":"GOOGLE_AI_GEMINI","modelId":"g","providerConfig":{"apiKey":"k"}})";
    const char* const ollama = R"({"provider":"OLLAMA","modelId":"o","providerConfig":
        {"baseUrl":"WEB","auth":{"type":"NONE"}}})";
    const char* const schema = R"({"type":"JSON_SCHEMA","schema":{"title":"My answer",
        "type":"object","properties":{"x":{"type":"integer"}}}})";
    const char* const gemini_says =
        R"({"candidates":[{"content":{"parts":[{"text":"{\"x\": 1}"}]}}]})";
    const char* const ollama_says = R"({"message":{"content":"{\"x\": 1}"}})";
    const Row rows[] = {
        {"JSON of OpenAI",     openai, R"({"type":"JSON"})", "response_format",
         R"({"type":"json_object"})",                                                                                      openai_says},
        {"a schema of OpenAI", openai, schema,               "response_format",
         R"({"type":"json_schema","json_schema":{"name":"My_answer","schema":{"title":"My answer",
         "type":"object","properties":{"x":{"type":"integer"}}}}})",                        openai_says},
        {"JSON of Gemini",     gemini, R"({"type":"JSON"})", "generationConfig",
         R"({"responseMimeType":"application/json"})",                                                                     gemini_says},
        {"a schema of Gemini", gemini, schema,               "generationConfig",
         R"({"responseMimeType":"application/json","responseJsonSchema":{"title":"My answer",
         "type":"object","properties":{"x":{"type":"integer"}}}})",                             gemini_says},
        {"JSON of Ollama",     ollama, R"({"type":"JSON"})", "format",           R"("json")",                              ollama_says},
        {"a schema of Ollama", ollama, schema,               "format",           R"({"title":"My answer","type":"object",
         "properties":{"x":{"type":"integer"}}})",
         ollama_says                                                                                                                  },
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        ASSERT_TRUE(world.make(
            world.model_of(row.configuration),
            R"("systemPrompt":" ","userPrompt":"x","responseFormat":)" + std::string(row.format)));
        world.web.answer(reply_of(200, row.answer));
        const NodeAnswer answer = world.bench->send("{}");
        EXPECT_EQ(answer.way(), "Success") << answer.error;
        EXPECT_EQ(answer.msg.data, R"({"x": 1})");
        const json::value body = parse_json(world.web.last().body).value();
        EXPECT_EQ(body.at(row.member), parse_json(row.expected).value());
        EXPECT_EQ(world.web.last().body.find("system"), std::string::npos);
    }
}

TEST(AiRequest, TellsWhyItFailed) {
    World world;
    struct Row {
        const char *name, *format;
        net::Reply reply;
        const char *error, *metadata;
    };
    const Row rows[] = {
        {"a bad key",                     "TEXT", reply_of(401, R"({"error":{"message":"Bad key"}})"),
         "OpenAI refused: status 401: Bad key",                                                                                                          "class java.lang.SecurityException: OpenAI refused: status 401: Bad key"        },
        {"too many requests",             "TEXT", reply_of(429, R"({"error":"slow down"})"),
         "OpenAI refused: status 429: slow down",                                                                                                        "class java.lang.RuntimeException: OpenAI refused: status 429: slow down"       },
        {"a server's failure",            "TEXT", reply_of(503, "busy"),                                             "OpenAI refused: status 503: busy",
         "class java.net.ConnectException: OpenAI refused: status 503: busy"                                                                                                                                                             },
        {"no JSON",                       "TEXT", reply_of(200, "<html>"),                                           "The answer of OpenAI is not JSON",
         "class java.lang.IllegalArgumentException: The answer of OpenAI is not JSON"                                                                                                                                                    },
        {"no text",                       "TEXT", reply_of(200, R"({"choices":[]})"),                                "The answer of OpenAI has no text",
         "class java.lang.IllegalArgumentException: The answer of OpenAI has no text"                                                                                                                                                    },
        {"text where JSON was asked for", "JSON",
         reply_of(200,                                          R"({"choices":[{"message":{"content":"Sure!"}}]})"),
         "The model did not answer JSON: Sure!",                                                                                                         "class java.lang.IllegalArgumentException: The model did not answer JSON: Sure!"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        ASSERT_TRUE(world.make(
            world.model_of(openai),
            R"("userPrompt":"x","responseFormat":{"type":")" + std::string(row.format) + "\"}"));
        const std::size_t before = world.web.requests().size();
        world.web.answer(row.reply);
        const NodeAnswer answer = world.bench->send(R"({"a":1})");
        EXPECT_EQ(answer.way(), "Failure");
        EXPECT_EQ(answer.error, row.error);
        EXPECT_EQ(answer.msg.metadata.get("error"), row.metadata);
        EXPECT_EQ(answer.msg.data, R"({"a":1})");
        EXPECT_EQ(world.web.requests().size(), before + 1);  // No retries.
    }
}

TEST(AiRequest, WaitsNoLongerThanItIsTold) {
    World world;
    ASSERT_TRUE(world.make(world.model_of(openai), R"("userPrompt":"x","timeoutSeconds":1)"));
    world.web.keep_silent();
    const NodeAnswer answer = world.bench->send("{}");
    EXPECT_EQ(answer.way(), "Failure");
    EXPECT_TRUE(
        answer.msg.metadata.get("error").starts_with("class java.util.concurrent.TimeoutException"))
        << answer.msg.metadata.get("error");
}

TEST(AiRequest, WrapsWhatIsNoObject) {
    World world;
    ASSERT_TRUE(world.make(world.model_of(openai), R"("userPrompt":"x")"));
    world.web.answer(reply_of(200, R"({"choices":[{"message":{"content":"[1]"}}]})"));
    EXPECT_EQ(world.bench->send("{}").msg.data, R"({"response":"[1]"})");
    world.web.answer(reply_of(200, openai_says));
    EXPECT_EQ(world.bench->send("{}").msg.data, R"({"x": 1})");
}

TEST(AiRequest, SendsResourcesBehindThePrompt) {
    World world;
    const auto text = world.resource(model::ResourceType::general, "text/csv", "a;b");
    const auto pdf = world.resource(model::ResourceType::general, "application/pdf", "%PDF");
    const auto image = world.resource(model::ResourceType::general, "image/png", "PNG");
    const auto module = world.resource(model::ResourceType::js_module, "text/plain", "1;");
    const auto bytes = world.resource(model::ResourceType::general, "", "\xff\xfe");
    const auto with = [](const model::TbResourceId& id) {
        return R"("userPrompt":"x","responseFormat":{"type":"TEXT"},"resourceIds":[")" +
               id.to_string() + "\"]";
    };
    const model::AiModel model = world.model_of(openai);
    struct Row {
        model::TbResourceId resource;
        std::string part;
    };
    const Row rows[] = {
        {text,  R"({"type":"text","text":"a;b"})"              },
        {pdf,
         R"({"type":"file","file":{"filename":"file 2","file_data":"data:application/pdf;base64,)" +
             core::base64("%PDF") + "\"}}"                     },
        {image, R"({"type":"image_url","image_url":{"url":"data:image/png;base64,)" +
                    core::base64("PNG") + "\"}}"},
    };
    for (const Row& row : rows) {
        ASSERT_TRUE(world.make(model, with(row.resource)));
        world.web.answer(reply_of(200, openai_says));
        const NodeAnswer answer = world.bench->send("{}");
        EXPECT_EQ(answer.way(), "Success") << answer.error;
        const json::value body = parse_json(world.web.last().body).value();
        const json::value& parts = body.at("messages").as_array().back().at("content");
        ASSERT_EQ(parts.as_array().size(), 2u);
        EXPECT_EQ(parts.at(1), parse_json(row.part).value());
    }
    ASSERT_TRUE(world.make(model, with(module)));
    EXPECT_EQ(world.bench->send("{}").error, "Resource \"file 4\" is not of type GENERAL!");
    ASSERT_TRUE(world.make(model, with(bytes)));
    EXPECT_EQ(world.bench->send("{}").error,
              "Resource \"file 5\" is neither a text, a PDF nor an image!");
    const auto gone = model::TbResourceId::make();
    ASSERT_TRUE(world.make(model, with(gone)));
    EXPECT_EQ(world.bench->send("{}").error,
              "Resource with id [" + gone.to_string() + "] is not found");
}

TEST(AiRequest, AnswersLaterWhenItAcknowledgesFirst) {
    World world;
    const model::AiModel model = world.model_of(openai);
    ASSERT_TRUE(world.bench->make(node, R"({"modelId":{"entityType":"AI_MODEL","id":")" +
                                            model.id.to_string() + R"("},"userPrompt":"x"})"));
    world.web.answer(reply_of(200, openai_says));
    world.web.answer(reply_of(500, "{}"));
    const std::size_t before = world.bench->house.queue.records().size();
    EXPECT_EQ(world.bench->send(R"({"a":1})").way(), "consumed");
    const auto first = queued_later(*world.bench, before);
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].relations, std::vector<std::string>{"Success"});
    EXPECT_EQ(first[0].msg.data, R"({"x": 1})");
    const std::size_t then = world.bench->house.queue.records().size();
    EXPECT_EQ(world.bench->send(R"({"a":1})").way(), "consumed");
    const auto second = queued_later(*world.bench, then);
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0].relations, std::vector<std::string>{"Failure"});
    EXPECT_EQ(second[0].failure, "OpenAI refused: status 500: {}");
}

TEST(AiRequest, HasModelsOfItsTenantAlone) {
    World world;
    const model::AiModel foreign = world.model_of(openai, world.other_tenant);
    ASSERT_TRUE(world.make(foreign, R"("userPrompt":"x")"));
    EXPECT_EQ(world.bench->send("{}").error,
              "AI model with id [" + foreign.id.to_string() + "] is not found");
    ASSERT_TRUE(world.make(world.model_of(R"({"provider":"ANTHROPIC","modelId":"c",
        "providerConfig":{"apiKey":"k"}})"),
                           R"("userPrompt":"x")"));
    EXPECT_EQ(world.bench->send("{}").error,
              "The AI model's provider does not support response format JSON!");
    EXPECT_TRUE(world.web.requests().empty());
}

Task<Result<>> ask_into(core::AiChat& chat, std::shared_ptr<const core::ChatRequest> request,
                        std::string& text) {
    Result<std::string> answer = co_await chat.ask(std::move(request));
    if (!answer) co_return answer.error();
    text = *std::move(answer);
    co_return Result<>();
}

TEST(AiChat, AsksAgainOnlyAfterFailuresThatMayPass) {
    World world;
    const auto request = std::make_shared<core::ChatRequest>();
    request->config = core::ai_model_config(world.model_of(openai).configuration).value();
    core::ChatContent content;
    content.data = "x";
    request->contents.push_back(content);
    request->retries = 1;
    std::string text;
    world.web.answer(reply_of(429, "{}"));
    world.web.answer(reply_of(200, openai_says));
    EXPECT_TRUE(world.bench->run(ask_into(*world.chat, request, text)));
    EXPECT_EQ(text, R"({"x": 1})");
    EXPECT_EQ(world.web.requests().size(), 2u);
    world.web.answer(reply_of(503, "{}"));
    world.web.answer(reply_of(503, "{}"));
    EXPECT_EQ(world.bench->run(ask_into(*world.chat, request, text)).error().code,
              ErrorCode::unavailable);
    EXPECT_EQ(world.web.requests().size(), 4u);
    world.web.answer(reply_of(401, "{}"));
    EXPECT_EQ(world.bench->run(ask_into(*world.chat, request, text)).error().code,
              ErrorCode::unauthenticated);
    EXPECT_EQ(world.web.requests().size(), 5u);
}

TEST(AiChat, HoldsNoMoreRequestsOfATenantThanItMay) {
    World world;
    core::AiSettings settings;
    settings.calls_per_tenant_max = 1;
    core::AiChat chat(settings, *world.bench->outside.http, world.bench->house.clock);
    const auto request_for = [&](model::TenantId tenant) {
        const auto request = std::make_shared<core::ChatRequest>();
        request->tenant = tenant;
        request->config = core::ai_model_config(world.model_of(openai).configuration).value();
        request->contents.emplace_back().data = "x";
        request->timeout = 300ms;
        return request;
    };
    const auto mine = request_for(world.bench->house.tenant);
    world.web.keep_silent();
    std::string text;
    auto first = boost::asio::co_spawn(world.bench->context, ask_into(chat, mine, text),
                                       boost::asio::use_future);
    EXPECT_EQ(world.bench->run(ask_into(chat, mine, text)).error().code, ErrorCode::rate_limited);
    const auto of_another = request_for(world.other_tenant);
    EXPECT_EQ(world.bench->run(ask_into(chat, of_another, text)).error().code, ErrorCode::timeout);
    EXPECT_EQ(first.get().error().code, ErrorCode::timeout);
    EXPECT_EQ(world.bench->run(ask_into(chat, mine, text)).error().code, ErrorCode::timeout);
}

TEST(AiRequest, RefusesWhatCannotWork) {
    World world;
    const model::AiModel model = world.model_of(openai);
    struct Row {
        const char *more, *why;
    };
    const Row rows[] = {
        {R"("userPrompt":"")",                                                             "User prompt should be specified!"    },
        {R"("responseFormat":null)",                                                       "Response format should be specified!"},
        {R"("responseFormat":{"type":"JSON_SCHEMA"})",
         "responseFormat.schema should be an object!"                                                                            },
        {R"("responseFormat":{"type":"JSON_SCHEMA","schema":{"type":"object"}})",
         "responseFormat.schema.title should be specified!"                                                                      },
        {R"("responseFormat":{"type":"JSON_SCHEMA","schema":{"title":"t","type":"object",
            "properties":{"a":{"type":"date"}}}})",
         "responseFormat.schema.properties.a.type is not supported!"                                                             },
        {R"("responseFormat":{"type":"JSON_SCHEMA","schema":{"title":"t","type":"array",
            "items":{"enum":[1]}}})",
         "responseFormat.schema.items.enum should be a list of texts!"                                                           },
    };
    for (const Row& row : rows) {
        const Result<> made = world.make(model, row.more);
        ASSERT_FALSE(made) << row.why;
        EXPECT_EQ(made.error().message, row.why);
    }
    EXPECT_EQ(world.bench->make(node, "{}").error().message, "AI model should be specified!");
    EXPECT_FALSE(world.make(model, R"("timeoutSeconds":601)"));
    ASSERT_TRUE(world.make(model, R"("userPrompt":"$[none]")"));
}

}  // namespace
}  // namespace thingstead::rule::testing::ai
