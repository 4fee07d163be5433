#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace twinfer {

// Tensors begin at a multiple of this: both engines read their inputs with vector loads.
constexpr size_t kMessageAlign = 64;

// Writes plain values one behind the other. Without memory it only counts: a message is sized first, then
// written.
class MessageWriter {
  public:
    explicit MessageWriter(char* memory = nullptr) : memory_(memory) {}

    size_t size() const { return size_; }

    template <typename Number> void number(Number value) {
        static_assert(std::is_arithmetic_v<Number>);
        raw(&value, sizeof value);
    }
    void text(const std::string& value) {
        number(uint64_t(value.size()));
        raw(value.data(), value.size());
    }
    // The number of bytes, and these from an aligned place on.
    void block(const void* data, size_t bytes) {
        number(uint64_t(bytes));
        size_ = (size_ + kMessageAlign - 1) / kMessageAlign * kMessageAlign;
        raw(data, bytes);
    }
    template <typename Item, typename Write> void list(const std::vector<Item>& items, const Write& write) {
        number(uint64_t(items.size()));
        for (const Item& item : items) write(item);
    }

  private:
    void raw(const void* data, size_t bytes) {
        if (memory_ != nullptr && bytes > 0) std::memcpy(memory_ + size_, data, bytes);
        size_ += bytes;
    }

    char* memory_;
    size_t size_ = 0;
};

// Reads what a MessageWriter wrote. The other side may have written anything, if it was about to crash: what
// does not fit throws TWINFER_ENGINE_CRASHED.
class MessageReader {
  public:
    MessageReader(const char* memory, size_t size) : memory_(memory), size_(size) {}

    template <typename Number> Number number() {
        static_assert(std::is_arithmetic_v<Number>);
        Number value;
        std::memcpy(&value, take(sizeof value), sizeof value);
        return value;
    }
    std::string text() {
        const uint64_t length = number<uint64_t>();
        return std::string(take(length), length);
    }
    const char* block(size_t& bytes) {
        const uint64_t length = number<uint64_t>();
        const size_t start = (at_ + kMessageAlign - 1) / kMessageAlign * kMessageAlign;
        take(start - at_);
        bytes = length;
        return take(length);
    }
    // Each item takes at least one byte, so that a wrong count ends.
    template <typename Item, typename Read> std::vector<Item> list(const Read& read) {
        std::vector<Item> items;
        for (uint64_t left = number<uint64_t>(); left > 0; left--) items.push_back(read());
        return items;
    }

  private:
    const char* take(uint64_t bytes); // throws where there are fewer

    const char* memory_;
    size_t size_;
    size_t at_ = 0;
};

} // namespace twinfer
