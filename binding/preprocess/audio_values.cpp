#include "audio_values.h"

#include <algorithm>
#include <initializer_list>

#include "../arguments.h"
#include "../guard.h"
#include "error.h"
#include "pixel_values.h"
#include "preprocess/audio/log_mel.h"
#include "preprocess/audio/wav.h"

namespace twinfer {

using namespace audio;

namespace {

constexpr int kMostLength = 1 << 20; // of a frame: a minute at 16 kHz

[[noreturn]] void refuse(const char* name, const std::string& expected, const std::string& received) {
    throw Error("TWINFER_INVALID_ARGUMENT",
                std::string(name) + ": expected " + expected + ", received " + received);
}

// The place of a word in a list, which has the order of the enumeration.
size_t placeOf(const Napi::Value& value, const char* name, std::initializer_list<const char*> words) {
    if (!value.IsString()) refuse(name, "a string", describe(value));
    const std::string word = value.As<Napi::String>();
    size_t place = 0;
    for (const char* const known : words) {
        if (word == known) return place;
        place++;
    }
    refuse(name, "one of its words", "'" + word + "'");
}

template <typename Word>
Word wordIn(const Napi::Object& object, const char* name, std::initializer_list<const char*> words) {
    return Word(placeOf(object.Get(name), name, words));
}

bool flagIn(const Napi::Object& object, const char* name) {
    return object.Get(name).ToBoolean().Value();
}

size_t lengthIn(const Napi::Object& object, const char* name, int least) {
    const int length = countIn(object, name);
    if (length >= least && length <= kMostLength) return size_t(length);
    refuse(name, std::to_string(least) + " to " + std::to_string(kMostLength), std::to_string(length));
}

std::vector<double> numbersIn(const Napi::Object& object, const char* name, size_t columns) {
    const TypedArrayView view = viewOf(object.Get(name), name);
    if (view.dtype == DType::float64 && (view.length == 1 || view.length == columns)) {
        const double* const data = static_cast<const double*>(view.data);
        return {data, data + view.length};
    }
    refuse(name, "1 or " + std::to_string(columns) + " numbers of float64", std::to_string(view.length));
}

FrameRule frameRuleOf(const Napi::Object& rule) {
    FrameRule frames{
        lengthIn(rule, "frameLength", 1),
        lengthIn(rule, "hopLength", 1),
        lengthIn(rule, "fftLength", 2),
        wordIn<Edges>(rule, "edges", {"snip", "mirror", "reflect", "constant"}),
        wordIn<WindowShape>(rule, "window", {"hann", "hamming", "povey", "blackman", "rectangular"}),
        flagIn(rule, "isPeriodic"),
        flagIn(rule, "isCentredInFft"),
        numberIn(rule, "preemphasis"),
        flagIn(rule, "preemphasisesFrames"),
        flagIn(rule, "removesDcOffset")};
    if (frames.frameLength <= frames.fftLength) return frames;
    refuse("fftLength", std::to_string(frames.frameLength) + " or more", std::to_string(frames.fftLength));
}

LogMelRule ruleOf(const Napi::Object& rule) {
    const MelRule mel{lengthIn(rule, "melCount", 1),
                      numberIn(rule, "lowest"),
                      numberIn(rule, "highest"),
                      wordIn<MelScale>(rule, "melScale", {"htk", "slaney"}),
                      wordIn<MelShape>(rule, "melShape", {"hz", "mel", "symmetric"}),
                      flagIn(rule, "isAreaOne")};
    const LogRule log{wordIn<LogKind>(rule, "log", {"none", "natural", "log10", "decibel"}),
                      numberIn(rule, "logFloor"),
                      flagIn(rule, "addsFloor"),
                      numberIn(rule, "range"),
                      numberIn(rule, "reference"),
                      flagIn(rule, "isGreatestReference")};
    const EnergyRule energy{flagIn(rule, "hasEnergy"), flagIn(rule, "isEnergyFirst"),
                            flagIn(rule, "isEnergyRaw"), numberIn(rule, "energyFloor")};
    const size_t columns = mel.count + (energy.isWanted ? 1 : 0);
    return {numberIn(rule, "sampleRate"),
            numberIn(rule, "scale"),
            frameRuleOf(rule),
            size_t(countIn(rule, "firstFrame")),
            size_t(countIn(rule, "frameCount")),
            flagIn(rule, "isPower"),
            mel,
            log,
            energy,
            flagIn(rule, "subtractsMean"),
            numbersIn(rule, "mean", columns),
            numbersIn(rule, "std", columns),
            flagIn(rule, "isTransposed")};
}

Napi::Float32Array toFloats(Napi::Env env, const std::vector<float>& values) {
    Napi::Float32Array array = Napi::Float32Array::New(env, values.size());
    std::copy(values.begin(), values.end(), array.Data());
    return array;
}

} // namespace

Napi::Value readWav(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        const TypedArrayView bytes = Arguments(info, "readWav").typedArray(0, "bytes");
        const Wav wav = audio::readWav(static_cast<const uint8_t*>(bytes.data), bytes.bytes);
        Napi::Object object = Napi::Object::New(env);
        object["samples"] = toFloats(env, wav.samples);
        object["sampleRate"] = Napi::Number::New(env, wav.sampleRate);
        object["channels"] = Napi::Number::New(env, wav.channels);
        return object;
    });
}

Napi::Value logMel(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        const Arguments arguments(info, "logMel");
        const TypedArrayView samples = arguments.typedArray(0, "samples");
        if (samples.dtype != DType::float32) arguments.refuse("a Float32Array", "samples", info[0]);
        const LogMelRule rule = ruleOf(arguments.object(1, "rule"));
        const auto stage = LogMelStage(placeOf(info[2], "stage", {"spectrum", "mel", "log", "features"}));
        const Features features =
            audio::logMel(static_cast<const float*>(samples.data), samples.length, rule, stage);
        Napi::Object object = Napi::Object::New(env);
        object["frames"] = Napi::Number::New(env, double(features.frames));
        object["columns"] = Napi::Number::New(env, double(features.columns));
        object["values"] = toFloats(env, features.values);
        return object;
    });
}

} // namespace twinfer
