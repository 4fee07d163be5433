#include "engine_options.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "../error.h"
#include "nearest_names.h"

namespace twinfer::mnn {

namespace {

using Hint = MNN::Interpreter::HintMode;

struct HintName {
    const char* name;
    Hint hint;
    int fallback; // MNN's default
    int least, most;
};

constexpr HintName kHints[] = {
    {"maxTuningNumber", Hint::MAX_TUNING_NUMBER, 5, 0, 2147483647},
    {"memAllocatorType", Hint::MEM_ALLOCATOR_TYPE, 0, 0, 1},
    {"winogradMemoryLevel", Hint::WINOGRAD_MEMORY_LEVEL, 3, 0, 3},
    {"geometryComputeMask", Hint::GEOMETRY_COMPUTE_MASK, 0xffff, 0, 65535},
    {"dynamicQuantOptions", Hint::DYNAMIC_QUANT_OPTIONS, 0, 0, 15},
    {"cpuLittlecoreDecreaseRate", Hint::CPU_LITTLECORE_DECREASE_RATE, 50, 1, 100},
    {"attentionOption", Hint::ATTENTION_OPTION, 8, 0, 15},
    {"kvcacheSizeLimit", Hint::KVCACHE_SIZE_LIMIT, -1, -1, 2147483647},
    {"opEncoderNumberForCommit", Hint::OP_ENCODER_NUMBER_FOR_COMMIT, 10, 1, 1048576},
    {"mmapFileSize", Hint::MMAP_FILE_SIZE, 1024, 1, 1048576},
    {"initThreadNumber", Hint::INIT_THREAD_NUMBER, 0, 0, 32},
    {"cpuSme2Instructions", Hint::CPU_SME2_INSTRUCTIONS, 1, 0, 1},
    {"cpuEnableKleidiai", Hint::CPU_ENABLE_KLEIDIAI, 0, 0, 1},
    {"cpuSme2NeonDivisionRatio", Hint::CPU_SME2_NEON_DIVISION_RATIO, 41, 1, 1000},
    {"cpuSmeCores", Hint::CPU_SME_CORES, 2, 1, 64},
};

const std::vector<std::string> kOthers = {"memory", "power",   "precision",  "numThread", "backupType",
                                          "flags",  "gpuMode", "cpuCoreIds", "cacheFile"};

// The enumerators of BackendConfig, in the order of their values.
const std::vector<std::string> kMemory = {"normal", "high", "low"};
const std::vector<std::string> kPower = {"normal", "high", "low"};
const std::vector<std::string> kPrecision = {"normal", "high", "low", "low_bf16"};

// "WINOGRAD_MEMORY_LEVEL" and "winogradMemoryLevel" are one name.
std::string plain(const std::string& name) {
    std::string letters;
    for (const char c : name) {
        if (c != '_') letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return letters;
}

[[noreturn]] void refuse(const std::string& name, const std::string& expected, const OptionValue& value) {
    std::string received = "false";
    if (const auto* text = std::get_if<std::string>(&value)) received = "'" + *text + "'";
    if (const auto* number = std::get_if<double>(&value)) received = std::to_string(*number);
    if (const auto* flag = std::get_if<bool>(&value)) received = *flag ? "true" : "false";
    throw Error("TWINFER_INVALID_OPTION",
                "MNN option " + name + ": expected " + expected + ", received " + received);
}

int whole(const std::string& name, const OptionValue& value, int least, int most) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
    const auto* number = std::get_if<double>(&value);
    if (number == nullptr || *number != std::floor(*number) || *number < least || *number > most) {
        refuse(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most), value);
    }
    return static_cast<int>(*number);
}

int word(const std::string& name, const OptionValue& value, const std::vector<std::string>& words) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return whole(name, value, 0, static_cast<int>(words.size()) - 1);
    const auto found = std::find_if(words.begin(), words.end(), [&](const std::string& candidate) {
        return plain(candidate) == plain(*text);
    });
    if (found == words.end()) {
        std::string all;
        for (const std::string& candidate : words) all += (all.empty() ? "" : ", ") + candidate;
        refuse(name, "one of " + all, value);
    }
    return static_cast<int>(found - words.begin());
}

std::vector<int> coreIds(const OptionValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return {whole("cpuCoreIds", value, 0, 1023)};
    std::vector<int> ids;
    for (size_t start = 0; start <= text->size();) {
        const size_t comma = std::min(text->find(',', start), text->size());
        const std::string id = text->substr(start, comma - start);
        if (id.empty() || id.size() > 4 || id.find_first_not_of("0123456789") != std::string::npos) {
            refuse("cpuCoreIds", "core numbers such as '0,1'", value);
        }
        ids.push_back(std::stoi(id));
        start = comma + 1;
    }
    return ids;
}

bool writeOther(EngineConfig& config, const std::string& name, const OptionValue& value) {
    using Backend = MNN::BackendConfig;
    if (name == "memory") {
        config.backend.memory = static_cast<Backend::MemoryMode>(word(name, value, kMemory));
    } else if (name == "power") {
        config.backend.power = static_cast<Backend::PowerMode>(word(name, value, kPower));
    } else if (name == "precision") {
        config.backend.precision = static_cast<Backend::PrecisionMode>(word(name, value, kPrecision));
    } else if (name == "numThread") {
        config.threads = whole(name, value, 1, 32);
    } else if (name == "backupType") {
        config.backupType = static_cast<MNNForwardType>(whole(name, value, 0, 15));
    } else if (name == "flags") {
        // On the CPU 4 means plain SSE kernels; on a GPU the same bytes are a pointer.
        if (config.type != MNN_FORWARD_CPU) refuse(name, "device 'cpu'", value);
        config.backend.flags = static_cast<size_t>(whole(name, value, 0, 4));
    } else if (name == "gpuMode") {
        config.gpuMode = whole(name, value, 1, 1023);
    } else if (name == "cpuCoreIds") {
        config.cores = coreIds(value);
    } else if (name == "cacheFile") {
        const auto* file = std::get_if<std::string>(&value);
        if (file == nullptr || file->empty()) refuse(name, "the path of a file", value);
        config.cacheFile = *file;
    } else {
        return false;
    }
    return true;
}

} // namespace

void writeOption(EngineConfig& config, const std::string& name, const OptionValue& value) {
    std::vector<std::string> names = kOthers;
    for (const std::string& other : kOthers) {
        if (plain(other) == plain(name) && writeOther(config, other, value)) return;
    }
    for (const HintName& hint : kHints) {
        names.emplace_back(hint.name);
        if (plain(hint.name) != plain(name)) continue;
        config.hints.emplace_back(hint.hint, whole(hint.name, value, hint.least, hint.most));
        return;
    }
    throw Error("TWINFER_INVALID_OPTION",
                "expected the name of an MNN option, received '" + name +
                    "'; nearest: " + nearestNames(name, names, 3),
                "MNN 3.6.1 has: " + nearestNames(name, names, names.size()) + ".");
}

void checkHint(int hint, const std::vector<int>& values) {
    if (hint == Hint::CPU_CORE_IDS && !values.empty()) return;
    for (const HintName& known : kHints) {
        if (known.hint != hint) continue;
        if (values.size() == 1 && values[0] >= known.least && values[0] <= known.most) return;
        throw Error("TWINFER_INVALID_ARGUMENT",
                    std::string("hint ") + known.name + ": expected one number from " +
                        std::to_string(known.least) + " to " + std::to_string(known.most) + ", received " +
                        (values.empty() ? "none" : std::to_string(values[0])));
    }
    throw Error("TWINFER_INVALID_ARGUMENT",
                "expected a hint that a Session has, received " + std::to_string(hint),
                "Use the members of HintMode.");
}

Options readOptions(const EngineConfig& config) {
    Options all = {
        {"memory", kMemory[config.backend.memory]},          {"power", kPower[config.backend.power]},
        {"precision", kPrecision[config.backend.precision]}, {"numThread", double(config.threads)},
        {"backupType", double(config.backupType)},
    };
    if (config.type == MNN_FORWARD_CPU) {
        all.emplace_back("flags", double(config.backend.flags));
    } else {
        all.emplace_back("gpuMode", double(config.gpuMode));
        if (!config.cacheFile.empty()) all.emplace_back("cacheFile", config.cacheFile);
    }
    for (const HintName& hint : kHints) {
        int value = hint.fallback;
        for (const auto& [given, number] : config.hints) {
            if (given == hint.hint) value = number;
        }
        all.emplace_back(hint.name, double(value));
    }
    if (!config.cores.empty()) {
        std::string ids;
        for (const int core : config.cores) ids += (ids.empty() ? "" : ",") + std::to_string(core);
        all.emplace_back("cpuCoreIds", ids);
    }
    return all;
}

} // namespace twinfer::mnn
