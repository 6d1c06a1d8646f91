#include "core/bulk_import/csv.h"

#include <utility>

namespace thingstead::core {
namespace {

class CsvReader {
  public:
    CsvReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

    Result<std::vector<CsvRecord>> records() {
        std::vector<CsvRecord> out;
        while (at_ < text_.size()) {
            Result<CsvRecord> next = record(out.size() + 1);
            if (!next) return next.error();
            out.push_back(*std::move(next));
        }
        return out;
    }

  private:
    bool at_line_end() const {
        return at_ == text_.size() || text_[at_] == '\n' || text_[at_] == '\r';
    }

    void skip_line_end() {
        if (at_ < text_.size() && text_[at_] == '\r') ++at_;
        if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    }

    Result<CsvRecord> record(std::size_t number) {
        CsvRecord values;
        for (;;) {
            std::string value;
            if (at_ < text_.size() && text_[at_] == '"') {
                if (!quoted(value) || !(at_line_end() || text_[at_] == delimiter_))
                    return Error{ErrorCode::invalid_argument,
                                 "Line " + std::to_string(number) + ": quotes do not match"};
            } else {
                while (!at_line_end() && text_[at_] != delimiter_) value += text_[at_++];
            }
            values.push_back(std::move(value));
            if (at_line_end()) break;
            ++at_;  // the delimiter
        }
        skip_line_end();
        return values;
    }

    /// From the opening quote to behind the closing one; false: there is none.
    bool quoted(std::string& value) {
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] != '"') {
                value += text_[at_];
                continue;
            }
            ++at_;
            if (at_ == text_.size() || text_[at_] != '"') return true;
            value += '"';
        }
        return false;
    }

    std::string_view text_;
    const char delimiter_;
    std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<CsvRecord>> parse_csv(std::string_view text, char delimiter) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return CsvReader(text, delimiter).records();
}

}  // namespace thingstead::core
