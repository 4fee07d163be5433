#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace twinfer::audio {

struct Wav {
    uint32_t sampleRate;
    uint32_t channels;
    std::vector<float> samples; // interleaved, integers as -1 to 1
};

// Reads a RIFF WAVE file of 16, 24 or 32 bit integers or 32 bit floats. Throws TWINFER_AUDIO_INVALID for what
// is no such file, or a damaged or truncated one, and TWINFER_AUDIO_UNSUPPORTED for other codings.
Wav readWav(const uint8_t* bytes, size_t size);

} // namespace twinfer::audio
