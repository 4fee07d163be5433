#include "param_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <utility>

#include "text_scanner.h"

namespace twinfer {

namespace {

using Type = ParamValue::Type;

// ncnn's NCNN_MAX_PARAM_COUNT and its buffer sizes.
constexpr int kMostIds = 32;
constexpr size_t kLongestNumber = 127;
constexpr size_t kLongestText = 255;
constexpr int kOldArray = -23300;

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool looksFloat(std::string_view text) {
    return text.find_first_of(".eE") != std::string_view::npos;
}

// By std::from_chars, as strtod takes the decimal point from the process's locale. The alphabet is checked
// first: "inf", "nan" and hexadecimal are refused by ncnn.
bool parseFloat(std::string_view text, int32_t& bits) {
    if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return false;
    if (text[0] == '+') {
        text.remove_prefix(1);
        if (text.empty() || text[0] == '-') return false;
    }
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ptr != text.data() + text.size()) return false;
    // Nothing is left of a number that is too small; one that is too large is refused, as one beyond a float
    // is.
    const bool tiny = text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos;
    if (read.ec == std::errc::result_out_of_range) {
        if (!tiny) return false;
        value = 0;
    } else if (read.ec != std::errc()) {
        return false;
    }
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
    Reader(std::string_view text, LineProblem& problem) : text_(text), problem_(problem) {}

    bool all(std::map<int, ParamValue>& values) {
        for (;;) {
            while (!ended() && isBlank(text_[at_])) at_++;
            if (ended()) return true;
            int32_t id = 0;
            if (!readId(id)) return false;
            const int32_t written = id;
            const bool oldArray = id <= kOldArray;
            if (oldArray) id = kOldArray - id;
            if (id < 0 || id >= kMostIds) {
                return fail("a parameter id from 0 to " + std::to_string(kMostIds - 1), std::to_string(id),
                            "parameter key " + std::to_string(written) + " is out of range: expected 0 to " +
                                std::to_string(kMostIds - 1),
                            "Correct the line.");
            }
            ParamValue value;
            if (!(oldArray ? readOldArray(id, value) : readValue(id, value))) return false;
            values[id] = std::move(value);
        }
    }

  private:
    bool ended() const { return at_ >= text_.size(); }

    bool fail(std::string expected, std::string received, std::string message, std::string help) {
        problem_ = {std::move(expected), std::move(received), std::move(message), std::move(help)};
        return false;
    }

    bool failCut(std::string expected, std::string received, std::string message) {
        fail(std::move(expected), std::move(received), std::move(message), "");
        problem_.cut = true;
        return false;
    }

    std::string_view restOf(size_t start) const { return trimmed(text_.substr(start)); }

    bool readId(int32_t& id) {
        const size_t start = at_;
        while (!ended() && (isDigit(text_[at_]) || text_[at_] == '-' || text_[at_] == '+')) at_++;
        if (ended() || text_[at_] != '=' || !parseWholeNumber(text_.substr(start, at_ - start), id)) {
            size_t end = start;
            while (end < text_.size() && !isBlank(text_[end])) end++;
            const std::string received = "'" + printable(text_.substr(start, end - start)) + "'";
            const std::string message = "expected key=value, found '" + printable(restOf(start)) + "'";
            return ended() ? failCut("id=value", received, message)
                           : fail("id=value", received, message, "Parameters look like 0=16 or 4=1,2,3.");
        }
        at_++;
        return true;
    }

    std::string_view token() {
        const size_t start = at_;
        while (!ended() && text_[at_] != ',' && !isBlank(text_[at_])) at_++;
        return text_.substr(start, at_ - start);
    }

    bool number(bool real, int id, int32_t& bits) {
        const std::string_view text = token();
        if (parseNumber(text, real, bits)) return true;
        const std::string expected = std::string(real ? "a number" : "a whole number of 32 bits") +
                                     " for parameter " + std::to_string(id);
        const std::string received = "'" + printable(text) + "'";
        if (text.empty()) {
            return failCut(expected, received, "parameter " + std::to_string(id) + " has no value");
        }
        return fail(expected, received, "expected a number, found " + received,
                    "Convert the model again, or correct the line.");
    }

    // Whole or not, as it is written.
    bool eitherNumber(int id, ParamValue& value, bool& real) {
        const size_t start = at_;
        real = looksFloat(token());
        at_ = start;
        int32_t bits = 0;
        if (!number(real, id, bits)) return false;
        value.bits.push_back(bits);
        return true;
    }

    bool failLength(int32_t length, int32_t found, const std::string& received, int id) {
        const std::string expected = std::to_string(length) + " elements for parameter " + std::to_string(id);
        const std::string message =
            "an array of " + std::to_string(length) + " elements holds " + std::to_string(found);
        return found < length ? failCut(expected, received, message)
                              : fail(expected, received, message, "Correct the count.");
    }

    // -23300=3,1,2,3. Each element has its own type; the last one decides how the array reads.
    bool readOldArray(int id, ParamValue& value) {
        int32_t length = 0;
        if (!number(false, id, length)) return false;
        // Every element takes two characters at least, so this also bounds the allocation.
        if (length < 0 || static_cast<size_t>(length) > text_.size()) {
            const std::string expected = "an array length for parameter " + std::to_string(id);
            return fail(expected, std::to_string(length),
                        "expected " + expected + ", found " + std::to_string(length), "Correct the count.");
        }
        value.type = length == 0 ? Type::words : Type::integers;
        for (int32_t i = 0; i < length; i++) {
            if (ended() || text_[at_] != ',') return failLength(length, i, std::to_string(i), id);
            at_++;
            bool real = false;
            if (!eitherNumber(id, value, real)) return false;
            value.type = real ? Type::reals : Type::integers;
        }
        if (ended() || text_[at_] != ',') return true;
        int32_t more = length;
        for (; !ended() && text_[at_] == ','; token(), more++) at_++;
        return failLength(length, more, "more", id);
    }

    bool readText(int id, ParamValue& value) {
        value.type = Type::text;
        const bool quoted = text_[at_] == '"';
        const size_t whole = at_;
        if (quoted) at_++;
        const size_t start = at_;
        while (!ended() && (quoted ? text_[at_] != '"' : !isBlank(text_[at_]))) at_++;
        value.text = std::string(text_.substr(start, at_ - start));
        if (quoted && ended()) {
            return failCut("a closing quote for parameter " + std::to_string(id), "the end of the line",
                           "the string " + std::to_string(id) + "=" + printable(restOf(whole)) +
                               " has no closing quote");
        }
        if (quoted) at_++;
        if (value.text.size() <= kLongestText && (ended() || isBlank(text_[at_]))) return true;
        const std::string expected =
            "at most 255 characters and then a space for parameter " + std::to_string(id);
        const std::string received = "'" + printable(value.text) + "'";
        return fail(expected, received, "expected " + expected + ", found " + received, "Correct the line.");
    }

    bool readValue(int id, ParamValue& value) {
        if (!ended() && (text_[at_] == '"' || isLetter(text_[at_]))) return readText(id, value);
        bool real = false;
        if (!eitherNumber(id, value, real)) return false;
        value.type = real ? Type::real : Type::integer;
        if (ended() || text_[at_] != ',') return true;
        value.type = real ? Type::reals : Type::integers;
        while (!ended() && text_[at_] == ',') {
            at_++;
            // A comma at the end is how an array of one element is written.
            if (ended() || isBlank(text_[at_])) break;
            int32_t bits = 0;
            if (!number(real, id, bits)) return false;
            value.bits.push_back(bits);
        }
        return true;
    }

    std::string_view text_;
    LineProblem& problem_;
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

bool parseParamValues(std::string_view text, std::map<int, ParamValue>& values, LineProblem& problem) {
    return Reader(text, problem).all(values);
}

} // namespace twinfer
