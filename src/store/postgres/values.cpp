#include "store/postgres/values.h"

#include <type_traits>

namespace thingstead::store::postgres {

model::Value value_of(const Rows& rows, std::size_t row, int column) {
    if (!rows.is_null(row, column)) return rows.boolean(row, column);
    if (!rows.is_null(row, column + 1)) return std::string(rows.text(row, column + 1));
    if (!rows.is_null(row, column + 2)) return rows.integer(row, column + 2);
    if (!rows.is_null(row, column + 3)) return rows.real(row, column + 3);
    return model::JsonText{std::string(rows.text(row, column + 4))};
}

void ValueArrays::nulls_but(const Array* kept) {
    for (Array* each : {&booleans_, &texts_, &integers_, &reals_, &documents_})
        if (each != kept) each->add_null();
}

void ValueArrays::add(bool value) {
    booleans_.add(value);
    nulls_but(&booleans_);
}
void ValueArrays::add(std::int64_t value) {
    integers_.add(value);
    nulls_but(&integers_);
}
void ValueArrays::add(double value) {
    reals_.add(value);
    nulls_but(&reals_);
}
void ValueArrays::add_text(std::string_view text) {
    texts_.add(text);
    nulls_but(&texts_);
}
void ValueArrays::add_json(std::string_view text) {
    documents_.add(text);
    nulls_but(&documents_);
}

void ValueArrays::add(const model::Value& value) {
    std::visit(
        [this](const auto& held) {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, std::string>)
                add_text(without_nul(held));
            else if constexpr (std::is_same_v<Held, model::JsonText>)
                add_json(without_nul(held.text));
            else
                add(held);
        },
        value);
}

void ValueArrays::to(Parameters& parameters) {
    parameters.add(booleans_).add(texts_).add(integers_).add(reals_).add(documents_);
}

}  // namespace thingstead::store::postgres
