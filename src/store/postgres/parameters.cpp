#include "store/postgres/parameters.h"

#include <bit>
#include <cstring>

namespace thingstead::store::postgres {
namespace {

template <class T>
T big_endian(T value) {
    static_assert(std::endian::native == std::endian::little);
    if constexpr (sizeof(T) == 8)
        return static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
    else if constexpr (sizeof(T) == 4)
        return static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
    else
        return static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
}

// Dimensions, whether there are nulls, element type, size, lower bound: 32 bits each.
constexpr std::size_t array_header_bytes = 20;

}  // namespace

Array::Array(Type element) : element_(element), bytes_(array_header_bytes, '\0') {}

void Array::put(const void* bytes, std::size_t size) {
    const std::uint32_t length = big_endian(static_cast<std::uint32_t>(size));
    bytes_.append(reinterpret_cast<const char*>(&length), sizeof(length));
    bytes_.append(static_cast<const char*>(bytes), size);
    ++size_;
}

void Array::add_null() {
    bytes_.append(4, '\xFF');
    ++size_;
    has_null_ = true;
}
void Array::add(bool value) {
    const char byte = value ? 1 : 0;
    put(&byte, 1);
}
void Array::add(std::int16_t value) {
    const std::int16_t bytes = big_endian(value);
    put(&bytes, sizeof(bytes));
}
void Array::add(std::int32_t value) {
    const std::int32_t bytes = big_endian(value);
    put(&bytes, sizeof(bytes));
}
void Array::add(std::int64_t value) {
    const std::int64_t bytes = big_endian(value);
    put(&bytes, sizeof(bytes));
}
void Array::add(double value) {
    const std::uint64_t bytes = big_endian(std::bit_cast<std::uint64_t>(value));
    put(&bytes, sizeof(bytes));
}
void Array::add(std::string_view text) { put(text.data(), text.size()); }
void Array::add(const Uuid& id) {
    const std::array<std::byte, 16> bytes = id.ordered_bytes();
    put(bytes.data(), bytes.size());
}

const std::string& Array::finish() {
    const std::uint32_t header[5] = {size_ > 0 ? 1u : 0u, has_null_ ? 1u : 0u,
                                     static_cast<std::uint32_t>(element_), size_, 1};
    for (std::size_t i = 0; i < 5; ++i) {
        const std::uint32_t word = big_endian(header[i]);
        std::memcpy(bytes_.data() + 4 * i, &word, sizeof(word));
    }
    // Without dimensions the header ends after the element's type.
    if (size_ == 0) bytes_.resize(12);
    return bytes_;
}

Parameters& Parameters::put(const void* bytes, std::size_t size) {
    offsets_.push_back(bytes_.size());
    lengths_.push_back(static_cast<int>(size));
    bytes_.append(static_cast<const char*>(bytes), size);
    return *this;
}

Parameters& Parameters::add_null() {
    offsets_.push_back(null);
    lengths_.push_back(0);
    return *this;
}

Parameters& Parameters::add(std::int64_t value) {
    const std::int64_t bytes = big_endian(value);
    return put(&bytes, sizeof(bytes));
}
Parameters& Parameters::add(std::int32_t value) {
    const std::int32_t bytes = big_endian(value);
    return put(&bytes, sizeof(bytes));
}
Parameters& Parameters::add(std::int16_t value) {
    const std::int16_t bytes = big_endian(value);
    return put(&bytes, sizeof(bytes));
}
Parameters& Parameters::add(std::string_view text) {
    if (text.find('\0') == std::string_view::npos) return put(text.data(), text.size());
    const std::string clean = without_nul(text);
    return put(clean.data(), clean.size());
}
Parameters& Parameters::add(const Uuid& id) {
    const std::array<std::byte, 16> bytes = id.ordered_bytes();
    return put(bytes.data(), bytes.size());
}
Parameters& Parameters::add(Array& array) {
    const std::string& bytes = array.finish();
    return put(bytes.data(), bytes.size());
}

Parameters& Parameters::add(const Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) return add(std::string_view(*text));
    if (const auto* integer = std::get_if<std::int64_t>(&cell)) return add(*integer);
    if (const Uuid* id = std::get_if<Uuid>(&cell)) return add(*id);
    if (const double* real = std::get_if<double>(&cell))
        return add(std::bit_cast<std::int64_t>(*real));
    if (const Binary* binary = std::get_if<Binary>(&cell))
        return put(binary->bytes.data(), binary->bytes.size());
    if (const bool* flag = std::get_if<bool>(&cell)) {
        const char byte = *flag ? 1 : 0;
        return put(&byte, 1);
    }
    return add_null();
}

std::vector<const char*> Parameters::values() const {
    std::vector<const char*> values;
    values.reserve(offsets_.size());
    // An empty text is not NULL: it points behind the last byte.
    for (const std::size_t offset : offsets_)
        values.push_back(offset == null ? nullptr : bytes_.data() + offset);
    return values;
}

}  // namespace thingstead::store::postgres
