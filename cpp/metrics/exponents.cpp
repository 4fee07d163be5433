#include "exponents.h"

#include <cstring>

namespace twinfer::metrics {

namespace {

// Neighbours mostly have the same exponent, and one table's counts would wait for each other.
constexpr size_t kTables = 4;

template <typename Word> ExponentCounts count(const uint8_t* floats, size_t length, unsigned fractionBits) {
    std::array<std::array<uint32_t, 512>, kTables> tables{};
    constexpr Word kMagnitude = static_cast<Word>(static_cast<Word>(~Word(0)) >> 1);
    ExponentCounts result;
    const auto wordAt = [&](size_t i) {
        Word word;
        std::memcpy(&word, floats + i * sizeof(Word), sizeof(Word));
        return word;
    };
    size_t i = 0;
    for (; i + kTables <= length; i += kTables) {
        for (size_t lane = 0; lane < kTables; lane++) {
            const Word word = wordAt(i + lane);
            tables[lane][word >> fractionBits]++;
            result.zeros += (word & kMagnitude) == 0;
        }
    }
    for (; i < length; i++) {
        const Word word = wordAt(i);
        tables[0][word >> fractionBits]++;
        result.zeros += (word & kMagnitude) == 0;
    }
    for (const auto& table : tables) {
        for (size_t bin = 0; bin < table.size(); bin++) result.counts[bin] += table[bin];
    }
    return result;
}

} // namespace

ExponentCounts countExponents(const uint8_t* floats, size_t bytes, unsigned fractionBits) {
    return fractionBits == 23 ? count<uint32_t>(floats, bytes / 4, fractionBits)
                              : count<uint16_t>(floats, bytes / 2, fractionBits);
}

} // namespace twinfer::metrics
