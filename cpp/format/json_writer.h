#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace twinfer {

// Writes one JSON document from front to back. Bytes of strings that are no UTF-8 go through as they are:
// whoever reads the document replaces them.
class JsonWriter {
  public:
    JsonWriter& beginObject() { return open('{'); }
    JsonWriter& endObject() { return close('}'); }
    JsonWriter& beginArray() { return open('['); }
    JsonWriter& endArray() { return close(']'); }
    // Of the value that is written next.
    JsonWriter& key(std::string_view name);

    JsonWriter& string(std::string_view value);
    JsonWriter& integer(int64_t value) { return raw(std::to_string(value)); }
    // With as many digits as tell it from its neighbours; null for what is no number.
    JsonWriter& real(float value);
    JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
    JsonWriter& null() { return raw("null"); }

    std::string take() { return std::move(text_); }

  private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    JsonWriter& raw(std::string_view value);
    void separate();
    void quote(std::string_view value);

    std::string text_;
    bool first_ = true; // of its array or object, or behind its key
};

} // namespace twinfer
