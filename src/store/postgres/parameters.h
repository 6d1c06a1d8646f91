// Parameters of a statement in PostgreSQL's binary format.
// Source: PostgreSQL 15, "Message formats" (Bind) and the receive functions of the types.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/uuid.h"
#include "store/row.h"

namespace thingstead::store::postgres {

/// Object ids of types, fixed by PostgreSQL.
enum class Type : std::uint32_t {
    // clang-format off
    boolean = 16, bytea = 17, int8 = 20, int2 = 21, int4 = 23, text = 25, float8 = 701, uuid = 2950,
    // clang-format on
};

/// One array parameter, appended to element by element.
class Array {
  public:
    explicit Array(Type element);
    void add_null();
    void add(bool value);
    void add(std::int16_t value);
    void add(std::int32_t value);
    void add(std::int64_t value);
    void add(double value);
    void add(std::string_view text);  ///< UTF-8 without NUL characters.
    void add(const Uuid& id);
    std::size_t size() const { return size_; }
    void reserve(std::size_t bytes) { bytes_.reserve(bytes); }

  private:
    friend class Parameters;
    void put(const void* bytes, std::size_t size);
    const std::string& finish();

    Type element_;
    std::string bytes_;
    std::uint32_t size_ = 0;
    bool has_null_ = false;
};

class Parameters {
  public:
    Parameters& add(const Cell& cell);
    Parameters& add(std::int64_t value);
    Parameters& add(std::int32_t value);
    Parameters& add(std::int16_t value);
    Parameters& add(std::string_view text);  ///< NUL characters are left out: no column has them.
    Parameters& add(const std::string& text) { return add(std::string_view(text)); }
    Parameters& add(const char* text) { return add(std::string_view(text)); }
    Parameters& add(const Uuid& id);
    Parameters& add(Array& array);
    Parameters& add_null();

    int size() const { return static_cast<int>(lengths_.size()); }
    /// As libpq takes them; valid until the next add().
    std::vector<const char*> values() const;
    const int* lengths() const { return lengths_.data(); }

  private:
    Parameters& put(const void* bytes, std::size_t size);

    static constexpr std::size_t null = static_cast<std::size_t>(-1);
    std::string bytes_;
    std::vector<std::size_t> offsets_;
    std::vector<int> lengths_;
};

}  // namespace thingstead::store::postgres
