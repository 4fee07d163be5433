#include "param_values.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <locale>
#include <sstream>

#include "../../error.h"

namespace twinfer {

namespace {

using Type = ParamValue::Type;

// ncnn's NCNN_MAX_PARAM_COUNT and its buffer sizes.
constexpr int kMostIds = 32;
constexpr size_t kLongestNumber = 127;
constexpr size_t kLongestText = 255;
constexpr int kOldArray = -23300;

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}
bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool looksFloat(std::string_view text) {
    return text.find_first_of(".eE") != std::string_view::npos;
}

// A stream with the classic locale, as strtod takes the decimal point from the process's. The
// alphabet is checked first: "inf", "nan" and hexadecimal are refused by ncnn.
bool parseFloat(std::string_view text, int32_t& bits) {
    if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return false;
    std::istringstream stream{std::string(text)};
    stream.imbue(std::locale::classic());
    double value = 0;
    if (!(stream >> value) || stream.peek() != std::istringstream::traits_type::eof()) return false;
    const float narrow = static_cast<float>(value);
    if (std::isinf(narrow)) return false;
    std::memcpy(&bits, &narrow, sizeof(bits));
    return true;
}

bool parseNumber(std::string_view text, bool real, int32_t& bits) {
    if (text.empty() || text.size() > kLongestNumber) return false;
    return real ? parseFloat(text, bits) : parseWholeNumber(text, bits);
}

class Reader {
  public:
    Reader(std::string_view text, const std::string& where) : text_(text), where_(where) {}

    std::map<int, ParamValue> all() {
        std::map<int, ParamValue> values;
        for (;;) {
            while (!ended() && isSpace(text_[at_])) at_++;
            if (ended()) return values;
            int id = readId();
            const bool oldArray = id <= kOldArray;
            if (oldArray) id = kOldArray - id;
            if (id < 0 || id >= kMostIds) {
                fail("a parameter id from 0 to " + std::to_string(kMostIds - 1), std::to_string(id));
            }
            values[id] = oldArray ? readOldArray(id) : readValue(id);
        }
    }

  private:
    bool ended() const { return at_ >= text_.size(); }

    [[noreturn]] void fail(const std::string& expected, const std::string& received) const {
        throw Error("TWINFER_MODEL_INVALID", where_ + ": expected " + expected + ", received " + received);
    }

    int readId() {
        const size_t start = at_;
        while (!ended() && (isDigit(text_[at_]) || text_[at_] == '-' || text_[at_] == '+')) at_++;
        int32_t id = 0;
        if (ended() || text_[at_] != '=' || !parseWholeNumber(text_.substr(start, at_ - start), id)) {
            size_t end = start;
            while (end < text_.size() && !isSpace(text_[end])) end++;
            fail("id=value", "'" + printable(text_.substr(start, end - start)) + "'");
        }
        at_++;
        return id;
    }

    std::string_view token() {
        const size_t start = at_;
        while (!ended() && text_[at_] != ',' && !isSpace(text_[at_])) at_++;
        return text_.substr(start, at_ - start);
    }

    int32_t number(bool real, int id) {
        const std::string_view text = token();
        int32_t bits = 0;
        if (!parseNumber(text, real, bits)) {
            fail(std::string(real ? "a number" : "a whole number of 32 bits") + " for parameter " +
                     std::to_string(id),
                 "'" + printable(text) + "'");
        }
        return bits;
    }

    // -23300=3,1,2,3. Each element has its own type; the last one decides how the array reads.
    ParamValue readOldArray(int id) {
        ParamValue value;
        const int32_t length = number(false, id);
        // Every element takes two characters at least, so this also bounds the allocation.
        if (length < 0 || static_cast<size_t>(length) > text_.size()) {
            fail("an array length for parameter " + std::to_string(id), std::to_string(length));
        }
        value.type = length == 0 ? Type::words : Type::integers;
        for (int32_t i = 0; i < length; i++) {
            if (ended() || text_[at_] != ',') {
                fail(std::to_string(length) + " elements for parameter " + std::to_string(id),
                     std::to_string(i));
            }
            at_++;
            const size_t start = at_;
            const bool real = looksFloat(token());
            at_ = start;
            value.bits.push_back(number(real, id));
            value.type = real ? Type::reals : Type::integers;
        }
        if (!ended() && text_[at_] == ',') {
            fail(std::to_string(length) + " elements for parameter " + std::to_string(id), "more");
        }
        return value;
    }

    ParamValue readText(int id) {
        ParamValue value;
        value.type = Type::text;
        const bool quoted = text_[at_] == '"';
        if (quoted) at_++;
        const size_t start = at_;
        while (!ended() && (quoted ? text_[at_] != '"' : !isSpace(text_[at_]))) at_++;
        value.text = std::string(text_.substr(start, at_ - start));
        if (quoted && ended())
            fail("a closing quote for parameter " + std::to_string(id), "the end of the line");
        if (quoted) at_++;
        if (value.text.size() > kLongestText || (!ended() && !isSpace(text_[at_]))) {
            fail("at most 255 characters and then a space for parameter " + std::to_string(id),
                 "'" + printable(value.text) + "'");
        }
        return value;
    }

    ParamValue readValue(int id) {
        if (!ended() && (text_[at_] == '"' || isLetter(text_[at_]))) return readText(id);
        ParamValue value;
        const size_t start = at_;
        const bool real = looksFloat(token());
        at_ = start;
        value.bits.push_back(number(real, id));
        value.type = real ? Type::real : Type::integer;
        if (ended() || text_[at_] != ',') return value;
        value.type = real ? Type::reals : Type::integers;
        while (!ended() && text_[at_] == ',') {
            at_++;
            // A comma at the end is how an array of one element is written.
            if (ended() || isSpace(text_[at_])) break;
            value.bits.push_back(number(real, id));
        }
        return value;
    }

    std::string_view text_;
    const std::string& where_;
    size_t at_ = 0;
};

} // namespace

bool parseWholeNumber(std::string_view text, int32_t& value) {
    size_t at = 0;
    const bool negative = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) at++;
    if (at == text.size()) return false;
    int64_t magnitude = 0;
    for (; at < text.size(); at++) {
        if (!isDigit(text[at])) return false;
        magnitude = magnitude * 10 + (text[at] - '0');
        if (magnitude > int64_t(std::numeric_limits<int32_t>::max()) + (negative ? 1 : 0)) return false;
    }
    value = static_cast<int32_t>(negative ? -magnitude : magnitude);
    return true;
}

std::string printable(std::string_view text, size_t most) {
    std::string shown;
    for (const char c : text.substr(0, most)) {
        char escaped[8];
        const unsigned char byte = static_cast<unsigned char>(c);
        std::snprintf(escaped, sizeof(escaped), byte >= 0x20 && byte < 0x7f ? "%c" : "\\x%02x", byte);
        shown += escaped;
    }
    return text.size() > most ? shown + "…" : shown;
}

std::map<int, ParamValue> parseParamValues(std::string_view text, const std::string& where) {
    return Reader(text, where).all();
}

} // namespace twinfer
