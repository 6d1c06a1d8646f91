// Calculated fields in the whole engine: from a message to what is saved of their results.
#include <gtest/gtest.h>

#include "model/calculated_field.h"
#include "model/entities.h"
#include "model/relation.h"
#include "rule/calculated/field_input.h"
#include "rule/testing/fixture.h"

namespace thingstead::rule::testing {
namespace {

using model::CalculatedFieldType;

struct FieldHouse : Fixture {
    explicit FieldHouse(queue::PartitionIndex partitions = 1) : Fixture(partitions) {
        profile.id = model::DeviceProfileId::make();
        profile.tenant_id = tenant;
        entities.put(profile);
        put_device(device);
    }

    void put_device(model::DeviceId id) {
        model::Device row;
        row.id = id;
        row.tenant_id = tenant;
        row.device_profile_id = profile.id;
        row.name = id.to_string();
        entities.put(row);
    }

    /// `arguments` and `output` are JSON; SIMPLE if there is an output's name, else SCRIPT.
    model::CalculatedField put_field(
        model::EntityId owner, std::string_view name, std::string_view expression,
        std::string_view arguments, std::string_view output,
        model::CalculatedFieldId id = model::CalculatedFieldId::make()) {
        model::CalculatedField field;
        field.id = id;
        field.tenant_id = tenant;
        field.entity_id = owner;
        field.name = name;
        json::object configuration{
            {"expression", expression            },
            {"arguments",  *parse_json(arguments)},
            {"output",     *parse_json(output)   }
        };
        const bool simple = configuration["output"].as_object().contains("name");
        field.type = simple ? CalculatedFieldType::simple : CalculatedFieldType::script;
        configuration["type"] = enum_name(field.type);
        field.configuration = std::move(configuration);
        entities.put(field);
        events.publish({core::ChangeKind::updated, tenant, field.id});
        return field;
    }

    /// The last value of a key that was saved for the entity, as text; empty: none was.
    std::string saved(model::EntityId entity, std::string_view key) const {
        std::string found;
        for (const SavedPoint& each : timeseries.points())
            if (each.entity == entity && each.value.key == key)
                found = model::to_text(each.value.value);
        return found;
    }
    std::string saved(std::string_view key) const { return saved(device, key); }

    model::DeviceProfile profile;
};

constexpr std::string_view of_celsius =
    R"({"c":{"refEntityKey":{"key":"celsius","type":"TS_LATEST"}}})";
constexpr std::string_view to_fahrenheit = R"({"type":"TIME_SERIES","name":"fahrenheit"})";

TEST(CalculatedFields, OfAProfileGoThroughTheChainOfTheirEntity) {
    FieldHouse house;
    const auto field =
        house.put_field(house.profile.id, "temperature", "c * 1.8 + 32", of_celsius, to_fahrenheit);
    house.start();
    house.send_telemetry(R"({"celsius":20,"other":1})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.saved("fahrenheit"), "68.0");
    const auto made = house.messages_from(1);
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(made[0].msg.metadata.get("calculatedFieldName"), "temperature");
    EXPECT_EQ(made[0].msg.data, R"({"fahrenheit":68.0})");
    EXPECT_EQ(made[0].msg.calculated_by, std::vector{field.id});
    house.send_telemetry(R"({"other":2})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.messages_from(2).size(), 1u) << "nothing is made of what no field takes";
}

TEST(CalculatedFields, ChangeWithWhatIsStored) {
    FieldHouse house;
    const auto field = house.put_field(house.device, "f", "c + 1", of_celsius, to_fahrenheit);
    house.start();
    house.send_telemetry(R"({"celsius":20})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.saved("fahrenheit"), "21.0");
    house.put_field(house.device, "f", "c + 2", of_celsius, to_fahrenheit, field.id);
    house.send_telemetry(R"({"celsius":21})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.saved("fahrenheit"), "23.0");
}

TEST(CalculatedFields, RunForWhatIsStoredOnceTheyAreSaved) {
    FieldHouse house;
    const model::DeviceId other = model::DeviceId::make();
    house.put_device(other);
    auto field = house.put_field(house.profile.id, "f", "c + 1", of_celsius, to_fahrenheit);
    field.version = 1;
    house.start();
    house.send_telemetry(R"({"celsius":20})");
    model::QueuedMsg of_other = house.message(model::msg_type::post_telemetry, R"({"celsius":30})");
    of_other.msg.originator = other;
    house.send(of_other);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.saved("fahrenheit"), "21.0");
    // The worker hears of the save by this message alone.
    field.configuration.as_object()["expression"] = "c + 2";
    field.version = 2;
    house.entities.put(field);
    model::QueuedMsg news = house.message(core::field_saved_type, "");
    news.msg.originator = field.id;
    news.msg.data = json::serialize(to_json(core::saved_field(field)));
    house.send(news);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.saved("fahrenheit"), "22.0");
    EXPECT_EQ(house.saved(other, "fahrenheit"), "32.0");
    house.send_telemetry(R"({"celsius":40})");
    ASSERT_TRUE(house.all_committed());
    std::size_t before = house.queue.records(0).size();
    house.send(news);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.queue.records(0).size(), before + 3) << "two were told, and had run";
    before = house.queue.records(0).size();
    news.msg.data = R"({"id":7})";
    house.send(news);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.queue.records(0).size(), before + 1) << "what cannot be read tells nobody";
}

TEST(CalculatedFields, DoNotRunForWhatTheyMade) {
    FieldHouse house;
    house.put_field(house.device, "sum", "sum + x", R"({
        "sum":{"refEntityKey":{"key":"sum","type":"TS_LATEST"},"defaultValue":"0"},
        "x":{"refEntityKey":{"key":"x","type":"TS_LATEST"}}})",
                    R"({"type":"TIME_SERIES","name":"sum","decimalsByDefault":0})");
    house.start();
    for (const char* data : {R"({"x":1})", R"({"x":2})"}) {
        house.send_telemetry(data);
        ASSERT_TRUE(house.all_committed());
    }
    EXPECT_EQ(house.queue.records(0).size(), 4u);
}

TEST(CalculatedFields, AreSavedAtOnceAndMadeOfEachOther) {
    FieldHouse house;
    constexpr std::string_view at_once =
        R"({"type":"TIME_SERIES","name":"b","strategy":{"type":"IMMEDIATE","ttl":7}})";
    house.put_field(house.device, "first", "c + 1", of_celsius, at_once);
    house.put_field(house.device, "second", "return {c: b * 2};",
                    R"({"b":{"refEntityKey":{"key":"b","type":"TS_LATEST"}}})",
                    R"({"type":"TIME_SERIES","strategy":{"type":"IMMEDIATE"}})");
    house.start();
    house.send_telemetry(R"({"celsius":20})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.saved("b"), "21.0");
    EXPECT_EQ(house.saved("c"), "42.0");
    EXPECT_EQ(house.queue.records(0).size(), 1u);
}

TEST(CalculatedFields, HearOfWhatWasWrittenWithoutANode) {
    FieldHouse house;
    house.put_field(house.device, "product", "x * factor", R"({
        "x":{"refEntityKey":{"key":"x","type":"TS_LATEST"}},
        "factor":{"refEntityKey":{"key":"factor","type":"ATTRIBUTE","scope":"SERVER_SCOPE"},
                  "defaultValue":"2"}})",
                    R"({"type":"TIME_SERIES","name":"product","decimalsByDefault":0})");
    house.start();
    const auto tell = [&](std::string_view type, std::string_view data, std::string_view wanted) {
        model::QueuedMsg message = house.message(type, data);
        message.msg.metadata.put("scope", "SERVER_SCOPE");
        house.send(message);
        ASSERT_TRUE(house.all_committed());
        EXPECT_EQ(house.saved("product"), wanted) << data;
    };
    using namespace model::msg_type;
    tell(timeseries_updated, R"({"timeseries":[{"ts":1000,"values":{"x":5}}]})", "10");
    tell(attributes_updated, R"({"factor":3})", "15");
    tell(attributes_deleted, R"({"attributes":["factor"]})", "10");
    tell(timeseries_updated, R"({"timeseries":[{"ts":999,"values":{"x":7}}]})", "10");
}

TEST(CalculatedFields, TakeValuesOfOtherEntities) {
    FieldHouse house;
    const model::DeviceId target = model::DeviceId::make();
    house.put_device(target);
    house.put_field(target, "mean", "return {mean: t.mean(), n: t.count(), last: ctx.latestTs};",
                    R"({"t":{"refEntityKey":{"key":"t","type":"TS_ROLLING"},"timeWindow":60000,
        "refEntityId":{"entityType":"DEVICE","id":")" +
                        house.device.to_string() + R"("}}})",
                    R"({"type":"TIME_SERIES"})");
    house.start();
    const EpochMs now = house.clock.now_ms();
    for (const EpochMs back : {2000, 1000}) {
        house.send_telemetry(R"({"ts":)" + std::to_string(now - back) + R"(,"values":{"t":)" +
                             std::to_string(back / 100) + "}}");
        ASSERT_TRUE(house.all_committed());
    }
    EXPECT_EQ(house.saved(target, "last"), std::to_string(now - 1000));
    EXPECT_EQ(house.saved(target, "n"), "2");
    EXPECT_EQ(house.saved(target, "mean"), "15.0");
    EXPECT_EQ(house.saved("n"), "");
}

TEST(CalculatedFields, ThatFailHarmNoMessage) {
    FieldHouse house;
    house.put_field(house.device, "bad", "c * 2", of_celsius, to_fahrenheit);
    house.start();
    house.send_telemetry(R"({"celsius":"warm"})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.saved("celsius"), "warm");
    EXPECT_EQ(house.saved("fahrenheit"), "");
    EXPECT_TRUE(house.log.lines->wait_for("Argument 'c' is not a number."));
}

TEST(CalculatedFields, SeeEveryValueThoughTwoAreStoredBeforeTheyRun) {
    FieldHouse house;
    house.put_field(house.device, "f", "c + 1", of_celsius, to_fahrenheit);
    // Of one pack: both run side by side.
    house.send_telemetry(R"({"ts":1000,"values":{"celsius":1}})");
    house.send_telemetry(R"({"ts":2000,"values":{"celsius":2}})");
    house.start();
    ASSERT_TRUE(house.all_committed());
    const auto made = house.messages_from(2);
    ASSERT_EQ(made.size(), 2u);
    EXPECT_EQ(made[0].msg.data, R"({"fahrenheit":2.0})");
    EXPECT_EQ(made[1].msg.data, R"({"fahrenheit":3.0})");
}

TEST(CalculatedFields, RunWhereMessagesOfMainComeWhateverTheQueue) {
    FieldHouse house(2);
    house.put_field(house.device, "f", "c + 1", of_celsius, to_fahrenheit);
    const queue::PartitionIndex own =
        queue::partition_of(house.device.uuid.msb, house.device.uuid.lsb, 2);
    house.start();
    // As a worker of another queue: the entity is not this one's.
    model::QueuedMsg sent =
        house.message(model::msg_type::post_telemetry, R"({"celsius":20,"other":1})");
    house.send(sent, 1 - own);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.saved("celsius"), "20");
    EXPECT_EQ(house.saved("fahrenheit"), "21.0");
    EXPECT_EQ(house.queue.records(1 - own).size(), 1u);
    sent = house.message("ALARM_CLEAR", "{}");
    house.send(sent, 1 - own);
    ASSERT_TRUE(house.all_committed());
    const std::vector<std::string> records = house.queue.records(own);
    const auto last = queue::decode_queued_msg(as_bytes(records.back()));
    ASSERT_TRUE(last);
    EXPECT_EQ(last->msg.type, linked_values_type) << "the end of an alarm is told there too";
    EXPECT_EQ(last->msg.data, "{}");
}

/// Fields of the other types, and entities that are related.
struct RelatedHouse : FieldHouse {
    model::CalculatedField put_typed(model::EntityId owner, CalculatedFieldType type,
                                     std::string_view configuration) {
        model::CalculatedField field;
        field.id = model::CalculatedFieldId::make();
        field.tenant_id = tenant;
        field.entity_id = owner;
        field.name = "typed";
        field.type = type;
        field.configuration = *parse_json(configuration);
        field.configuration.as_object()["type"] = enum_name(type);
        entities.put(field);
        return field;
    }
    void relate(model::EntityId from, model::EntityId to) {
        const Result<> done = entities.write_now([&](store::Transaction& transaction) -> Result<> {
            model::Relation relation;
            relation.from_id = from.uuid;
            relation.from_type = from.type;
            relation.to_id = to.uuid;
            relation.to_type = to.type;
            relation.type = "Contains";
            return transaction.insert(relation);
        });
        ASSERT_TRUE(done);
    }
    void send_from(model::DeviceId from, std::string_view data) {
        model::QueuedMsg queued = message(model::msg_type::post_telemetry, data);
        queued.msg.originator = from;
        send(queued);
        ASSERT_TRUE(all_committed());
    }
    /// Waits for what a timer makes.
    bool comes(model::EntityId entity, std::string_view key, std::string_view wanted) {
        return board.wait([&] { return saved(entity, key) == wanted; });
    }
};

TEST(CalculatedFields, OfRelatedEntitiesAreMadeOncePerInterval) {
    RelatedHouse house;
    const model::DeviceId first = model::DeviceId::make(), second = model::DeviceId::make();
    for (const model::DeviceId each : {first, second}) {
        house.put_device(each);
        house.relate(house.device, each);
    }
    house.put_typed(house.device, CalculatedFieldType::related_entities_aggregation, R"({
        "relation":{"direction":"FROM","relationType":"Contains"},"deduplicationIntervalInSec":10,
        "arguments":{"t":{"refEntityKey":{"key":"t","type":"TS_LATEST"}}},
        "metrics":{"sum":{"function":"SUM","filter":"return t > 1;",
                          "input":{"type":"key","key":"t"}}},
        "output":{"type":"TIME_SERIES","decimalsByDefault":0}})");
    house.start();
    house.send_from(first, R"({"t":5})");
    EXPECT_TRUE(house.comes(house.device, "sum", "5"));
    house.send_from(second, R"({"t":7})");
    house.send_from(first, R"({"t":1})");
    EXPECT_EQ(house.saved("sum"), "5") << "within the interval";
    house.clock.advance(std::chrono::seconds(10));
    EXPECT_TRUE(house.comes(house.device, "sum", "7"));
}

TEST(CalculatedFields, OfRelatedEntitiesAreMadeAfterARestart) {
    RelatedHouse house;
    const model::DeviceId other = model::DeviceId::make();
    house.put_device(other);
    house.relate(house.device, other);
    house.put_typed(house.device, CalculatedFieldType::related_entities_aggregation, R"({
        "relation":{"direction":"FROM","relationType":"Contains"},"deduplicationIntervalInSec":10,
        "arguments":{"t":{"refEntityKey":{"key":"t","type":"TS_LATEST"}}},
        "metrics":{"sum":{"function":"SUM","input":{"type":"key","key":"t"}}},
        "output":{"type":"TIME_SERIES","decimalsByDefault":0}})");
    house.start();
    house.send_from(other, R"({"t":5})");
    EXPECT_TRUE(house.comes(house.device, "sum", "5"));
    house.send_from(other, R"({"t":7})");
    house.restart();
    EXPECT_EQ(house.saved("sum"), "5") << "it waits";
    house.clock.advance(std::chrono::seconds(10));
    EXPECT_TRUE(house.comes(house.device, "sum", "7"));
}

constexpr std::string_view mean_of_hours = R"({
    "arguments":{"t":{"refEntityKey":{"key":"t","type":"TS_LATEST"}}},
    "interval":{"type":"HOUR","tz":"UTC"},
    "metrics":{"mean":{"function":"AVG","defaultValue":-1,"input":{"type":"key","key":"t"}}},
    "output":{"type":"TIME_SERIES","decimalsByDefault":1}})";

TEST(CalculatedFields, OfIntervalsThatEndWhileNothingRunsAreMadeLater) {
    RelatedHouse house;
    house.put_typed(house.device, CalculatedFieldType::entity_aggregation, mean_of_hours);
    house.start();
    house.send_telemetry(R"({"t":3})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.saved("mean"), "");
    house.engine.reset();
    house.clock.advance(std::chrono::hours(1));
    house.start();
    EXPECT_TRUE(house.comes(house.device, "mean", "3.0"));
}

TEST(CalculatedFields, OfIntervalsAreMadeWhenTheseEnd) {
    RelatedHouse house;
    house.put_typed(house.device, CalculatedFieldType::entity_aggregation, mean_of_hours);
    house.start();
    const EpochMs hour = std::chrono::milliseconds(std::chrono::hours(1)).count();
    const EpochMs start = house.clock.now_ms() / hour * hour;
    for (const char* value : {"1", "4"}) {
        house.send_telemetry(R"({"ts":)" + std::to_string(start + value[0]) + R"(,"values":{"t":)" +
                             value + "}}");
        ASSERT_TRUE(house.all_committed());
    }
    EXPECT_EQ(house.saved("mean"), "");
    house.clock.advance(std::chrono::hours(1));
    EXPECT_TRUE(house.comes(house.device, "mean", "2.5"));
    house.clock.advance(std::chrono::hours(1));
    EXPECT_TRUE(house.comes(house.device, "mean", "-1.0")) << "nothing came";
}

TEST(CalculatedFields, AreHandedToRelatedEntities) {
    RelatedHouse house;
    const model::DeviceId near = model::DeviceId::make(), far = model::DeviceId::make();
    for (const model::DeviceId each : {near, far}) house.put_device(each);
    house.relate(house.device, near);
    house.put_typed(house.device, CalculatedFieldType::propagation, R"({
        "relation":{"direction":"FROM","relationType":"Contains"},
        "arguments":{"warmth":{"refEntityKey":{"key":"t","type":"TS_LATEST"}},
                     "other":{"refEntityKey":{"key":"o","type":"TS_LATEST"},"defaultValue":"3"}},
        "output":{"type":"TIME_SERIES"}})");
    house.start();
    house.send_telemetry(R"({"t":20})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_TRUE(house.comes(near, "warmth", "20"));
    EXPECT_EQ(house.saved(near, "other"), "") << "it did not change";
    EXPECT_EQ(house.saved(far, "warmth"), "");
}

}  // namespace
}  // namespace thingstead::rule::testing
