#pragma once

#include <cstddef>
#include <vector>

#include "frames.h"
#include "mel.h"

namespace twinfer::audio {

// decibel: 10 log10 of powers, 20 log10 of magnitudes.
enum class LogKind { none, natural, log10, decibel };

struct LogRule {
    LogKind kind;
    double floor;
    bool addsFloor;           // log(x + floor) rather than log(max(x, floor))
    double range;             // values further below the greatest are raised to it; infinite for none
    double reference;         // what becomes 0
    bool isGreatestReference; // the greatest value in its place
};

// The frame's energy as Kaldi has it: the natural logarithm, beside the mels.
struct EnergyRule {
    bool isWanted;
    bool isFirst; // before the mels rather than behind them
    bool isRaw;   // before the preemphasis and the window
    double floor;
};

struct LogMelRule {
    double sampleRate;
    double scale; // what samples from -1 to 1 are multiplied with
    FrameRule frames;
    size_t firstFrame;
    size_t frameCount; // 0 for all from the first on
    bool isPower;      // squared magnitudes
    MelRule mel;
    LogRule log;
    EnergyRule energy;
    bool subtractsMean; // of each column over the utterance
    // One of each for all columns, or one each: (value - mean) / std.
    std::vector<double> mean, std;
    bool isTransposed; // a column after the other, rather than a frame after the other
};

// How far to go. All but the last are a frame after the other.
enum class LogMelStage { spectrum, mel, log, features };

struct Features {
    size_t frames;
    size_t columns;
    std::vector<float> values;
};

// Computed in double precision. Throws TWINFER_LENGTH_MISMATCH for a signal that has not the frames that are
// wanted, TWINFER_INVALID_ARGUMENT for samples that are not finite, TWINFER_LIMIT_EXCEEDED for results of
// more than 2^28 values.
Features logMel(const float* samples, size_t count, const LogMelRule& rule, LogMelStage stage);

} // namespace twinfer::audio
