// What is asked where, as far as the node's tests with a stand-in do not see it: addresses of the
// providers themselves, files, and answers that are none.
#include "core/ai/providers.h"

#include <gtest/gtest.h>

#include <string>

#include "core/crypto.h"

namespace thingstead::core {
namespace {

ChatRequest request_of(AiProvider provider) {
    ChatRequest request;
    request.config.provider = provider;
    request.config.model_id = "m";
    request.config.access.endpoint = "https://mine.openai.azure.com";
    request.config.access.base_url = provider == AiProvider::ollama ? "http://o:1/" : "";
    request.config.access.location = "us-east1";
    request.config.access.region = "us-east-1";
    request.config.access.project_id = "p";
    ChatContent content;
    content.data = "x";
    request.contents.push_back(content);
    return request;
}

Result<net::HttpCall> call_of(const ChatRequest& request) {
    return provider_of(request.config.provider).call(request, AiSettings{}, 1'700'000'000'000);
}

struct Address {
    AiProvider provider;
    const char* url;
};
constexpr Address addresses[] = {
    {AiProvider::openai,       "https://api.openai.com/v1/chat/completions"                      },
    {AiProvider::azure_openai,
     "https://mine.openai.azure.com/openai/deployments/m/chat/completions?api-version=2024-10-21"},
    {AiProvider::gemini,
     "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent"                 },
    {AiProvider::vertex,
     "https://us-east1-aiplatform.googleapis.com/v1/projects/p/locations/us-east1/publishers/"
     "google/models/m:generateContent"                                                           },
    {AiProvider::mistral,      "https://api.mistral.ai/v1/chat/completions"                      },
    {AiProvider::anthropic,    "https://api.anthropic.com/v1/messages"                           },
    {AiProvider::bedrock,      "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse"},
    {AiProvider::github,       "https://models.github.ai/inference/chat/completions"             },
    {AiProvider::ollama,       "http://o:1/api/chat"                                             },
};

TEST(AiProviders, AreAskedWhereTheyAre) {
    for (const Address& row : addresses) {
        const auto call = call_of(request_of(row.provider));
        ASSERT_TRUE(call) << row.url;
        EXPECT_EQ(call->url, row.url);
    }
    ChatRequest everywhere = request_of(AiProvider::vertex);
    everywhere.config.access.location = "global";
    EXPECT_EQ(call_of(everywhere)->url,
              "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/"
              "models/m:generateContent");
}

TEST(AiProviders, OpenAiItselfIsToldTheNewNameOfTheLimit) {
    ChatRequest request = request_of(AiProvider::openai);
    request.config.output_tokens_max = 5;
    EXPECT_NE(call_of(request)->body.find(R"("max_completion_tokens":5)"), std::string::npos);
    request.config.access.base_url = "http://mine/v1";
    EXPECT_NE(call_of(request)->body.find(R"("max_tokens":5)"), std::string::npos);
}

struct FilePart {
    AiProvider provider;
    ChatContent::Kind kind;
    const char* part;  ///< Null: refused.
};
constexpr FilePart file_parts[] = {
    {AiProvider::openai,    ChatContent::Kind::image,
     R"({"type":"image_url","image_url":{"url":"data:image/png;base64,YWI="}})"                      },
    {AiProvider::openai,    ChatContent::Kind::pdf,
     R"({"type":"file","file":{"filename":"f.pdf","file_data":"data:application/pdf;base64,YWI="}})" },
    {AiProvider::mistral,   ChatContent::Kind::pdf,
     R"({"type":"document_url","document_url":"data:application/pdf;base64,YWI="})"                  },
    {AiProvider::github,    ChatContent::Kind::pdf,   nullptr                                        },
    {AiProvider::gemini,    ChatContent::Kind::image,
     R"({"inlineData":{"mimeType":"image/png","data":"YWI="}})"                                      },
    {AiProvider::vertex,    ChatContent::Kind::pdf,
     R"({"inlineData":{"mimeType":"application/pdf","data":"YWI="}})"                                },
    {AiProvider::anthropic, ChatContent::Kind::image,
     R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"YWI="}})"         },
    {AiProvider::anthropic, ChatContent::Kind::pdf,
     R"({"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"YWI="}})"},
    {AiProvider::bedrock,   ChatContent::Kind::image,
     R"({"image":{"format":"png","source":{"bytes":"YWI="}}})"                                       },
    {AiProvider::bedrock,   ChatContent::Kind::pdf,
     R"({"document":{"format":"pdf","name":"f","source":{"bytes":"YWI="}}})"                         },
    {AiProvider::ollama,    ChatContent::Kind::image, R"("images":["YWI="])"                         },
    {AiProvider::ollama,    ChatContent::Kind::pdf,   nullptr                                        },
};

TEST(AiProviders, TakeFilesInTheirOwnForms) {
    for (const FilePart& row : file_parts) {
        ChatRequest request = request_of(row.provider);
        ChatContent file;
        file.kind = row.kind;
        file.data = "ab";
        file.media_type = "image/png";
        file.file_name = "f.pdf";
        request.contents.push_back(file);
        const auto call = call_of(request);
        SCOPED_TRACE(provider_of(row.provider).name);
        ASSERT_EQ(call.has_value(), row.part != nullptr);
        if (call)
            EXPECT_NE(call->body.find(row.part), std::string::npos) << call->body;
        else
            EXPECT_EQ(call.error().code, ErrorCode::unsupported);
    }
}

TEST(AiProviders, WithoutFormatsRefuseThem) {
    for (const AiProvider provider : {AiProvider::anthropic, AiProvider::bedrock}) {
        ChatRequest request = request_of(provider);
        request.format = ChatFormat::json;
        EXPECT_EQ(call_of(request).error().code, ErrorCode::unsupported);
        EXPECT_FALSE(answers_json_formats(provider));
    }
}

TEST(AiProviders, HaveNoTextInOtherAnswers) {
    for (const Address& row : addresses)
        for (const char* answer :
             {"{}", "[]", "null", R"({"choices":{}})", R"({"candidates":[{"content":{}}]})",
              R"({"content":"x"})", R"({"output":{"message":[]}})", R"({"message":{"content":1}})"})
            EXPECT_EQ(provider_of(row.provider).text(parse_json(answer).value()), "");
}

}  // namespace
}  // namespace thingstead::core
