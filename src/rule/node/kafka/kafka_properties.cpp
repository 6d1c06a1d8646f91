#include "rule/node/kafka/kafka_properties.h"

#include <algorithm>
#include <array>
#include <optional>

#include "rule/message_body.h"

namespace thingstead::rule::kafka {
namespace {

struct Name {
    std::string_view java, library;
};

/// Alike in meaning, and perhaps in name.
constexpr std::array names{
    Name{"acks",                                  "acks"                                 },
    Name{"batch.size",                            "batch.size"                           },
    Name{"client.dns.lookup",                     "client.dns.lookup"                    },
    Name{"client.id",                             "client.id"                            },
    Name{"compression.type",                      "compression.type"                     },
    Name{"connections.max.idle.ms",               "connections.max.idle.ms"              },
    Name{"delivery.timeout.ms",                   "message.timeout.ms"                   },
    Name{"enable.idempotence",                    "enable.idempotence"                   },
    Name{"linger.ms",                             "linger.ms"                            },
    Name{"max.in.flight.requests.per.connection", "max.in.flight.requests.per.connection"},
    Name{"max.request.size",                      "message.max.bytes"                    },
    Name{"metadata.max.age.ms",                   "metadata.max.age.ms"                  },
    Name{"receive.buffer.bytes",                  "socket.receive.buffer.bytes"          },
    Name{"reconnect.backoff.max.ms",              "reconnect.backoff.max.ms"             },
    Name{"reconnect.backoff.ms",                  "reconnect.backoff.ms"                 },
    Name{"request.timeout.ms",                    "request.timeout.ms"                   },
    Name{"retries",                               "retries"                              },
    Name{"retry.backoff.ms",                      "retry.backoff.ms"                     },
    Name{"sasl.mechanism",                        "sasl.mechanism"                       },
    Name{"security.protocol",                     "security.protocol"                    },
    Name{"send.buffer.bytes",                     "socket.send.buffer.bytes"             },
    Name{"socket.connection.setup.timeout.ms",    "socket.connection.setup.timeout.ms"   },
    Name{"ssl.cipher.suites",                     "ssl.cipher.suites"                    },
    Name{"ssl.key.password",                      "ssl.key.password"                     },
    Name{"ssl.keystore.certificate.chain",        "ssl.certificate.pem"                  },
    Name{"ssl.keystore.key",                      "ssl.key.pem"                          },
    Name{"ssl.truststore.certificates",           "ssl.ca.pem"                           },
};

/// Texts of these are PEM, whose line breaks may be written as \n.
bool is_pem(std::string_view library) { return library.ends_with(".pem"); }

std::string with_line_breaks(std::string text) {
    for (std::size_t at = text.find("\\n"); at != std::string::npos; at = text.find("\\n", at + 1))
        text.replace(at, 2, "\n");
    return text;
}

Error bad_property(std::string_view name, std::string_view why) {
    return {ErrorCode::invalid_argument,
            "otherProperties: " + std::string(name) + " " + std::string(why)};
}

/// The value of `name="…"` in a line of JAAS.
std::optional<std::string> jaas_option(std::string_view line, std::string_view name) {
    const std::string start = std::string(name) + "=\"";
    const std::size_t at = line.find(start);
    if (at == std::string_view::npos) return std::nullopt;
    const std::size_t end = line.find('"', at + start.size());
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(line.substr(at + start.size(), end - at - start.size()));
}

/// Those that are said in another way. False: not one of them.
Result<bool> translate(const std::string& name, const std::string& value, Properties& out) {
    if (name == "sasl.jaas.config") {
        const auto user = jaas_option(value, "username");
        const auto password = jaas_option(value, "password");
        const bool known = value.find("PlainLoginModule") != std::string::npos ||
                           value.find("ScramLoginModule") != std::string::npos;
        if (!known || !user || !password)
            return bad_property(
                name, "must be a PlainLoginModule or ScramLoginModule with username and password");
        out.emplace_back("sasl.username", *user);
        out.emplace_back("sasl.password", *password);
        return true;
    }
    if (name == "ssl.endpoint.identification.algorithm") {
        out.emplace_back(name, value.empty() ? "none" : value);
        return true;
    }
    if (name == "ssl.keystore.type" || name == "ssl.truststore.type") {
        if (value != "PEM") return bad_property(name, "must be PEM");
        return true;
    }
    if (name == "key.serializer" || name == "value.serializer") {
        if (!value.ends_with(".StringSerializer"))
            return bad_property(name, "must be StringSerializer");
        return true;
    }
    return false;
}

}  // namespace

Result<Properties> library_properties(const json::value& properties) {
    Properties out;
    if (properties.is_null()) return out;
    const json::object* const object = properties.if_object();
    if (!object) return Error{ErrorCode::invalid_argument, "otherProperties: expected an object"};
    for (const auto& [key, member] : *object) {
        const std::string name(key);
        if (member.is_structured() || member.is_null())
            return bad_property(name, "must be a text, a number or a boolean");
        const std::string value = text_of(member);
        const Result<bool> translated = translate(name, value, out);
        if (!translated) return translated.error();
        if (*translated) continue;
        const auto* const known = std::ranges::find(names, std::string_view(name), &Name::java);
        if (known == names.end()) return bad_property(name, "is not supported");
        out.emplace_back(known->library, is_pem(known->library) ? with_line_breaks(value) : value);
    }
    return out;
}

}  // namespace thingstead::rule::kafka
