#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace twinfer::metrics {

// How often floats have each value of sign and exponent, the bits above the fraction; and zeros of both
// signs.
struct ExponentCounts {
    std::array<uint32_t, 512> counts{};
    uint32_t zeros = 0;
};

// Of `bytes` of floats in memory that may not be aligned to them: of 4 bytes where the fraction has 23 bits,
// else of 2.
ExponentCounts countExponents(const uint8_t* floats, size_t bytes, unsigned fractionBits);

} // namespace twinfer::metrics
