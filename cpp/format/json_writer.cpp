#include "json_writer.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace twinfer {

void JsonWriter::separate() {
    if (!first_) text_ += ',';
    first_ = false;
}

JsonWriter& JsonWriter::open(char bracket) {
    separate();
    text_ += bracket;
    first_ = true;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    text_ += bracket;
    first_ = false;
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view value) {
    separate();
    text_ += value;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    quote(name);
    text_ += ':';
    first_ = true;
    return *this;
}

JsonWriter& JsonWriter::string(std::string_view value) {
    separate();
    quote(value);
    return *this;
}

JsonWriter& JsonWriter::real(float value) {
    if (!std::isfinite(value)) return null();
    char digits[32];
    const auto written = std::to_chars(digits, digits + sizeof digits, value);
    return raw({digits, static_cast<size_t>(written.ptr - digits)});
}

void JsonWriter::quote(std::string_view value) {
    text_ += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') text_ += '\\';
        if (static_cast<unsigned char>(c) >= 0x20) {
            text_ += c;
            continue;
        }
        char escaped[7];
        std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
        text_ += escaped;
    }
    text_ += '"';
}

} // namespace twinfer
