#pragma once

#include <cstddef>
#include <vector>

namespace twinfer::audio {

// htk: 2595 log10(1 + f / 700), also Kaldi's; slaney: linear below 1 kHz, logarithmic above (Auditory
// Toolbox).
enum class MelScale { htk, slaney };

// In which quantity a filter rises and falls in straight lines: hz (librosa, torchaudio), mel (Kaldi, which
// leaves out the bin at half the sample rate), or hz with the right side as wide as the left (SpeechBrain).
enum class MelShape { hz, mel, symmetric };

struct MelRule {
    size_t count;
    double lowest, highest; // in Hz
    MelScale scale;
    MelShape shape;
    bool isAreaOne; // Slaney's norm: each filter's area in Hz is 1
};

// What one mel takes of the bins from `first` on.
struct MelFilter {
    size_t first = 0;
    std::vector<double> weights;
};

// Of the spectra of a transform of that length.
std::vector<MelFilter> melFilters(const MelRule& rule, double sampleRate, size_t fftLength);

} // namespace twinfer::audio
