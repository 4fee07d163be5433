#include "wav.h"

#include <cstring>
#include <string>

#include "error.h"

namespace twinfer::audio {

namespace {

constexpr uint32_t kPcm = 1, kFloat = 3, kExtensible = 0xFFFE;

[[noreturn]] void refuse(const std::string& what, const char* expected, const std::string& received) {
    throw Error("TWINFER_AUDIO_INVALID", what + ": expected " + expected + ", received " + received,
                "It is no .wav, or a damaged or truncated one.");
}

[[noreturn]] void refuseCoding(const std::string& received) {
    throw Error("TWINFER_AUDIO_UNSUPPORTED",
                "expected 16, 24 or 32 bit PCM or 32 bit floats, received " + received,
                "Convert it to 16 bit PCM, or bring samples: { samples, sampleRate }.");
}

uint32_t little(const uint8_t* bytes, size_t count) {
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++) value |= uint32_t(bytes[i]) << (8 * i);
    return value;
}

bool isNamed(const uint8_t* bytes, const char* name) {
    return std::memcmp(bytes, name, 4) == 0;
}

struct Chunk {
    const uint8_t* data = nullptr;
    size_t size = 0;
};

// The first chunk of that name, which lies whole in the file.
Chunk findChunk(const uint8_t* bytes, size_t size, const char* name) {
    for (size_t at = 12; size - at >= 8;) {
        const size_t length = little(bytes + at + 4, 4), left = size - at - 8;
        if (isNamed(bytes + at, name)) {
            if (length <= left) return {bytes + at + 8, length};
            refuse(std::string("the chunk '") + name + "'", (std::to_string(length) + " bytes").c_str(),
                   std::to_string(left));
        }
        const size_t step = length + (length & 1);
        if (step > left) break;
        at += 8 + step;
    }
    refuse("the file", (std::string("a chunk '") + name + "'").c_str(), "none");
}

struct Coding {
    uint32_t format, channels, sampleRate, frameBytes, bits;
};

Coding codingOf(const Chunk& chunk) {
    if (chunk.size < 16) refuse("the chunk 'fmt '", "16 bytes or more", std::to_string(chunk.size));
    const uint8_t* const data = chunk.data;
    Coding coding{little(data, 2), little(data + 2, 2), little(data + 4, 4), little(data + 12, 2),
                  little(data + 14, 2)};
    if (coding.format == kExtensible) {
        if (chunk.size < 40) refuse("the chunk 'fmt '", "40 bytes or more", std::to_string(chunk.size));
        coding.format = little(data + 24, 2);
    }
    const bool isKnown =
        (coding.format == kPcm && (coding.bits == 16 || coding.bits == 24 || coding.bits == 32)) ||
        (coding.format == kFloat && coding.bits == 32);
    if (!isKnown) {
        refuseCoding(std::to_string(coding.bits) + " bits of the format " + std::to_string(coding.format));
    }
    if (coding.channels == 0) refuse("channels", "1 or more", "0");
    if (coding.sampleRate == 0) refuse("the sample rate", "1 Hz or more", "0");
    if (coding.frameBytes != coding.channels * coding.bits / 8) {
        refuse("the bytes of a frame", std::to_string(coding.channels * coding.bits / 8).c_str(),
               std::to_string(coding.frameBytes));
    }
    return coding;
}

float sampleOf(const uint8_t* bytes, const Coding& coding) {
    const uint32_t value = little(bytes, coding.bits / 8);
    if (coding.format == kFloat) {
        float sample;
        std::memcpy(&sample, &value, sizeof sample);
        return sample;
    }
    // The sign moved to the top bit, all widths are one.
    return float(int32_t(value << (32 - coding.bits))) / 2147483648.0f;
}

} // namespace

Wav readWav(const uint8_t* bytes, size_t size) {
    if (size < 12 || !isNamed(bytes, "RIFF") || !isNamed(bytes + 8, "WAVE")) {
        if (size >= 4 && (isNamed(bytes, "RF64") || isNamed(bytes, "RIFX"))) {
            refuseCoding(std::string(reinterpret_cast<const char*>(bytes), 4));
        }
        refuse("the first bytes", "'RIFF' and 'WAVE'", std::to_string(size) + " bytes without them");
    }
    const Coding coding = codingOf(findChunk(bytes, size, "fmt "));
    const Chunk data = findChunk(bytes, size, "data");
    if (data.size == 0) refuse("the chunk 'data'", "samples", "none");
    if (data.size % coding.frameBytes != 0) {
        refuse("the chunk 'data'", ("a multiple of " + std::to_string(coding.frameBytes) + " bytes").c_str(),
               std::to_string(data.size));
    }
    const size_t width = coding.bits / 8;
    Wav wav{coding.sampleRate, coding.channels, std::vector<float>(data.size / width)};
    for (size_t i = 0; i < wav.samples.size(); i++) wav.samples[i] = sampleOf(data.data + i * width, coding);
    return wav;
}

} // namespace twinfer::audio
