#include <algorithm>
#include <string_view>

#include "rule/external.h"
#include "rule/message_body.h"
#include "rule/node.h"
#include "store/custom_tables.h"

namespace thingstead::rule::save_to_custom_table {
namespace {

constexpr std::string_view table_prefix = "cs_tb_";
constexpr std::string_view entity_id_key = "$entityId";
/// Of a table's name with its prefix, as Cassandra has it.
constexpr std::size_t name_max = 48;

json::value no_fields() {
    return json::object{
        {"", ""}
    };
}

struct Config {
    std::string table_name;
    json::value fields_mapping = no_fields();
    std::int32_t default_ttl_s = 0;
};
constexpr auto describe(const Config*) {
    return fields(
        field("tableName", &Config::table_name, "Name of the table, without the prefix cs_tb_."),
        field("fieldsMapping", &Config::fields_mapping,
              "Columns by keys of the message's data; $entityId is the originator's id."),
        field("defaultTtl", &Config::default_ttl_s, "Seconds that a row is kept; 0: for ever.",
              between(0, 630'720'000)));
}

/// What needs no quotes in CQL: nothing else is taken, for it becomes a part of a statement.
bool is_name(std::string_view text) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
    });
}

struct Mapping {
    std::string key, column;
};

Result<std::vector<Mapping>> read_mapping(const json::value& fields) {
    const json::object* const object = fields.if_object();
    if (!object) return Error{ErrorCode::invalid_argument, "fieldsMapping: expected an object"};
    std::vector<Mapping> out;
    for (const auto& [key, column] : *object) {
        const std::string name = column.is_string() ? std::string(column.get_string()) : "";
        if (key.empty() || !is_name(name))
            return Error{ErrorCode::invalid_argument, "fieldsMapping: '" + std::string(key) +
                                                          "' has no name of a column: '" + name +
                                                          "'!"};
        out.push_back({std::string(key), name});
    }
    if (out.empty()) return Error{ErrorCode::invalid_argument, "fieldsMapping has no fields!"};
    return out;
}

/// Not of the node: the request may outlive it.
Task<ExternalAnswer> insert(store::CustomTables& tables, std::string table, std::string row,
                            std::chrono::seconds ttl) {
    Task<Result<>> inserting = tables.insert(std::move(table), std::move(row), ttl);
    const Result<> done = co_await std::move(inserting);
    if (!done) co_return ExternalAnswer::failed(done.error());
    co_return ExternalAnswer();
}

class SaveToCustomTableNode final : public Node {
  public:
    SaveToCustomTableNode(const Config& config, std::vector<Mapping> mapping, const NodeInfo& info,
                          NodeServices& services)
        : table_(std::string(table_prefix) + config.table_name),
          mapping_(std::move(mapping)),
          ttl_(config.default_ttl_s),
          requests_(info, services),
          tables_(*services.outside.tables) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        if (!is_name(config.table_name) ||
            config.table_name.size() + table_prefix.size() > name_max)
            return Error{ErrorCode::invalid_argument,
                         "Table name should be up to 42 letters, digits and '_', and begin with a "
                         "letter: '" +
                             config.table_name + "'!"};
        Result<std::vector<Mapping>> mapping = read_mapping(config.fields_mapping);
        if (!mapping) return mapping.error();
        if (!services.outside.tables)
            return Error{ErrorCode::unsupported,
                         "Unable to connect to Cassandra database: time series are not kept in "
                         "Cassandra (store.timeseries_driver)!"};
        return std::unique_ptr<Node>(
            std::make_unique<SaveToCustomTableNode>(config, *std::move(mapping), info, services));
    }

    Step on_message(Visit& visit) override {
        const Result<std::string> row = row_of(visit.msg);
        if (!row) return row.error();
        return requests_.run(visit, insert(tables_, table_, *row, ttl_));
    }

  private:
    Result<std::string> row_of(const model::Msg& msg) const {
        const Result<json::value> data = body(msg);
        if (!data) return data.error();
        const json::object* const object = data->if_object();
        if (!object)
            return Error{ErrorCode::invalid_argument,
                         "Invalid message structure, it is not a "
                         "JSON object: " +
                             msg.data};
        json::object row;
        for (const Mapping& each : mapping_) {
            if (each.key == entity_id_key) {
                row[each.column] = msg.originator.uuid.to_string();
                continue;
            }
            const json::value* const value = object->if_contains(each.key);
            if (!value)
                return Error{ErrorCode::invalid_argument,
                             "Message data doesn't contain key: '" + each.key + "'!"};
            if (value->is_null() || value->is_array())
                return Error{ErrorCode::invalid_argument,
                             "Message data key: '" + each.key + "' with value: '" +
                                 json_text(*value) + "' is not a JSON object or JSON primitive!"};
            row[each.column] = value->is_object() ? json::value(json_text(*value)) : *value;
        }
        return json_text(row);
    }

    std::string table_;
    std::vector<Mapping> mapping_;
    std::chrono::seconds ttl_;
    ExternalRequests requests_;
    store::CustomTables& tables_;
};

/// 0 → 1: rows may expire.
Result<> upgrade(std::int32_t, json::object& configuration) {
    if (!configuration.contains("defaultTtl")) configuration["defaultTtl"] = 0;
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbSaveToCustomCassandraTableNode",
    .name = "save to custom table",
    .kind = NodeKind::action,
    .summary = "Saves fields of a message's data to a table of your own in Cassandra.",
    .configuration_version = 1,
    .chains = ChainKinds::core_only,
    .beyond_stores = true,
    .form = "tbActionNodeCustomTableConfig",
    .icon = "file_upload",
    .details =
        "The table has to exist in the server's keyspace, with the prefix "
        "<code>cs_tb_</code>. Objects are saved as text; arrays are refused.",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<SaveToCustomTableNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::save_to_custom_table
