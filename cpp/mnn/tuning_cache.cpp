#include "tuning_cache.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <MNN/Interpreter.hpp>

#include "../error.h"
#include "backend/vulkan/schema/current/VKCache_generated.h"

namespace twinfer::mnn {

namespace {

constexpr int kTunings[] = {MNN_GPU_TUNING_NONE, MNN_GPU_TUNING_HEAVY, MNN_GPU_TUNING_WIDE};

bool isTuningCache(const std::string& bytes) {
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    flatbuffers::Verifier verifier(data, bytes.size());
    if (!VKCache::VerifyTuneInfoCacheBuffer(verifier)) return false;
    const auto* infos = VKCache::GetTuneInfoCache(data)->TuneInfos();
    return infos != nullptr && std::all_of(infos->begin(), infos->end(), [](const VKCache::TuneInfo* info) {
               return info->shaderName() != nullptr && info->gws() != nullptr &&
                      info->optimalLws() != nullptr;
           });
}

} // namespace

void checkTuningMode(int mode) {
    const int tuning = mode & ~MNN_GPU_RECORD_BATCH;
    if (std::find(std::begin(kTunings), std::end(kTunings), tuning) != std::end(kTunings)) return;
    throw Error("TWINFER_INVALID_OPTION",
                "expected a gpuMode that MNN's Vulkan backend has, received " + std::to_string(mode),
                "1 does not tune, 2 tunes thoroughly, 4 tunes quickly (the default); 512 added to it records "
                "all commands in one buffer.");
}

void checkTuningCache(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (file) {
        const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        if (bytes.empty() || isTuningCache(bytes)) return;
        throw Error("TWINFER_INVALID_OPTION",
                    "cacheFile: expected a tuning cache of MNN, received something else in " + path,
                    "It would be overwritten. Delete it if it is a damaged cache, or name another file.");
    }
    if (std::ofstream(path, std::ios::binary | std::ios::app)) return;
    throw Error("TWINFER_FILE_UNREADABLE", "cacheFile: expected a file that can be written, received " +
                                               path + ": " + std::strerror(errno));
}

} // namespace twinfer::mnn
