// cpp/preprocess/audio against what follows from its definitions: the transform against the sum that defines
// it, frames at the edges of a signal, and .wav files of which any byte may be wrong (AddressSanitizer sees
// what is read beyond them). What Kaldi, librosa, torchaudio and SpeechBrain give is in test/preprocess.
#include <cmath>
#include <limits>
#include <random>

#include "check.h"
#include "preprocess/audio/fft.h"
#include "preprocess/audio/log_mel.h"
#include "preprocess/audio/wav.h"

using namespace twinfer::audio;

namespace {

constexpr double kPi = 3.14159265358979323846;

std::mt19937 random_(11);

double noise() {
    return double(random_()) / 4294967296.0 - 0.5;
}

void transformsAreTheirDefinition() {
    for (const size_t length : {2, 4, 6, 10, 16, 50, 97, 128, 400, 512, 1102}) {
        std::vector<double> real(length), imaginary(length);
        for (size_t i = 0; i < length; i++) {
            real[i] = noise();
            imaginary[i] = noise();
        }
        const std::vector<double> givenReal = real, givenImaginary = imaginary;
        Fft fft(length);
        fft.transform(real.data(), imaginary.data());
        for (size_t k = 0; k < length; k++) {
            double expectedReal = 0, expectedImaginary = 0;
            for (size_t i = 0; i < length; i++) {
                const double angle = -2 * kPi * double(i * k % length) / double(length);
                expectedReal += givenReal[i] * std::cos(angle) - givenImaginary[i] * std::sin(angle);
                expectedImaginary += givenReal[i] * std::sin(angle) + givenImaginary[i] * std::cos(angle);
            }
            CHECK(std::abs(real[k] - expectedReal) < 1e-11);
            CHECK(std::abs(imaginary[k] - expectedImaginary) < 1e-11);
        }
    }
}

FrameRule rectangular(size_t length, size_t hop, Edges edges) {
    return {length, hop, length, edges, WindowShape::rectangular, true, true, 0, false, false};
}

std::vector<double> frameOf(const Frames& frames, size_t index, size_t length) {
    std::vector<double> frame(length);
    frames.read(index, false, frame.data());
    return frame;
}

void edgesAreAsTheyAreNamed() {
    const std::vector<float> signal = {1, 2, 3, 4, 5, 6, 7};
    const auto of = [&](Edges edges) {
        return Frames(signal.data(), signal.size(), 1, rectangular(4, 2, edges));
    };
    using Frame = std::vector<double>;
    CHECK(of(Edges::snip).count() == 2);
    CHECK(frameOf(of(Edges::snip), 1, 4) == (Frame{3, 4, 5, 6}));
    CHECK(of(Edges::reflect).count() == 4);
    CHECK(frameOf(of(Edges::reflect), 0, 4) == (Frame{3, 2, 1, 2}));
    CHECK(frameOf(of(Edges::reflect), 3, 4) == (Frame{5, 6, 7, 6}));
    CHECK(frameOf(of(Edges::constant), 0, 4) == (Frame{0, 0, 1, 2}));
    CHECK(of(Edges::mirror).count() == 4);
    CHECK(frameOf(of(Edges::mirror), 0, 4) == (Frame{1, 1, 2, 3}));
    CHECK(frameOf(of(Edges::mirror), 3, 4) == (Frame{6, 7, 7, 6}));
}

LogMelRule anyRule() {
    const auto below = [](size_t limit) { return size_t(random_() % limit); };
    const size_t frameLength = 1 + below(60);
    const FrameRule frames{frameLength,
                           1 + below(40),
                           2 * ((frameLength + 1) / 2) + 2 * below(30),
                           Edges(below(4)),
                           WindowShape(below(5)),
                           below(2) == 0,
                           below(2) == 0,
                           0.97,
                           below(2) == 0,
                           below(2) == 0};
    const MelRule mel{1 + below(20), 0, 4000, MelScale(below(2)), MelShape(below(3)), below(2) == 0};
    const LogRule log{LogKind(below(4)), 1e-10, below(2) == 0, 80, 1, below(2) == 0};
    const EnergyRule energy{below(2) == 0, below(2) == 0, below(2) == 0, 0};
    return {8000, 1,      frames,        below(3), below(4), below(2) == 0, mel,
            log,  energy, below(2) == 0, {0},      {1},      below(2) == 0};
}

void anyRuleGivesFiniteNumbersOrSaysWhyNot() {
    size_t computed = 0;
    for (int round = 0; round < 3000; round++) {
        std::vector<float> signal(1 + random_() % 300);
        for (float& sample : signal) sample = float(noise());
        const LogMelRule rule = anyRule();
        const auto stage = LogMelStage(random_() % 4);
        try {
            const Features features = logMel(signal.data(), signal.size(), rule, stage);
            CHECK(features.values.size() == features.frames * features.columns);
            for (const float value : features.values) CHECK(std::isfinite(value));
            computed++;
        } catch (const twinfer::Error& error) {
            CHECK(error.code() == "TWINFER_LENGTH_MISMATCH");
        }
    }
    CHECK(computed > 1500);
}

void samplesThatAreNotFiniteAreRefused() {
    std::vector<float> signal(400, 0.5f);
    signal[7] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS("TWINFER_INVALID_ARGUMENT", "at 7",
                 Frames(signal.data(), signal.size(), 1, rectangular(4, 2, Edges::snip)));
}

void put(std::vector<uint8_t>& bytes, uint32_t value, size_t count) {
    for (size_t i = 0; i < count; i++) bytes.push_back(uint8_t(value >> (8 * i)));
}

std::vector<uint8_t> wavOf(uint32_t format, uint32_t channels, uint32_t bits,
                           const std::vector<uint8_t>& data) {
    std::vector<uint8_t> bytes;
    const auto name = [&](const char* text) { bytes.insert(bytes.end(), text, text + 4); };
    name("RIFF");
    put(bytes, uint32_t(46 + data.size()), 4);
    name("WAVE");
    name("LIST"); // an odd chunk, which is padded
    put(bytes, 1, 4);
    put(bytes, 0, 2);
    name("fmt ");
    put(bytes, 16, 4);
    put(bytes, format, 2);
    put(bytes, channels, 2);
    put(bytes, 8000, 4);
    put(bytes, 8000 * channels * bits / 8, 4);
    put(bytes, channels * bits / 8, 2);
    put(bytes, bits, 2);
    name("data");
    put(bytes, uint32_t(data.size()), 4);
    bytes.insert(bytes.end(), data.begin(), data.end());
    return bytes;
}

void wavesAreReadInAllWidths() {
    const auto first = [](uint32_t format, uint32_t bits, const std::vector<uint8_t>& data) {
        const std::vector<uint8_t> bytes = wavOf(format, 1, bits, data);
        return readWav(bytes.data(), bytes.size()).samples.at(0);
    };
    CHECK(first(1, 16, {0x00, 0x80}) == -1);
    CHECK(first(1, 16, {0x00, 0x40}) == 0.5f);
    CHECK(first(1, 24, {0x00, 0x00, 0xC0}) == -0.5f);
    CHECK(first(1, 32, {0x00, 0x00, 0x00, 0x20}) == 0.25f);
    CHECK(first(3, 32, {0x00, 0x00, 0x80, 0x3F}) == 1);
}

void brokenWavesAreRefused() {
    const std::vector<uint8_t> sound = wavOf(1, 2, 16, std::vector<uint8_t>(64, 1));
    size_t refused = 0;
    const auto read = [&](const std::vector<uint8_t>& bytes) {
        try {
            readWav(bytes.data(), bytes.size());
        } catch (const twinfer::Error& error) {
            CHECK(error.code() == "TWINFER_AUDIO_INVALID" || error.code() == "TWINFER_AUDIO_UNSUPPORTED");
            refused++;
        }
    };
    for (size_t size = 0; size < sound.size(); size++) read({sound.begin(), sound.begin() + ptrdiff_t(size)});
    CHECK(refused == sound.size());
    for (int round = 0; round < 20000; round++) {
        std::vector<uint8_t> bytes = sound;
        for (int change = 0; change < 3; change++) bytes[random_() % 54] = uint8_t(random_());
        read(bytes);
    }
}

} // namespace

int main() {
    transformsAreTheirDefinition();
    edgesAreAsTheyAreNamed();
    anyRuleGivesFiniteNumbersOrSaysWhyNot();
    samplesThatAreNotFiniteAreRefused();
    wavesAreReadInAllWidths();
    brokenWavesAreRefused();
    return failures();
}
