#include "rule/contact_details.h"

#include <utility>

#include "rule/entity_reads.h"

namespace thingstead::rule {
namespace {

using Text = std::optional<std::string>;

std::string_view key_of(ContactDetail detail) {
    switch (detail) {
        case ContactDetail::id:              return "id";
        case ContactDetail::title:           return "title";
        case ContactDetail::country:         return "country";
        case ContactDetail::city:            return "city";
        case ContactDetail::state:           return "state";
        case ContactDetail::zip:             return "zip";
        case ContactDetail::address:         return "address";
        case ContactDetail::address2:        return "address2";
        case ContactDetail::phone:           return "phone";
        case ContactDetail::email:           return "email";
        case ContactDetail::additional_info: return "additionalInfo";
    }
    return {};
}

Text description_of(const json::value& additional_info) {
    const json::object* info = additional_info.if_object();
    const json::value* description = info ? info->if_contains("description") : nullptr;
    return description && !description->is_null() ? Text(text_of(*description)) : Text();
}

Text detail_of(ContactDetail detail, const ContactOf& of) {
    switch (detail) {
        case ContactDetail::id:              return of.id;
        case ContactDetail::title:           return of.title;
        case ContactDetail::country:         return of.contact.country;
        case ContactDetail::city:            return of.contact.city;
        case ContactDetail::state:           return of.contact.state;
        case ContactDetail::zip:             return of.contact.zip;
        case ContactDetail::address:         return of.contact.address;
        case ContactDetail::address2:        return of.contact.address2;
        case ContactDetail::phone:           return of.contact.phone;
        case ContactDetail::email:           return of.contact.email;
        case ContactDetail::additional_info: return description_of(of.additional_info);
    }
    return std::nullopt;
}

void put_details(const std::vector<ContactDetail>& details, const std::string& prefix,
                 const ContactOf& of, FetchTarget& target) {
    Text before;
    for (const ContactDetail each : details) {
        Text text = detail_of(each, of);
        if (!text && each == ContactDetail::additional_info) text = before;
        if (text) target.put(prefix + std::string(key_of(each)), json::value(*text));
        before = std::move(text);
    }
}

class ContactNode final : public Node {
  public:
    ContactNode(ContactDetailsConfig config, std::string prefix, ContactFinder find,
                NodeServices& services)
        : config_(std::move(config)),
          prefix_(std::move(prefix)),
          find_(std::move(find)),
          services_(services) {}

    Step on_message(Visit& visit) override { return enrich(visit); }

  private:
    using Found = std::optional<ContactOf>;

    Task<Outcome> enrich(Visit& visit) {
        Result<FetchTarget> target = FetchTarget::open(*config_.fetch_to, visit.msg);
        if (!target) co_return Outcome(target.error());
        const std::function<Result<Found>(store::Reader&)> work = [&](store::Reader& reader) {
            return find_(reader, visit);
        };
        const Result<Found> found = co_await read_entities<Found>(services_, work);
        if (!found) co_return Outcome(found.error());
        if (*found) {
            put_details(config_.details, prefix_, **found, *target);
            target->apply(visit.msg);
        }
        co_return Outcome(Relation("Success"));
    }

    const ContactDetailsConfig config_;
    const std::string prefix_;
    const ContactFinder find_;
    NodeServices& services_;
};

}  // namespace

Result<std::unique_ptr<Node>> contact_node(const json::value& configuration, std::string prefix,
                                           ContactFinder find, NodeServices& services) {
    auto config = from_json<ContactDetailsConfig>(configuration, Binding::stored);
    if (!config) return config.error();
    if (config->details.empty())
        return Error{ErrorCode::invalid_argument, "No entity details selected!"};
    if (!config->fetch_to) return part_missing("fetchTo");
    return std::unique_ptr<Node>(std::make_unique<ContactNode>(
        *std::move(config), std::move(prefix), std::move(find), services));
}

Result<> upgrade_contact(std::int32_t, json::object& configuration) {
    return upgrade_flag_to_part(configuration, "addToMetadata", MsgPart::metadata, "fetchTo", true);
}

}  // namespace thingstead::rule
