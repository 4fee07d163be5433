#pragma once

#include <cstddef>
#include <cstdint>

namespace twinfer {

// An input as what is decided by, for a target that writes its file itself. Of nothing left everything is 0.
class Decisions {
  public:
    Decisions(const uint8_t* data, size_t size) : next_(data), end_(data + size) {}

    bool areLeft() const { return next_ < end_; }
    uint8_t byte() { return areLeft() ? *next_++ : 0; }

    // Small ones as a rule: sizes, axes, indices.
    int64_t number() {
        const uint8_t kind = byte();
        if (kind < 0xe0) return int64_t(kind) - 2;
        if (kind < 0xf0) return int64_t(1) << (byte() % 63);
        uint64_t bits = 0;
        for (int i = 0; i < (kind < 0xf8 ? 4 : 8); i++) bits = bits << 8 | byte();
        return static_cast<int64_t>(bits);
    }

    // Of a vector.
    size_t length() {
        const uint8_t kind = byte();
        return kind < 0xf0 ? kind % 8 : size_t(16) << (kind % 8);
    }

  private:
    const uint8_t* next_;
    const uint8_t* end_;
};

} // namespace twinfer
