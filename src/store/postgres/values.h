// The five value columns, of which one is not NULL: bool_v, str_v, long_v, dbl_v, json_v.
#pragma once
#include "model/kv.h"
#include "store/postgres/connection.h"

namespace thingstead::store::postgres {

/// As select lists and arrays have them, in this order.
inline constexpr const char* value_columns = R"("bool_v", "str_v", "long_v", "dbl_v", "json_v")";

/// The value in five columns from `column` on.
model::Value value_of(const Rows& rows, std::size_t row, int column);

/// Values of many rows as parameters: five arrays.
class ValueArrays {
  public:
    /// NUL characters of texts are left out.
    void add(const model::Value& value);
    void add(bool value);
    void add(std::int64_t value);
    void add(double value);
    void add_text(std::string_view text);  ///< UTF-8 without NUL characters.
    void add_json(std::string_view text);  ///< UTF-8 without NUL characters.
    void to(Parameters& parameters);

  private:
    void nulls_but(const Array* kept);

    Array booleans_{Type::boolean};
    Array texts_{Type::text};
    Array integers_{Type::int8};
    Array reals_{Type::float8};
    Array documents_{Type::text};
};

}  // namespace thingstead::store::postgres
